// How MessageService begins the reply of a stream: it resumes or creates, in one step (C14, I1).
//
//   BeginReply ──▶ claimed ──saved──▶ `done` ──▶ the stream writes ──▶ finished: no claim any more
//       │             └─ finished or deleted meanwhile: `done` has the error
//       └─ refused: nothing has changed
//
// The claim (LiveMessage::stream) ends when the message is finished, whoever finishes it. After
// that the stream writes nothing, even if somebody resumes the message.

#include <memory>
#include <string>
#include <utility>

#include "messages/commit_cycle.h"
#include "millrace/messages/message_service.h"

namespace millrace {

void MessageService::BeginReply(ReplyStart start, DoneMessage done) {
  Turn turn(cycle_.turns());
  done = OrNobody(std::move(done));
  Status refused = cycle_.CheckAccepting();
  if (refused.ok()) refused = CheckRun(start.origin.run);
  if (refused.ok() && start.origin.writer.empty()) {
    refused = InvalidArgument("a stream needs a writer");
  }
  if (refused.ok() && BegunBefore(start.id, start.origin, /*stream=*/true, done)) return;
  LiveMessage* there = nullptr;
  if (refused.ok() && start.resume) {
    const Result<LiveMessage*> found = cycle_.Load(start.id);
    if (found.ok()) {
      there = *found;
    } else if (found.status().code() != Code::kNotFound) {
      refused = found.status();
    }
  }
  if (refused.ok() && there != nullptr) refused = ClaimForReply(*there, start);
  if (!refused.ok()) {
    return cycle_.Defer([done = std::move(done), refused] { done(refused); });
  }

  const MessageId id = start.id;
  const std::string writer = start.origin.writer;
  auto begun = [this, id, writer, client = cycle_.kept_client(), done = std::move(done)](
                   const Status& saved) { ReplyBegun(id, writer, client, saved, done); };
  if (there == nullptr) {
    Message init;
    init.id = std::move(start.id);
    init.session_id = std::move(start.session_id);
    init.model = std::move(start.model);
    init.provider = std::move(start.provider);
    init.metadata = std::move(start.metadata);
    return CreateMessage(
        {std::move(init), std::move(start.parent)}, start.origin, /*for_stream=*/true,
        [begun = std::move(begun)](const Result<Message>& created) { begun(created.status()); });
  }
  AddToRun(start.origin.run, id);
  Waiter waiter;
  waiter.targets.emplace_back(id, there->patched_version);
  waiter.if_deleted = NotFound("message '" + id.value + "' was deleted");
  waiter.done = std::move(begun);
  cycle_.Wait(std::move(waiter));
}

// Checks everything before it changes anything.
Status MessageService::ClaimForReply(LiveMessage& live, const ReplyStart& start) {
  if (live.accepted.session_id != start.session_id) {
    return InvalidArgument("message '" + start.id.value + "' belongs to another session, '" +
                           live.accepted.session_id.value + "'");
  }
  if (!live.stream.empty()) {
    return Status(Code::kInUse, "another stream is writing into message '" + start.id.value +
                                    "': abort it, or wait for its end");
  }
  if (live.accepted.finished()) {
    MessageWrite write;
    write.mutations.emplace_back(Resume{});
    if (const auto resumed = Write(start.id, std::move(write)); !resumed.ok()) {
      return resumed.status();
    }
  }
  live.stream = start.origin.writer;
  return Status::Ok();
}

// The result for BeginReply's caller: the message once it is saved, or why there is no reply.
void MessageService::ReplyBegun(const MessageId& id, const std::string& writer,
                                const std::string& client, const Status& saved,
                                const DoneMessage& done) {
  const Result<LiveMessage*> found = cycle_.Load(id);
  if (!saved.ok()) {
    // The stream will not write.
    if (found.ok() && (*found)->stream == writer) (*found)->stream.clear();
    return done(saved);
  }
  if (!found.ok()) return done(found.status());
  if ((*found)->stream != writer) {
    return done(Status(Code::kFinished,
                       "message '" + id.value +
                           "' was finished before its reply began: its run is over, or somebody "
                           "else has finished it"));
  }
  BeginCount(**found, writer, client, done);
}

}  // namespace millrace
