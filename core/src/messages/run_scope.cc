#include "millrace/messages/run_scope.h"

#include <memory>
#include <utility>

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
    // A message deleted meanwhile has nothing left to finish.
    if (first_error.ok() && status.code() != Code::kNotFound) first_error = status;
    if (--open == 0 && done) done(first_error);
  }
};

}  // namespace

void RunScope::End(RunExit how, Done done) {
  auto ending = std::make_shared<Ending>();
  ending->done = std::move(done);
  for (const MessageId& id : std::exchange(ids_, {})) {
    ++ending->open;
    MessageWrite write;
    Finish finish;
    finish.reason = ReasonOf(how);
    write.mutations.emplace_back(std::move(finish));
    const auto one = [ending](const Status& status) { ending->One(status); };
    const Result<std::int64_t> accepted = messages_.Write(id, std::move(write), one);
    if (accepted.ok()) continue;
    if (accepted.status().code() == Code::kFinished) {
      messages_.Flush(id, kNever, one);
    } else {
      one(accepted.status());
    }
  }
  ending->One(Status::Ok());
}

}  // namespace millrace
