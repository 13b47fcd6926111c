#include "messages/commit_cycle.h"

#include <algorithm>
#include <cassert>

namespace millrace {

CommitCycle::CommitCycle(Storage& storage, EventBroker& broker, DurationMs window_ms,
                         DurationMs idle_ms, TimeMs now, std::int64_t last_seq)
    : storage_(storage),
      broker_(broker),
      idle_ms_(idle_ms),
      now_(now),
      last_seq_(last_seq),
      window_(window_ms) {}

Status CommitCycle::CheckOpen() const {
  return closed_ ? Status(Code::kClosed, "the store is closed: open it again") : Status::Ok();
}

Status CommitCycle::CheckAccepting() const {
  return closing_ ? Status(Code::kClosed, "the store is closing: open it again") : CheckOpen();
}

// ---- live messages

LiveMessage* CommitCycle::Find(const MessageId& id) {
  const auto it = live_.find(id);
  return it == live_.end() ? nullptr : it->second.get();
}

Result<LiveMessage*> CommitCycle::Load(const MessageId& id) {
  const Status missing = NotFound("no message '" + id.value + "'");
  if (LiveMessage* live = Find(id)) {
    if (IsLeaving(live->accepted)) return missing;
    return live;
  }
  Result<std::optional<Message>> stored = storage_.ReadMessage(id);
  if (!stored.ok()) return stored.status();
  if (!stored->has_value() || IsLeaving(**stored)) return missing;
  return &Adopt(**std::move(stored), true);
}

LiveMessage& CommitCycle::Adopt(Message message, bool on_disk) {
  auto live = std::make_unique<LiveMessage>();
  live->patched_version = message.version;
  live->saved_version = on_disk ? message.version : 0;
  live->first_version = message.version;
  live->row_whole = message.finished();
  live->has_log = on_disk && !message.finished();
  live->on_disk = on_disk;
  live->active_at = now_;
  live->accepted = std::move(message);
  idle_check_at_ = std::min(idle_check_at_, now_ + idle_ms_);
  MessageId id = live->accepted.id;
  return *(live_[std::move(id)] = std::move(live));
}

void CommitCycle::Erase(const MessageId& id) {
  const auto it = live_.find(id);
  if (it == live_.end()) return;
  if (it->second->queued) dirty_.erase(std::find(dirty_.begin(), dirty_.end(), it->second.get()));
  live_.erase(it);
  if (live_.empty()) idle_check_at_ = kNever;
}

std::int64_t CommitCycle::pending_messages() const {
  return std::count_if(live_.begin(), live_.end(),
                       [](const auto& entry) { return !entry.second->clean(); });
}

// ---- what has to be written

void CommitCycle::MarkDirty(LiveMessage& live, bool terminal, std::int64_t mutations) {
  updates_ += mutations;
  live.active_at = now_;
  live.fold = false;
  live.pending.back().terminal |= terminal;
  if (!live.queued) {
    live.queued = true;
    dirty_.push_back(&live);
  }
  if (terminal) urgent_ = true;
  if (!in_flight_) window_.Open(now_);
}

void CommitCycle::Submit(Request request) {
  ++requests_submitted_;
  requests_.push_back(std::move(request));
}

bool CommitCycle::IsLeaving(const Message& message) const {
  return std::any_of(deletions_.begin(), deletions_.end(),
                     [&](const Deletion* deletion) { return deletion->Covers(message); });
}

void CommitCycle::Wait(Waiter waiter) {
  waiter.since = commits_started_;
  waiter.requests = requests_submitted_;
  waiters_.push_back(std::move(waiter));
  urgent_ = true;
}

void CommitCycle::DropTargets(const MessageId& id) {
  for (Waiter& waiter : waiters_) {
    const auto gone = std::remove_if(waiter.targets.begin(), waiter.targets.end(),
                                     [&](const auto& target) { return target.first == id; });
    if (gone == waiter.targets.end()) continue;
    waiter.targets.erase(gone, waiter.targets.end());
    if (waiter.if_deleted.ok()) continue;
    Defer([done = std::move(waiter.done), status = waiter.if_deleted] { done(status); });
    waiter.done = [](const Status&) {};
  }
}

// ---- time

void CommitCycle::AdvanceTo(TimeMs now) {
  Turn turn(*this);
  now_ = std::max(now_, now);
  for (auto it = waiters_.begin(); it != waiters_.end();) {
    if (it->deadline > now_) {
      ++it;
      continue;
    }
    Defer([done = std::move(it->done)] {
      done(Status(Code::kTimeout, "not saved in time; the write goes on"));
    });
    it = waiters_.erase(it);
  }
  if (now_ >= idle_check_at_) LetGoIdle();
}

TimeMs CommitCycle::NextDeadline() const {
  TimeMs next = std::min(window_.deadline(), idle_check_at_);
  for (const Waiter& waiter : waiters_) next = std::min(next, waiter.deadline);
  return next;
}

// Unfinished messages nobody writes to any more are written whole, so that the delta log can be
// cut, and leave memory (C9).
void CommitCycle::LetGoIdle() {
  idle_check_at_ = kNever;
  std::vector<MessageId> gone;
  for (auto& [id, live] : live_) {
    const TimeMs idle_at = live->active_at + idle_ms_;
    const bool can_go = live->on_disk && live->clean() && !IsLeaving(live->accepted) && !closed_ &&
                        live->all_writers_current();
    if (!can_go || idle_at > now_) {
      // One that cannot go now is looked at again after another idle time.
      idle_check_at_ = std::min(idle_check_at_, idle_at > now_ ? idle_at : now_ + idle_ms_);
    } else if (live->has_log) {
      live->fold = true;
      if (!live->queued) {
        live->queued = true;
        dirty_.push_back(live.get());
      }
      idle_check_at_ = std::min(idle_check_at_, now_ + idle_ms_);
      if (!in_flight_) window_.Open(now_);
    } else {
      gone.push_back(id);
    }
  }
  for (const MessageId& id : gone) Erase(id);
}

void CommitCycle::EndTurn() {
  while (true) {
    if (!due_.empty()) {
      const std::function<void()> action = std::move(due_.front());
      due_.pop_front();
      action();
    } else if (!in_flight_ && Due()) {
      StartCommit();
    } else {
      assert(InvariantsHold());
      return;
    }
  }
}

void CommitCycle::Shutdown() {
  Turn turn(*this);
  closed_ = true;
  const Status closed = CheckOpen();
  for (Waiter& waiter : waiters_) {
    Defer([done = std::move(waiter.done), closed] { done(closed); });
  }
  waiters_.clear();
  for (const Request& request : requests_) {
    std::vector<Event> none;
    Settle(request, closed, none);
  }
  requests_.clear();
  window_.Close();
}

}  // namespace millrace
