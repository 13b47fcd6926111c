#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "messages/commit_flight.h"
#include "messages/commit_window.h"
#include "messages/live_messages.h"
#include "messages/request_queue.h"
#include "messages/turn_queue.h"
#include "messages/waiters.h"
#include "millrace/base/ids.h"
#include "millrace/base/status.h"
#include "millrace/base/time.h"
#include "millrace/messages/caller.h"
#include "millrace/messages/completion.h"
#include "millrace/messages/event_broker.h"
#include "millrace/model/part.h"
#include "millrace/storage/blobs.h"
#include "millrace/storage/storage.h"

namespace millrace {

// The coalescing state machine: it knows when dirty messages are due, what is in flight and who
// waits.
//
//            accept, request                     window's deadline, or urgent
//   ┌──────┐ ───────────────▶ ┌─────────────┐ ─────────────────────────────▶ ┌───────────┐
//   │ idle │                  │ window open │                                │ in flight │
//   └──────┘ ◀─────────────── └─────────────┘ ◀───────────────────────────── └───────────┘
//              all clean        ▲  failed: back-off   ended; something is dirty
//
//   TurnQueue      what leaves at the end of a turn
//   LiveMessages   the messages in memory, and which of them are dirty
//   RequestQueue   creates, deletes, changes of sessions
//   CommitWindow   when the next commit is due
//   CommitFlight   the commit on its way to disk
//   Waiters        who waits for something to be on disk
//
// Invariants
//   1. At most one commit is in flight; commits start in the order of acceptance (C6).
//   2. window_.deadline() or a commit in flight covers every dirty message (C4).
//   3. Events of a commit are published before its completions are called (C2).
class CommitCycle {
 public:
  // `storage` and `broker` must outlive the cycle.
  CommitCycle(Storage& storage, EventBroker& broker, DurationMs window_ms, DurationMs idle_ms,
              TimeMs now, std::int64_t last_seq);
  CommitCycle(const CommitCycle&) = delete;
  CommitCycle& operator=(const CommitCycle&) = delete;

  void AdvanceTo(TimeMs now);
  TimeMs NextDeadline() const;

  TimeMs now() const { return now_; }
  std::int64_t TakeSeq() { return ++last_seq_; }
  std::int64_t last_seq() const { return last_seq_; }
  StorageReads& committed() const { return storage_.committed(); }
  bool coalesces() const { return window_.coalesces(); }
  TurnQueue& turns() { return turns_; }
  // Runs `action` at the end of the turn, after everything that became due before it.
  void Defer(std::function<void()> action) { turns_.Defer(std::move(action)); }
  // For reads and flushes. kClosed after Shutdown.
  Status CheckOpen() const;
  // For changes. kClosed from BeginClosing on: a later change would be acknowledged and then lost.
  Status CheckAccepting() const;

  LiveMessages& live() { return live_; }
  // From memory or from storage (C8). kNotFound: no such message, or it is being deleted.
  Result<LiveMessage*> Load(const MessageId& id);
  // What is on disk. kNotFound: it was deleted.
  Result<Session> StoredSession(const SessionId& id) const;

  // ---- receipts
  void set_home(std::string home) { home_ = std::move(home); }
  const std::string& home() const { return home_; }
  // Whose calls are being made.
  Caller& caller() { return caller_; }
  // The caller's client, if receipts are kept for it: it may go on after this opening of the store.
  // "": none are.
  const std::string& kept_client() const;
  // Of what the caller began under this name, if it makes its call again and it was done.
  Result<std::optional<Receipt>> DoneBefore(const std::string& name) const;
  // The same of a call without a writer.
  Result<bool> CallDoneBefore() const;
  // Of the call that is being made; nullopt: none is kept.
  std::optional<Receipt> ReceiptOfCall() const;

  // ---- what has to be written
  // `live` has a new pending change.
  void MarkDirty(LiveMessage& live, bool terminal, std::int64_t mutations);
  void Submit(Request request);
  // Calls `done` when every target survives power loss; see Waiter.
  void Wait(Waiter waiter);
  // A delete dropped the message: stops all waits for it.
  void DropTargets(const MessageId& id) { waiters_.DropTargets(id); }

  // ---- blobs
  // kInvalidArgument: the parts name a blob that is not there, and `before` did not name it.
  Status CheckNames(const std::vector<Part>& parts, const std::vector<Part>& before = {}) const;
  // A collection is on its way to disk: what it removes must not be named any more.
  void BeginCollecting(std::shared_ptr<const CollectedBlobs> collected) {
    collecting_ = std::move(collected);
  }
  void EndCollecting() { collecting_ = nullptr; }

  // What was accepted before is still written.
  void BeginClosing() { closing_ = true; }
  // Fails everything that waits, and every later call, with kClosed.
  void Shutdown();

  std::int64_t updates() const { return updates_; }
  std::int64_t commits() const { return commits_; }

 private:
  bool StartNext();
  void StartCommit();
  void CommitEnded(const CommitOutcome& outcome);
  // Whether the commit in flight saves the last of the waiter's targets.
  bool WouldMeet(const Waiter& waiter) const;
  bool IsMet(const Waiter& waiter) const;
  void ReportOutage(const Status& status, bool affects_messages, std::vector<Event>& events);
  void ReportRecovery(std::vector<Event>& events);
  void AddSessionEvents(const std::vector<SessionId>& touched, std::vector<Event>& events);
  // For debug builds, after each turn. O(live messages).
  bool InvariantsHold() const;

  Storage& storage_;
  EventBroker& broker_;
  TimeMs now_;
  std::int64_t last_seq_;
  bool closing_ = false;
  bool closed_ = false;
  std::string home_;
  Caller caller_;

  TurnQueue turns_;
  LiveMessages live_;
  RequestQueue requests_;
  Waiters waiters_;
  CommitWindow window_;
  std::optional<CommitFlight> in_flight_;
  bool urgent_ = false;  // something accepted since the last start must not wait for the window
  // A commit was acknowledged that power loss could still undo. At the start it may be one of an
  // earlier process.
  bool unsynced_ = true;
  bool in_outage_ = false;  // accepted changes could not be saved
  std::int64_t outages_ = 0;
  std::int64_t commits_started_ = 0;

  std::shared_ptr<const CollectedBlobs> collecting_;

  std::int64_t updates_ = 0;
  std::int64_t commits_ = 0;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // for late completions
};

}  // namespace millrace
