// How MessageService takes in many messages at once: history from elsewhere (D6), and the copies of
// a fork.

#include <memory>
#include <string>
#include <utility>

#include "messages/commit_cycle.h"
#include "messages/fresh_path.h"
#include "millrace/messages/message_service.h"
#include "millrace/model/apply.h"
#include "millrace/model/event.h"
#include "millrace/model/merge_patch.h"

namespace millrace {
namespace {

// Messages on their way to disk, and what each follows.
struct History {
  std::vector<std::shared_ptr<Message>> messages;
  std::vector<std::optional<MessageId>> parents;

  // REQUIRES: `builder` is a trial.
  Status Build(BatchBuilder& builder) const {
    for (std::size_t i = 0; i < messages.size(); ++i) {
      Status created = builder.Create(messages[i], parents[i]);
      if (!created.ok()) return created;
    }
    return Status::Ok();
  }
  void AddEvents(std::vector<Event>& events) const {
    for (const auto& message : messages) events.emplace_back(MessageCreated{message});
  }
};

// A copy stands for itself: what is not finished here goes on there.
void Interrupt(Message& copy, TimeMs now) {
  if (copy.finished()) return;
  Patch patch;
  patch.from_version = patch.to_version = copy.version;
  Finish finish;
  finish.reason = FinishReason::kInterrupted;
  // Cannot fail, because the message is not finished.
  (void)Apply(std::move(finish), now, copy, patch);
}

}  // namespace

void MessageService::CreateAll(std::vector<NewMessage> history, DoneMessages done) {
  Turn turn(cycle_.turns());
  done = OrNobody(std::move(done));
  const auto fail = [&](Status status) {
    cycle_.Defer([done = std::move(done), status = std::move(status)] { done(status); });
  };
  if (const Status open = cycle_.CheckAccepting(); !open.ok()) return fail(open);
  const Result<bool> before = cycle_.CallDoneBefore();
  if (!before.ok()) return fail(before.status());
  if (*before) {
    std::vector<Message> there;
    for (const NewMessage& each : history) {
      Result<std::optional<Message>> message = Get(each.content.id);
      if (!message.ok()) return fail(message.status());
      if (*message) there.push_back(**std::move(message));
    }
    return cycle_.Defer([done = std::move(done), there = std::move(there)] { done(there); });
  }
  auto all = std::make_shared<History>();
  for (NewMessage& each : history) {
    if (Status fits = Prepare(each.content); !fits.ok()) return fail(fits);
    each.content.finished_at = each.content.created_at;
    each.content.seq = cycle_.TakeSeq();
    if (!each.parent && !all->messages.empty()) each.parent = all->messages.back()->id;
    all->parents.push_back(std::move(each.parent));
    all->messages.push_back(std::make_shared<Message>(std::move(each.content)));
  }
  Request request;
  request.build = [this, all](BatchBuilder& builder) {
    for (const auto& message : all->messages) {
      if (Status named = cycle_.CheckNames(message->parts); !named.ok()) return named;
    }
    BatchBuilder trial = builder;
    Status built = all->Build(trial);
    if (built.ok()) builder = std::move(trial);
    return built;
  };
  request.settle = [this, all, done = std::move(done)](const Status& status,
                                                       std::vector<Event>& events) {
    if (status.ok()) all->AddEvents(events);
    cycle_.Defer([all, done, status] {
      if (!status.ok()) return done(status);
      std::vector<Message> created;
      for (const auto& message : all->messages) created.push_back(*message);
      done(std::move(created));
    });
  };
  cycle_.Submit(std::move(request));
}

void MessageService::Fork(const MessageId& id, Session init, DoneSession done) {
  Turn turn(cycle_.turns());
  done = OrNobody(std::move(done));
  const auto fail = [&](Status status) {
    cycle_.Defer([done = std::move(done), status = std::move(status)] { done(status); });
  };
  if (const Status open = cycle_.CheckAccepting(); !open.ok()) return fail(open);
  const Result<bool> before = cycle_.CallDoneBefore();
  if (!before.ok()) return fail(before.status());
  if (*before)
    return cycle_.Defer(
        [done = std::move(done), now = cycle_.StoredSession(init.id)] { done(now); });
  if (init.id.empty()) return fail(InvalidArgument("a session needs an id"));
  Result<std::string> metadata = CheckMetadata(init.metadata);
  if (!metadata.ok()) return fail(metadata.status());
  init.metadata = *std::move(metadata);
  const Result<std::optional<Message>> last = Get(id);
  if (!last.ok()) return fail(last.status());
  if (!*last) return fail(NotFound("no message '" + id.value + "'"));
  Result<std::vector<Message>> path = FreshPath(cycle_, {(*last)->session_id, id, {}, {}});
  if (!path.ok()) return fail(path.status());
  if (init.title.empty()) {
    const Result<std::optional<Session>> forked =
        cycle_.committed().ReadSession((*last)->session_id);
    if (!forked.ok()) return fail(forked.status());
    if (*forked) init.title = (*forked)->title;
  }

  auto copies = std::make_shared<History>();
  std::optional<MessageId> parent = MessageId();
  for (Message& copy : *path) {
    copy.id = MessageId(init.id.value + "." + std::to_string(copies->messages.size() + 1));
    copy.session_id = init.id;
    Interrupt(copy, cycle_.now());
    copy.resume.clear();  // the stream writes into the original
    copy.version = 1;
    copy.seq = cycle_.TakeSeq();
    copies->parents.push_back(std::exchange(parent, copy.id));
    copies->messages.push_back(std::make_shared<Message>(std::move(copy)));
  }
  init.created_at = init.updated_at = cycle_.now();
  init.message_count = 0;
  auto session = std::make_shared<Session>(std::move(init));
  Request request;
  request.build = [copies, session](BatchBuilder& builder) -> Status {
    BatchBuilder trial = builder;
    if (Status created = trial.CreateSession(*session); !created.ok()) return created;
    if (Status built = copies->Build(trial); !built.ok()) return built;
    const Result<Session*> fork = trial.EditSession(session->id);
    if (!fork.ok()) return fork.status();
    // The copies have cost nothing.
    (*fork)->prompt_tokens = (*fork)->completion_tokens = 0;
    (*fork)->cost = 0;
    builder = std::move(trial);
    return Status::Ok();
  };
  request.settle = [this, copies, id = session->id, done = std::move(done)](
                       const Status& status, std::vector<Event>& events) {
    const Result<Session> now = status.ok() ? cycle_.StoredSession(id) : Result<Session>(status);
    if (now.ok()) {
      events.emplace_back(SessionCreated{*now});
      copies->AddEvents(events);
    }
    cycle_.Defer([done, now] { done(now); });
  };
  cycle_.Submit(std::move(request));
}

}  // namespace millrace
