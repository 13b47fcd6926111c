#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <vector>

#include "messages/deletion.h"
#include "messages/live_message.h"
#include "millrace/base/ids.h"
#include "millrace/base/time.h"

namespace millrace {

// The messages in memory: those being written to, and those not saved yet.
//
// Invariant: queue_ holds each message with `queued` set once, in the order in which they became
// dirty.
class LiveMessages {
 public:
  using Map = std::map<MessageId, std::unique_ptr<LiveMessage>>;

  explicit LiveMessages(DurationMs idle_ms) : idle_ms_(idle_ms) {}
  LiveMessages(const LiveMessages&) = delete;
  LiveMessages& operator=(const LiveMessages&) = delete;

  LiveMessage* Find(const MessageId& id) const;
  LiveMessage& Adopt(Message message, bool on_disk, TimeMs now);
  void Erase(const MessageId& id);

  // ---- heads on their way to disk
  // The newest message of the session that is being created; empty if there is none.
  MessageId NewHead(const SessionId& session) const;
  void SetNewHead(const Message& message) { new_heads_[message.session_id] = message.id; }
  // Its creation has ended, well or not.
  void LetGoOfHead(const Message& message);

  Map::const_iterator begin() const { return messages_.begin(); }
  Map::const_iterator end() const { return messages_.end(); }
  bool empty() const { return messages_.empty(); }
  std::size_t size() const { return messages_.size(); }
  // The number of messages with an accepted change that is not on disk.
  std::int64_t pending_count() const;
  // A message that is not in memory is saved.
  bool IsSaved(const MessageId& id, std::int64_t version) const;
  // True if nothing of a failed commit must still be written.
  bool all_saved() const;

  // Between these two calls a deletion is on its way to disk. Readers and writers do not find the
  // messages that it covers, and these are not written.
  void BeginDeletion(const Deletion& deletion) { deletions_.push_back(&deletion); }
  void EndDeletion(const Deletion& deletion) { std::erase(deletions_, &deletion); }
  bool any_deletion() const { return !deletions_.empty(); }
  bool IsLeaving(const Message& message) const;

  // ---- the queue of messages with something to write
  void Queue(LiveMessage& live);
  // Empties the queue.
  std::list<LiveMessage*> TakeQueue();
  bool any_queued() const { return !queue_.empty(); }

  // ---- idling (C9)
  // When LetGoIdle is due.
  TimeMs idle_check_at() const { return idle_check_at_; }
  // Takes care of unfinished messages that nobody writes to any more. Queues them to be written
  // whole, so that the delta log can be cut; later they leave memory. With `closed` nothing is
  // written or dropped. Returns whether a message was queued.
  bool LetGoIdle(TimeMs now, bool closed);

  // For debug builds. O(live messages).
  bool QueueIsSound() const;

 private:
  const DurationMs idle_ms_;
  Map messages_;
  std::list<LiveMessage*> queue_;
  std::vector<const Deletion*> deletions_;  // owned by their requests
  std::map<SessionId, MessageId> new_heads_;
  TimeMs idle_check_at_ = kNever;
};

}  // namespace millrace
