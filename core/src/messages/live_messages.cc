#include "messages/live_messages.h"

#include <algorithm>
#include <utility>

namespace millrace {

LiveMessage* LiveMessages::Find(const MessageId& id) const {
  const auto it = messages_.find(id);
  return it == messages_.end() ? nullptr : it->second.get();
}

LiveMessage& LiveMessages::Adopt(Message message, bool on_disk, TimeMs now) {
  auto live = std::make_unique<LiveMessage>();
  live->patched_version = message.version;
  live->saved_version = on_disk ? message.version : 0;
  live->first_version = message.version;
  live->row_whole = message.finished();
  live->has_log = on_disk && !message.finished();
  live->on_disk = on_disk;
  live->active_at = now;
  live->counted = message.usage.value_or(Usage());
  live->accepted = std::move(message);
  idle_check_at_ = std::min(idle_check_at_, now + idle_ms_);
  MessageId id = live->accepted.id;
  return *(messages_[std::move(id)] = std::move(live));
}

MessageId LiveMessages::NewHead(const SessionId& session) const {
  const auto head = new_heads_.find(session);
  return head == new_heads_.end() ? MessageId() : head->second;
}

void LiveMessages::LetGoOfHead(const Message& message) {
  const auto head = new_heads_.find(message.session_id);
  if (head == new_heads_.end() || head->second != message.id) return;
  new_heads_.erase(head);
  // It may have failed before those that were created before it are on disk.
  std::int64_t newest = 0;
  for (const auto& [id, live] : messages_) {
    const Message& other = live->accepted;
    const bool created = !live->on_disk && id != message.id && other.seq > newest;
    if (!created || other.session_id != message.session_id) continue;
    newest = other.seq;
    new_heads_[message.session_id] = id;
  }
}

void LiveMessages::Erase(const MessageId& id) {
  const auto it = messages_.find(id);
  if (it == messages_.end()) return;
  LetGoOfHead(it->second->accepted);
  if (it->second->queued) queue_.erase(std::find(queue_.begin(), queue_.end(), it->second.get()));
  messages_.erase(it);
  if (messages_.empty()) idle_check_at_ = kNever;
}

std::int64_t LiveMessages::pending_count() const {
  return std::count_if(messages_.begin(), messages_.end(),
                       [](const auto& entry) { return !entry.second->clean(); });
}

bool LiveMessages::IsSaved(const MessageId& id, std::int64_t version) const {
  const LiveMessage* live = Find(id);
  return live == nullptr || live->saved_version >= version;
}

bool LiveMessages::all_saved() const {
  return std::all_of(messages_.begin(), messages_.end(),
                     [](const auto& entry) { return entry.second->unsaved.empty(); });
}

bool LiveMessages::IsLeaving(const Message& message) const {
  return std::any_of(deletions_.begin(), deletions_.end(),
                     [&](const Deletion* deletion) { return deletion->Covers(message); });
}

void LiveMessages::Queue(LiveMessage& live) {
  if (std::exchange(live.queued, true)) return;
  queue_.push_back(&live);
}

std::list<LiveMessage*> LiveMessages::TakeQueue() {
  for (LiveMessage* live : queue_) live->queued = false;
  return std::exchange(queue_, {});
}

bool LiveMessages::LetGoIdle(TimeMs now, bool closed) {
  idle_check_at_ = kNever;
  bool any_queued = false;
  std::vector<MessageId> gone;
  for (auto& [id, live] : messages_) {
    const TimeMs idle_at = live->active_at + idle_ms_;
    const bool can_go = live->on_disk && live->clean() && !IsLeaving(live->accepted) && !closed &&
                        live->all_writers_current();
    if (!can_go || idle_at > now) {
      // A message that cannot go now is checked again after another idle time.
      idle_check_at_ = std::min(idle_check_at_, idle_at > now ? idle_at : now + idle_ms_);
    } else if (live->has_log) {
      live->fold = true;
      Queue(*live);
      any_queued = true;
      idle_check_at_ = std::min(idle_check_at_, now + idle_ms_);
    } else {
      gone.push_back(id);
    }
  }
  for (const MessageId& id : gone) Erase(id);
  return any_queued;
}

bool LiveMessages::QueueIsSound() const {
  const auto queued = std::count_if(messages_.begin(), messages_.end(),
                                    [](const auto& entry) { return entry.second->queued; });
  return static_cast<std::size_t>(queued) == queue_.size() &&
         std::all_of(queue_.begin(), queue_.end(),
                     [](const LiveMessage* live) { return live->queued; });
}

}  // namespace millrace
