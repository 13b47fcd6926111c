#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "messages/batch_builder.h"
#include "messages/live_messages.h"
#include "messages/request_queue.h"
#include "millrace/base/ids.h"
#include "millrace/base/time.h"
#include "millrace/model/event.h"
#include "millrace/storage/storage.h"

namespace millrace {

// What the commit in flight writes for one message.
struct InFlightWrite {
  MessageId id;
  std::vector<PendingPatch> patches;      // not published yet
  std::int64_t version = 0;               // on disk if the commit succeeds
  Usage counted;                          // LiveMessage::counted before
  std::optional<std::string> resumed_by;  // LiveMessage::resumed_by before
  bool whole = false;                     // its row is written, not its log

  bool terminal() const;
};

// One commit on its way to disk: what it takes, and what changes when it ends.
//
//   Take ──▶ the storage writes the batch ──▶ Settle
//
// Until Settle, what it took is in no queue, neither of live messages nor of requests.
class CommitFlight {
 public:
  // `number` counts the commits from 1. Everything passed in must outlive the flight.
  CommitFlight(std::int64_t number, TimeMs started_at, LiveMessages& live, RequestQueue& requests)
      : number_(number), started_at_(started_at), live_(live), requests_(requests) {}

  // Takes the waiting requests, and from the queued messages everything that can be written now. If
  // the window does not coalesce, it takes one update only. REQUIRES: called once.
  StorageBatch Take(BatchBuilder builder, bool coalesces);
  // The commit has ended: changes memory and adds the events for subscribers.
  void Settle(const CommitOutcome& outcome, std::vector<Event>& events);

  std::int64_t number() const { return number_; }
  TimeMs started_at() const { return started_at_; }
  // The sessions that subscribers must hear about.
  const std::vector<SessionId>& touched() const { return touched_; }
  bool has_writes() const { return !writes_.empty(); }
  std::int64_t request_count() const { return static_cast<std::int64_t>(taken_requests_.size()); }
  // Whether a part of it must be synced now (C2).
  bool is_terminal() const;
  // `synced`: the commit survives power loss if it succeeds.
  void set_synced(bool synced) { synced_ = synced; }
  bool synced() const { return synced_; }
  // Whether this version is saved if the commit succeeds.
  bool Saves(const MessageId& id, std::int64_t version) const;

 private:
  void TakeDirty(BatchBuilder& builder, bool coalesces);
  void TakeFrom(LiveMessage& live, BatchBuilder& builder, bool coalesces);
  void AddToSession(LiveMessage& live, const InFlightWrite& write, BatchBuilder& builder) const;
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
