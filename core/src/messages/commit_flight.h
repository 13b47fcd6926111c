#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "messages/batch_builder.h"
#include "messages/live_messages.h"
#include "messages/request_queue.h"
#include "millrace/base/ids.h"
#include "millrace/base/time.h"
#include "millrace/model/event.h"
#include "millrace/storage/storage.h"

namespace millrace {

// What the commit in flight writes of one message.
struct InFlightWrite {
  MessageId id;
  std::vector<PendingPatch> patches;  // not published yet
  std::int64_t version = 0;           // on disk when the commit ends well
  Usage usage;
  bool whole = false;  // its row is written, not its log

  bool terminal() const;
};

// One commit on its way to disk: what it takes, and what its end changes.
//
//   Take ──▶ the storage writes the batch ──▶ Settle
//
// What it took is in neither the queue of live messages nor that of requests until Settle.
class CommitFlight {
 public:
  // The commits are counted from 1. All that is passed outlives it.
  CommitFlight(std::int64_t number, TimeMs started_at, LiveMessages& live, RequestQueue& requests)
      : number_(number), started_at_(started_at), live_(live), requests_(requests) {}

  // Takes the requests that wait, and of the queued messages what can be written now: all of it,
  // or, unless the window `coalesces`, one update. REQUIRES: called once.
  StorageBatch Take(BatchBuilder builder, bool coalesces);
  // The end: changes memory and adds what subscribers are told.
  void Settle(const CommitOutcome& outcome, std::vector<Event>& events);

  std::int64_t number() const { return number_; }
  TimeMs started_at() const { return started_at_; }
  // Sessions to tell about.
  const std::vector<SessionId>& touched() const { return touched_; }
  bool has_writes() const { return !writes_.empty(); }
  std::int64_t request_count() const { return static_cast<std::int64_t>(taken_requests_.size()); }
  // Whether some of it must not wait for a later sync (C2).
  bool is_terminal() const;
  // It survives power loss when it ends well.
  void set_synced(bool synced) { synced_ = synced; }
  bool synced() const { return synced_; }
  // Whether this version is saved when it ends well.
  bool Saves(const MessageId& id, std::int64_t version) const;

 private:
  void TakeDirty(BatchBuilder& builder, bool coalesces);
  void TakeFrom(LiveMessage& live, BatchBuilder& builder, bool coalesces);
  void AddToSession(const LiveMessage& live, const InFlightWrite& write,
                    BatchBuilder& builder) const;
  void SettleWrite(const InFlightWrite& write, bool ok, std::vector<Event>& events);
  void KeepUnsaved(LiveMessage& live, const InFlightWrite& write);

  const std::int64_t number_;
  const TimeMs started_at_;
  LiveMessages& live_;
  RequestQueue& requests_;
  std::vector<Request> taken_requests_;
  std::vector<InFlightWrite> writes_;
  std::vector<SessionId> touched_;
  bool synced_ = false;
};

}  // namespace millrace
