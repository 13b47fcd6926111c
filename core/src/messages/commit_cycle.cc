#include "messages/commit_cycle.h"

#include <algorithm>
#include <cassert>

namespace millrace {

CommitCycle::CommitCycle(Storage& storage, EventBroker& broker, DurationMs window_ms,
                         DurationMs idle_ms, TimeMs now, std::int64_t last_seq)
    : storage_(storage),
      broker_(broker),
      now_(now),
      last_seq_(last_seq),
      turns_([this] { return StartNext(); }),
      live_(idle_ms),
      waiters_(turns_),
      window_(window_ms) {}

Status CommitCycle::CheckOpen() const {
  return closed_ ? Status(Code::kClosed, "the store is closed: open it again") : Status::Ok();
}

Status CommitCycle::CheckAccepting() const {
  return closing_ ? Status(Code::kClosed, "the store is closing: open it again") : CheckOpen();
}

Result<LiveMessage*> CommitCycle::Load(const MessageId& id) {
  const Status missing = NotFound("no message '" + id.value + "'");
  if (LiveMessage* live = live_.Find(id)) {
    if (live_.IsLeaving(live->accepted)) return missing;
    return live;
  }
  Result<std::optional<Message>> stored = committed().ReadMessage(id);
  if (!stored.ok()) return stored.status();
  if (!stored->has_value() || live_.IsLeaving(**stored)) return missing;
  return &live_.Adopt(**std::move(stored), true, now_);
}

Result<Session> CommitCycle::StoredSession(const SessionId& id) const {
  Result<std::optional<Session>> session = committed().ReadSession(id);
  if (!session.ok()) return session.status();
  if (!session->has_value()) return NotFound("session '" + id.value + "' was deleted");
  return **std::move(session);
}

// ---- receipts

const std::string& CommitCycle::kept_client() const {
  static const std::string none;
  return caller_.client == home_ ? none : caller_.client;
}

Result<std::optional<Receipt>> CommitCycle::DoneBefore(const std::string& name) const {
  if (!caller_.again) return std::optional<Receipt>();
  return committed().ReadReceipt(caller_.client, name);
}

Result<bool> CommitCycle::CallDoneBefore() const {
  const Result<std::optional<Receipt>> receipt = DoneBefore(std::to_string(caller_.call));
  if (!receipt.ok()) return receipt.status();
  return receipt->has_value();
}

std::optional<Receipt> CommitCycle::ReceiptOfCall() const {
  if (kept_client().empty() || caller_.call == 0) return std::nullopt;
  return Receipt{caller_.client, std::to_string(caller_.call), caller_.call, 0};
}

// ---- what has to be written

void CommitCycle::Submit(Request request) {
  // What began a writer is known by its receipt.
  if (request.receipts.empty()) {
    if (std::optional<Receipt> receipt = ReceiptOfCall()) request.receipts.push_back(*receipt);
  }
  requests_.Submit(std::move(request));
}

Status CommitCycle::CheckNames(const std::vector<Part>& parts,
                               const std::vector<Part>& before) const {
  const std::vector<std::string> named = BlobsNamedBy(parts);
  if (named.empty()) return Status::Ok();
  const std::vector<std::string> known = BlobsNamedBy(before);
  for (const std::string& id : named) {
    if (std::find(known.begin(), known.end(), id) != known.end()) continue;
    const Result<std::optional<BlobInfo>> blob = committed().ReadBlob(id);
    if (!blob.ok()) return blob.status();
    const bool going =
        collecting_ && std::find(collecting_->removed.begin(), collecting_->removed.end(), id) !=
                           collecting_->removed.end();
    if (*blob && !going) continue;
    return InvalidArgument("a file names the blob '" + id +
                           "', which the store does not have: put it first");
  }
  return Status::Ok();
}

void CommitCycle::MarkDirty(LiveMessage& live, bool terminal, std::int64_t mutations) {
  updates_ += mutations;
  live.active_at = now_;
  live.fold = false;
  live.pending.back().terminal |= terminal;
  live_.Queue(live);
  if (terminal) urgent_ = true;
  if (!in_flight_) window_.Open(now_);
}

void CommitCycle::Wait(Waiter waiter) {
  waiter.since = commits_started_;
  if (!waiter.patient) {
    waiter.requests = requests_.submitted();
    urgent_ = true;
  }
  waiters_.Add(std::move(waiter));
}

// ---- time

void CommitCycle::AdvanceTo(TimeMs now) {
  Turn turn(turns_);
  now_ = std::max(now_, now);
  waiters_.Expire(now_);
  if (now_ < live_.idle_check_at()) return;
  if (live_.LetGoIdle(now_, closed_) && !in_flight_) window_.Open(now_);
}

TimeMs CommitCycle::NextDeadline() const {
  return std::min({window_.deadline(), live_.idle_check_at(), waiters_.NextDeadline()});
}

void CommitCycle::Shutdown() {
  Turn turn(turns_);
  closed_ = true;
  waiters_.FailAll(CheckOpen());
  requests_.FailAll(CheckOpen());
  window_.Close();
}

// ---- one commit after the other

bool CommitCycle::StartNext() {
  const bool due = !closed_ && (!requests_.empty() || urgent_ || now_ >= window_.deadline());
  if (in_flight_ || !due) {
    assert(InvariantsHold());
    return false;
  }
  StartCommit();
  return true;
}

void CommitCycle::StartCommit() {
  urgent_ = false;
  window_.Close();
  CommitFlight& flight = in_flight_.emplace(++commits_started_, now_, live_, requests_);
  StorageBatch batch;
  {
    Change change(turns_);
    batch = flight.Take(BatchBuilder(storage_), coalesces());
  }
  const bool awaited = std::any_of(waiters_.begin(), waiters_.end(), [this](const Waiter& waiter) {
    return !waiter.patient && WouldMeet(waiter);
  });
  flight.set_synced(flight.is_terminal() || awaited || flight.request_count() > 0);
  if (batch.empty() && !(flight.synced() && unsynced_)) return CommitEnded({});
  const Durability durability = flight.synced() ? Durability::kPower : Durability::kProcess;
  storage_.Commit(std::move(batch), {durability, now_},
                  [this, alive = std::weak_ptr<bool>(alive_)](const CommitOutcome& outcome) {
                    if (!alive.expired()) CommitEnded(outcome);
                  });
}

void CommitCycle::CommitEnded(const CommitOutcome& outcome) {
  Turn turn(turns_);
  CommitFlight flight = *std::move(in_flight_);
  in_flight_.reset();
  const bool ok = outcome.status.ok();
  window_.Ended(ok, std::max(outcome.took_ms, now_ - flight.started_at()));
  if (ok) {
    // A sync makes all earlier commits safe too.
    const bool wrote = flight.has_writes() || flight.request_count() > 0;
    if (wrote) ++commits_;
    if (wrote || flight.synced()) unsynced_ = !flight.synced();
  }
  std::vector<Event> events;
  Change change(turns_);  // ends before the turn does
  if (!ok) ReportOutage(outcome.status, flight.has_writes(), events);
  flight.Settle(outcome, events);
  if (ok) AddSessionEvents(flight.touched(), events);
  if (ok) ReportRecovery(events);
  if (!events.empty()) {
    Defer([this, events = std::move(events)]() mutable { broker_.Publish(std::move(events)); });
  }
  waiters_.Settle(outcome.status, flight.number(),
                  [this](const Waiter& waiter) { return IsMet(waiter); });
  if (waiters_.any_urgent()) urgent_ = true;
  if (live_.any_queued()) window_.Open(now_);
}

// Only the commit that meets a waiter is synced for it. A sync takes long, and one sync makes all
// earlier commits safe too.
bool CommitCycle::WouldMeet(const Waiter& waiter) const {
  if (requests_.settled() + in_flight_->request_count() < waiter.requests) return false;
  return std::all_of(waiter.targets.begin(), waiter.targets.end(), [this](const auto& target) {
    return live_.IsSaved(target.first, target.second) ||
           in_flight_->Saves(target.first, target.second);
  });
}

bool CommitCycle::IsMet(const Waiter& waiter) const {
  return (!unsynced_ || waiter.patient) && requests_.settled() >= waiter.requests &&
         std::all_of(waiter.targets.begin(), waiter.targets.end(), [this](const auto& target) {
           return live_.IsSaved(target.first, target.second);
         });
}

void CommitCycle::ReportOutage(const Status& status, bool affects_messages,
                               std::vector<Event>& events) {
  // The request that failed reports its own error. An outage means that accepted changes are not
  // saved.
  if (in_outage_ || !affects_messages) return;
  in_outage_ = true;
  events.emplace_back(StorageError{++outages_, status});
}

void CommitCycle::ReportRecovery(std::vector<Event>& events) {
  if (!in_outage_ || !live_.all_saved()) return;
  in_outage_ = false;
  events.emplace_back(StorageRecovered{outages_});
}

void CommitCycle::AddSessionEvents(const std::vector<SessionId>& touched,
                                   std::vector<Event>& events) {
  for (const SessionId& id : touched) {
    Result<std::optional<Session>> session = committed().ReadSession(id);
    if (session.ok() && session->has_value()) events.emplace_back(SessionUpdated{**session});
  }
}

bool CommitCycle::InvariantsHold() const {
  if (!turns_.at_rest()) return false;  // the turn left something behind
  if (closed_) return true;
  // A commit with everything urgent must be under way.
  if ((urgent_ || !requests_.empty() || waiters_.any_urgent()) && !in_flight_) return false;
  if (!live_.QueueIsSound()) return false;
  const bool covered = in_flight_ || window_.deadline() != kNever;
  return std::all_of(live_.begin(), live_.end(), [&](const auto& entry) {
    const LiveMessage& live = *entry.second;
    if (live.in_flight && !in_flight_) return false;
    // Patches in flight are in no queue.
    const bool dirty = !live.pending.empty() || (!live.unsaved.empty() && !live.in_flight);
    // A message that is being created or deleted waits for that request (C4).
    const bool waits_for_request = !live.on_disk || live_.IsLeaving(live.accepted);
    return !dirty || (live.queued && (covered || waits_for_request));
  });
}

}  // namespace millrace
