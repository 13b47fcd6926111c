#pragma once

#include <cassert>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "messages/commit_window.h"
#include "messages/deletion.h"
#include "messages/in_flight.h"
#include "messages/live_message.h"
#include "messages/request.h"
#include "messages/waiter.h"
#include "millrace/base/ids.h"
#include "millrace/base/status.h"
#include "millrace/base/thread.h"
#include "millrace/base/time.h"
#include "millrace/messages/completion.h"
#include "millrace/messages/event_broker.h"
#include "millrace/storage/storage.h"

namespace millrace {

// The coalescing state machine: what is dirty, when it is due, what is in flight, who waits.
//
//            accept, request                     window's deadline, or urgent
//   ┌──────┐ ───────────────▶ ┌─────────────┐ ─────────────────────────────▶ ┌───────────┐
//   │ idle │                  │ window open │                                │ in flight │
//   └──────┘ ◀─────────────── └─────────────┘ ◀───────────────────────────── └───────────┘
//              all clean        ▲  failed: back-off   ended; something is dirty
//
// Turn rule: a Turn stands in every public call of the services and in every completion of the
// storage. What a turn makes due leaves when the outermost turn ends: events and completions in the
// order they became due, then the next commit; so state is never seen half changed, and nobody
// hears of a commit while the end of an earlier one is still to be told.
//
// Invariants
//   1. At most one commit is in flight; commits start in the order of acceptance (C6).
//   2. A dirty message is covered by window_.deadline() or by a commit in flight (C4).
//   3. Events of a commit are published before its completions are called (C2).
class CommitCycle {
 public:
  class Turn {
   public:
    explicit Turn(CommitCycle& cycle) : cycle_(cycle) {
      assert(cycle.thread_ == ThisThread() && "a store is confined to the thread that opened it");
      assert(!cycle.changing_ && "a call from inside a change: from the storage, or a request");
      ++cycle_.turn_depth_;
    }
    ~Turn() {
      if (cycle_.turn_depth_ == 1) cycle_.EndTurn();
      --cycle_.turn_depth_;
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

   private:
    CommitCycle& cycle_;
  };

  // Between these the state is half changed: no public call may come.
  class Change {
   public:
    explicit Change(CommitCycle& cycle) : cycle_(cycle) { cycle_.changing_ = true; }
    ~Change() { cycle_.changing_ = false; }
    Change(const Change&) = delete;
    Change& operator=(const Change&) = delete;

   private:
    CommitCycle& cycle_;
  };

  // `storage` and `broker` outlive the cycle.
  CommitCycle(Storage& storage, EventBroker& broker, DurationMs window_ms, DurationMs idle_ms,
              TimeMs now, std::int64_t last_seq);
  CommitCycle(const CommitCycle&) = delete;
  CommitCycle& operator=(const CommitCycle&) = delete;

  void AdvanceTo(TimeMs now);
  TimeMs NextDeadline() const;

  TimeMs now() const { return now_; }
  std::int64_t TakeSeq() { return ++last_seq_; }
  std::int64_t last_seq() const { return last_seq_; }
  Storage& storage() const { return storage_; }
  bool coalesces() const { return window_.coalesces(); }
  // Reads and flushes. kClosed after Shutdown.
  Status CheckOpen() const;
  // Changes. kClosed from BeginClosing on: what came later would be acknowledged and lost.
  Status CheckAccepting() const;

  // ---- live messages
  LiveMessage* Find(const MessageId& id);
  // Live or from storage (C8). kNotFound: no such message, or it is being deleted.
  Result<LiveMessage*> Load(const MessageId& id);
  LiveMessage& Adopt(Message message, bool on_disk);
  void Erase(const MessageId& id);
  const std::unordered_map<MessageId, std::unique_ptr<LiveMessage>>& live() const { return live_; }

  // ---- what has to be written
  // `live` has a new pending change.
  void MarkDirty(LiveMessage& live, bool terminal, std::int64_t mutations);
  void Submit(Request request);
  // Between these a deletion is on its way to disk: what it covers is gone for readers and writers,
  // and not written.
  void BeginDeletion(const Deletion& deletion) { deletions_.push_back(&deletion); }
  void EndDeletion(const Deletion& deletion) { std::erase(deletions_, &deletion); }
  bool any_deletion() const { return !deletions_.empty(); }
  bool IsLeaving(const Message& message) const;
  // Calls `done` when every target survives power loss; see Waiter.
  void Wait(Waiter waiter);
  // Runs at the end of the turn, after what became due before it.
  void Defer(std::function<void()> action) { due_.push_back(std::move(action)); }
  // A delete dropped the message: nobody waits for it any more.
  void DropTargets(const MessageId& id);

  // What is accepted already is still written.
  void BeginClosing() { closing_ = true; }
  // Fails everything that waits, and every later call, with kClosed.
  void Shutdown();

  std::int64_t updates() const { return updates_; }
  std::int64_t commits() const { return commits_; }
  std::int64_t pending_messages() const;

 private:
  bool Due() const;
  void StartCommit();
  bool WouldSettle(const InFlight& flight, const Waiter& waiter) const;
  void TakeRequests(BatchBuilder& builder, InFlight& flight);
  void Settle(const Request& request, const Status& status, std::vector<Event>& events);
  void TakeDirty(BatchBuilder& builder, InFlight& flight);
  void TakeShare(LiveMessage& live, BatchBuilder& builder, InFlight& flight);
  void AddToSession(const LiveMessage& live, const Share& share, BatchBuilder& builder) const;
  void CommitEnded(const CommitOutcome& outcome);
  void SettleShare(const Share& share, const CommitOutcome& outcome, std::vector<Event>& events);
  void KeepUnsaved(LiveMessage& live, const Share& share);
  void ReportTrouble(const Status& status, bool affects_messages, std::vector<Event>& events);
  void ReportRecovery(std::vector<Event>& events);
  void AddSessionEvents(const std::vector<SessionId>& touched, std::vector<Event>& events);
  void SettleWaiters(const Status& status, std::int64_t commit_number);
  bool IsSaved(const MessageId& id, std::int64_t version) const;
  void LetGoIdle();
  void EndTurn();
  // Of a debug build, after each turn (commit_invariants.cc).
  bool InvariantsHold() const;

  Storage& storage_;
  EventBroker& broker_;
  const DurationMs idle_ms_;
  TimeMs now_;
  std::int64_t last_seq_;
  bool closing_ = false;
  bool closed_ = false;

  std::unordered_map<MessageId, std::unique_ptr<LiveMessage>> live_;
  std::deque<LiveMessage*> dirty_;  // in the order they became dirty; flagged `queued`
  std::deque<Request> requests_;
  std::int64_t requests_submitted_ = 0;
  std::int64_t requests_settled_ = 0;
  std::vector<const Deletion*> deletions_;  // owned by their requests
  std::vector<Waiter> waiters_;
  CommitWindow window_;
  std::optional<InFlight> in_flight_;
  bool urgent_ = false;  // something accepted since the last start may not wait for the window
  // A commit was acknowledged that power loss could still take; maybe by a process that died.
  bool unsynced_ = true;
  bool in_trouble_ = false;
  std::int64_t spell_ = 0;
  std::int64_t commits_started_ = 0;

  int turn_depth_ = 0;
  bool changing_ = false;
  const void* const thread_ = ThisThread();
  std::deque<std::function<void()>> due_;

  std::int64_t updates_ = 0;
  std::int64_t commits_ = 0;
  TimeMs idle_check_at_ = kNever;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // for completions that come late
};

}  // namespace millrace
