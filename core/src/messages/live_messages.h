#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <unordered_map>
#include <vector>

#include "messages/deletion.h"
#include "messages/live_message.h"
#include "millrace/base/ids.h"
#include "millrace/base/time.h"

namespace millrace {

// The messages in memory: those being written to, and those not saved yet.
//
// Invariant: queue_ holds each message flagged `queued` once, in the order they became dirty.
class LiveMessages {
 public:
  using Map = std::unordered_map<MessageId, std::unique_ptr<LiveMessage>>;

  explicit LiveMessages(DurationMs idle_ms) : idle_ms_(idle_ms) {}
  LiveMessages(const LiveMessages&) = delete;
  LiveMessages& operator=(const LiveMessages&) = delete;

  LiveMessage* Find(const MessageId& id) const;
  LiveMessage& Adopt(Message message, bool on_disk, TimeMs now);
  void Erase(const MessageId& id);

  Map::const_iterator begin() const { return messages_.begin(); }
  Map::const_iterator end() const { return messages_.end(); }
  bool empty() const { return messages_.empty(); }
  std::size_t size() const { return messages_.size(); }
  // Those with an accepted change that is not on disk.
  std::int64_t pending_count() const;
  // What does not live is as it was saved.
  bool IsSaved(const MessageId& id, std::int64_t version) const;
  // Nothing of a failed commit is left to be written.
  bool all_saved() const;

  // Between these a deletion is on its way to disk: what it covers is gone for readers and writers,
  // and not written.
  void BeginDeletion(const Deletion& deletion) { deletions_.push_back(&deletion); }
  void EndDeletion(const Deletion& deletion) { std::erase(deletions_, &deletion); }
  bool any_deletion() const { return !deletions_.empty(); }
  bool IsLeaving(const Message& message) const;

  // ---- the queue of those that have something to be written
  void Queue(LiveMessage& live);
  // Empties the queue.
  std::deque<LiveMessage*> TakeQueue();
  bool any_queued() const { return !queue_.empty(); }

  // ---- idling (C9)
  // When LetGoIdle is due.
  TimeMs idle_check_at() const { return idle_check_at_; }
  // Unfinished messages nobody writes to any more are queued to be written whole, so that the delta
  // log can be cut, and then leave memory. With `closed` nothing is written or let go. Returns
  // whether one was queued.
  bool LetGoIdle(TimeMs now, bool closed);

  // Of a debug build. O(live messages).
  bool QueueIsSound() const;

 private:
  const DurationMs idle_ms_;
  Map messages_;
  std::deque<LiveMessage*> queue_;
  std::vector<const Deletion*> deletions_;  // owned by their requests
  TimeMs idle_check_at_ = kNever;
};

}  // namespace millrace
