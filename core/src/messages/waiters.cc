#include "messages/waiters.h"

#include <algorithm>

namespace millrace {

void Waiters::Tell(Waiter& waiter, const Status& status) {
  turns_.Defer([done = std::move(waiter.done), status] { done(status); });
}

bool Waiters::any_urgent() const {
  return std::any_of(waiting_.begin(), waiting_.end(),
                     [](const Waiter& waiter) { return !waiter.patient; });
}

void Waiters::DropTargets(const MessageId& id) {
  for (Waiter& waiter : waiting_) {
    const auto gone = std::remove_if(waiter.targets.begin(), waiter.targets.end(),
                                     [&](const auto& target) { return target.first == id; });
    if (gone == waiter.targets.end()) continue;
    waiter.targets.erase(gone, waiter.targets.end());
    if (waiter.if_deleted.ok()) continue;
    Tell(waiter, waiter.if_deleted);
    waiter.done = [](const Status&) {};
  }
}

void Waiters::Expire(TimeMs now) {
  for (auto it = waiting_.begin(); it != waiting_.end();) {
    if (it->deadline > now) {
      ++it;
      continue;
    }
    Tell(*it, Status(Code::kTimeout, "not saved in time; the write goes on"));
    it = waiting_.erase(it);
  }
}

TimeMs Waiters::NextDeadline() const {
  TimeMs next = kNever;
  for (const Waiter& waiter : waiting_) next = std::min(next, waiter.deadline);
  return next;
}

void Waiters::Settle(const Status& status, std::int64_t commit_number,
                     const std::function<bool(const Waiter&)>& is_met) {
  std::vector<Waiter> still;
  for (Waiter& waiter : waiting_) {
    if (is_met(waiter)) {
      Tell(waiter, Status::Ok());
    } else if (!status.ok() && !waiter.patient && waiter.since < commit_number) {
      Tell(waiter, status);
    } else {
      still.push_back(std::move(waiter));
    }
  }
  waiting_ = std::move(still);
}

void Waiters::FailAll(const Status& status) {
  for (Waiter& waiter : waiting_) Tell(waiter, status);
  waiting_.clear();
}

}  // namespace millrace
