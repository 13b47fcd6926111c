// The half of CommitCycle that carries one commit through: what it takes, and what its end changes.

#include <algorithm>
#include <iterator>
#include <utility>
#include <variant>

#include "messages/commit_cycle.h"
#include "millrace/model/event.h"

namespace millrace {
bool CommitCycle::Due() const {
  return !closed_ && (!requests_.empty() || urgent_ || now_ >= window_.deadline());
}

void CommitCycle::StartCommit() {
  urgent_ = false;
  window_.Close();
  BatchBuilder builder(storage_);
  InFlight flight;
  flight.number = ++commits_started_;
  flight.started_at = now_;
  {
    Change change(*this);
    TakeRequests(builder, flight);
    TakeDirty(builder, flight);
  }
  const bool terminal =
      std::any_of(flight.shares.begin(), flight.shares.end(), [](const Share& share) {
        return std::any_of(share.patches.begin(), share.patches.end(),
                           [](const PendingPatch& pending) { return pending.terminal; });
      });
  const bool awaited = std::any_of(waiters_.begin(), waiters_.end(), [&](const Waiter& waiter) {
    return WouldSettle(flight, waiter);
  });
  if (terminal || awaited || !flight.requests.empty()) flight.durability = Durability::kPower;
  flight.touched = builder.edited_sessions();
  StorageBatch batch = builder.Take();
  const Durability durability = flight.durability;
  const bool nothing = batch.empty() && (durability == Durability::kProcess || !unsynced_);
  in_flight_ = std::move(flight);
  if (nothing) return CommitEnded({});
  storage_.Commit(std::move(batch), durability,
                  [this, alive = std::weak_ptr<bool>(alive_)](const CommitOutcome& outcome) {
                    if (!alive.expired()) CommitEnded(outcome);
                  });
}

// Whether this commit saves the last of what the waiter waits for. Only such a commit is synced:
// syncing takes long, and one sync makes all commits before it safe too.
bool CommitCycle::WouldSettle(const InFlight& flight, const Waiter& waiter) const {
  if (requests_settled_ + static_cast<std::int64_t>(flight.requests.size()) < waiter.requests) {
    return false;
  }
  return std::all_of(waiter.targets.begin(), waiter.targets.end(), [&](const auto& target) {
    return IsSaved(target.first, target.second) ||
           std::any_of(flight.shares.begin(), flight.shares.end(), [&](const Share& share) {
             return share.id == target.first && share.version >= target.second;
           });
  });
}

void CommitCycle::TakeRequests(BatchBuilder& builder, InFlight& flight) {
  while (!requests_.empty()) {
    if (requests_.front().alone && !flight.requests.empty()) return;
    Request request = std::move(requests_.front());
    requests_.pop_front();
    if (const Status status = request.build(builder); !status.ok()) {
      std::vector<Event> none;
      Settle(request, status, none);
      continue;
    }
    flight.requests.push_back(std::move(request));
    if (flight.requests.back().alone) return;
  }
}

void CommitCycle::Settle(const Request& request, const Status& status, std::vector<Event>& events) {
  ++requests_settled_;
  request.settle(status, events);
}

void CommitCycle::TakeDirty(BatchBuilder& builder, InFlight& flight) {
  std::deque<LiveMessage*> waiting = std::exchange(dirty_, {});
  bool one_taken = false;
  for (LiveMessage* live : waiting) {
    live->queued = false;
    // Of a message that is being created or deleted nothing can be written now; the end of that
    // request queues it again. With window 0 no transaction has more than one update (C12).
    const bool later = !window_.coalesces() && one_taken;
    if (!live->on_disk || IsLeaving(live->accepted) || later) {
      live->queued = true;
      dirty_.push_back(live);
      continue;
    }
    TakeShare(*live, builder, flight);
    one_taken = true;
    if (!live->pending.empty()) {
      live->queued = true;
      dirty_.push_back(live);
    }
  }
}

void CommitCycle::TakeShare(LiveMessage& live, BatchBuilder& builder, InFlight& flight) {
  Share share;
  share.id = live.accepted.id;
  // With window 0 each update is a commit of its own (C12).
  const bool takes_all = window_.coalesces() || live.pending.size() <= 1;
  // The fold: the one step proportional to the message, once in its life (S2), or after it.
  share.whole = live.row_whole || live.fold || (live.accepted.finished() && takes_all);
  const std::size_t take = share.whole || takes_all ? live.pending.size() : 1;
  // Counted in the commit that takes the last change, which finishes the message (I4).
  if (take == live.pending.size()) share.usage = std::exchange(live.usage, {});
  std::move(live.pending.begin(), live.pending.begin() + static_cast<std::ptrdiff_t>(take),
            std::back_inserter(share.patches));
  live.pending.erase(live.pending.begin(),
                     live.pending.begin() + static_cast<std::ptrdiff_t>(take));
  if (share.whole) {
    // Counted mutations that changed nothing are in the row's version, so the next patch starts
    // there.
    share.version = live.patched_version = live.accepted.version;
    builder.Put({std::make_shared<const Message>(live.accepted)});
  } else {
    if (!live.unsaved.empty()) {
      auto unsaved = std::make_shared<Patch>(live.unsaved);
      share.version = unsaved->to_version;
      builder.Append({live.accepted.seq, std::move(unsaved)});
    }
    for (const PendingPatch& pending : share.patches) {
      share.version = pending.patch->to_version;
      builder.Append({live.accepted.seq, pending.patch});
    }
  }
  AddToSession(live, share, builder);
  live.in_flight = true;
  flight.shares.push_back(std::move(share));
}

// A finish moves its session to the front of the list; usage is counted in the same commit (I4).
void CommitCycle::AddToSession(const LiveMessage& live, const Share& share,
                               BatchBuilder& builder) const {
  const bool terminal = std::any_of(share.patches.begin(), share.patches.end(),
                                    [](const PendingPatch& pending) { return pending.terminal; });
  const bool used = share.usage.input_tokens != 0 || share.usage.output_tokens != 0;
  if (!used && !(terminal && live.accepted.finished())) return;
  const Result<Session*> session = builder.EditSession(live.accepted.session_id);
  if (!session.ok()) return;
  AddTokens((*session)->prompt_tokens, share.usage.input_tokens);
  AddTokens((*session)->completion_tokens, share.usage.output_tokens);
  (*session)->updated_at = std::max((*session)->updated_at, now_);
}

void CommitCycle::CommitEnded(const CommitOutcome& outcome) {
  Turn turn(*this);
  const InFlight flight = *std::exchange(in_flight_, std::nullopt);
  const bool ok = outcome.status.ok();
  window_.Ended(ok, std::max(outcome.took_ms, now_ - flight.started_at));
  if (ok) {
    // Syncing makes all earlier commits safe too.
    const bool wrote = !flight.shares.empty() || !flight.requests.empty();
    if (wrote) ++commits_;
    if (flight.durability == Durability::kPower) unsynced_ = false;
    if (wrote && flight.durability == Durability::kProcess) unsynced_ = true;
  }
  std::vector<Event> events;
  Change change(*this);  // ends before the turn does
  if (!ok) ReportTrouble(outcome.status, !flight.shares.empty(), events);
  for (const Request& request : flight.requests) Settle(request, outcome.status, events);
  for (const Share& share : flight.shares) SettleShare(share, outcome, events);
  if (ok) AddSessionEvents(flight.touched, events);
  if (ok) ReportRecovery(events);
  if (!events.empty()) {
    Defer([this, events = std::move(events)]() mutable { broker_.Publish(std::move(events)); });
  }
  SettleWaiters(outcome.status, flight.number);
  if (!dirty_.empty()) window_.Open(now_);
}

void CommitCycle::SettleShare(const Share& share, const CommitOutcome& outcome,
                              std::vector<Event>& events) {
  LiveMessage* live = Find(share.id);
  if (live == nullptr) return;
  live->in_flight = false;
  if (outcome.status.ok()) {
    live->saved_version = share.version;
    live->unsaved = {};
    live->has_log = !share.whole;
    live->row_whole = share.whole && live->accepted.finished();
  } else {
    KeepUnsaved(*live, share);
  }
  // Between a delete's call and its commit nobody hears of the message (C7).
  const bool leaving = IsLeaving(live->accepted);
  if (!leaving) {
    for (const PendingPatch& pending : share.patches) {
      MessageUpdated event;
      event.id = share.id;
      event.session_id = live->accepted.session_id;
      event.version = pending.patch->to_version;
      event.terminal = pending.terminal;
      event.saved = outcome.status.ok();
      event.finished =
          live->accepted.finished() && live->pending.empty() && &pending == &share.patches.back();
      event.patch = pending.patch;
      events.emplace_back(std::move(event));
    }
  }
  if (!leaving && live->evictable() && (live->accepted.finished() || live->all_writers_current())) {
    Erase(share.id);
  }
}

// A failed commit's changes were published; they stay to be written, before all later ones (C5).
void CommitCycle::KeepUnsaved(LiveMessage& live, const Share& share) {
  AddTokens(live.usage.input_tokens, share.usage.input_tokens);
  AddTokens(live.usage.output_tokens, share.usage.output_tokens);
  for (const PendingPatch& pending : share.patches) live.unsaved.Extend(*pending.patch);
  if (!live.queued) {
    live.queued = true;
    dirty_.push_back(&live);
  }
}

void CommitCycle::ReportTrouble(const Status& status, bool affects_messages,
                                std::vector<Event>& events) {
  // Who asked for something gets the error; a spell is about accepted changes not being saved.
  if (in_trouble_ || !affects_messages) return;
  in_trouble_ = true;
  events.emplace_back(StorageError{++spell_, status});
}

void CommitCycle::ReportRecovery(std::vector<Event>& events) {
  if (!in_trouble_) return;
  const bool all_saved = std::all_of(
      live_.begin(), live_.end(), [](const auto& entry) { return entry.second->unsaved.empty(); });
  if (!all_saved) return;
  in_trouble_ = false;
  events.emplace_back(StorageRecovered{spell_});
}

void CommitCycle::AddSessionEvents(const std::vector<SessionId>& touched,
                                   std::vector<Event>& events) {
  for (const SessionId& id : touched) {
    Result<std::optional<Session>> session = storage_.ReadSession(id);
    if (session.ok() && session->has_value()) events.emplace_back(SessionUpdated{**session});
  }
}

bool CommitCycle::IsSaved(const MessageId& id, std::int64_t version) const {
  const auto it = live_.find(id);
  return it == live_.end() || it->second->saved_version >= version;
}

void CommitCycle::SettleWaiters(const Status& status, std::int64_t commit_number) {
  std::vector<Waiter> still;
  for (Waiter& waiter : waiters_) {
    const bool saved = !unsynced_ && requests_settled_ >= waiter.requests &&
                       std::all_of(waiter.targets.begin(), waiter.targets.end(),
                                   [this](const auto& t) { return IsSaved(t.first, t.second); });
    const bool failed = !status.ok() && waiter.since < commit_number;
    if (saved) {
      Defer([done = std::move(waiter.done)] { done(Status::Ok()); });
    } else if (failed) {
      Defer([done = std::move(waiter.done), status] { done(status); });
    } else {
      still.push_back(std::move(waiter));
    }
  }
  waiters_ = std::move(still);
  if (!waiters_.empty()) urgent_ = true;
}

}  // namespace millrace
