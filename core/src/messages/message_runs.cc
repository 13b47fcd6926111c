// The runs of MessageService: which messages each run began, and how it ends them (C14).

#include <memory>
#include <string>
#include <utility>

#include "messages/commit_cycle.h"
#include "millrace/messages/message_service.h"

namespace millrace {
namespace {

FinishReason ReasonOf(RunExit how) {
  switch (how) {
    case RunExit::kReturned:
      return FinishReason::kUnknown;
    case RunExit::kThrew:
      return FinishReason::kError;
    case RunExit::kAborted:
      return FinishReason::kCanceled;
  }
  return FinishReason::kUnknown;
}

// Counts the messages that are still on their way to disk.
struct Ending {
  std::size_t open = 1;  // the call itself
  Status first_error;
  Done done;

  void One(const Status& status) {
    // A message that was deleted meanwhile need not be finished.
    if (first_error.ok() && status.code() != Code::kNotFound) first_error = status;
    if (--open == 0 && done) done(first_error);
  }
};

}  // namespace

Result<RunId> MessageService::BeginRun(const SessionId& session_id) {
  if (const Status open = cycle_.CheckAccepting(); !open.ok()) return open;
  const Result<std::optional<Session>> session = cycle_.committed().ReadSession(session_id);
  if (!session.ok()) return session.status();
  if (!session->has_value()) return NotFound("no session '" + session_id.value + "'");
  runs_[++last_run_];
  return last_run_;
}

Status MessageService::CheckRun(RunId run) const {
  if (run == kNoRun || runs_.contains(run)) return Status::Ok();
  return Status(Code::kClosed, "the run is over: it makes no more messages");
}

void MessageService::AddToRun(RunId run, const MessageId& id) {
  if (run != kNoRun) runs_[run].push_back(id);
}

// For a create that failed: the id may belong to somebody else's message.
void MessageService::RemoveFromRun(RunId run, const MessageId& id) {
  const auto found = runs_.find(run);
  if (found != runs_.end()) std::erase(found->second, id);
}

void MessageService::EndRun(RunId run, RunExit how, Done done) {
  Turn turn(cycle_.turns());
  auto ending = std::make_shared<Ending>();
  ending->done = std::move(done);
  auto node = runs_.extract(run);
  if (node.empty()) {
    ending->first_error = NotFound("there is no such run");
    return cycle_.Defer([ending] { ending->One(Status::Ok()); });
  }
  for (const MessageId& id : node.mapped()) {
    ++ending->open;
    MessageWrite write;
    Finish finish;
    finish.reason = ReasonOf(how);
    write.mutations.emplace_back(std::move(finish));
    const auto one = [ending](const Status& status) { ending->One(status); };
    const Result<std::int64_t> accepted = Write(id, std::move(write), one);
    if (accepted.ok()) continue;
    if (accepted.status().code() == Code::kFinished) {
      Flush(id, kNever, one);
    } else {
      cycle_.Defer([one, status = accepted.status()] { one(status); });
    }
  }
  cycle_.Defer([ending] { ending->One(Status::Ok()); });
}

}  // namespace millrace
