#include "messages/commit_flight.h"

#include <algorithm>
#include <deque>
#include <iterator>
#include <utility>

namespace millrace {
namespace {

// The usage that is on disk after the commit, if the commit changes it.
std::optional<Usage> SavedUsage(const LiveMessage& live, const InFlightWrite& write) {
  if (write.whole) return live.accepted.usage;
  std::optional<Usage> usage;
  const auto look = [&usage](const Patch& patch) {
    for (const PatchOp& op : patch.ops) {
      const auto* notes = std::get_if<NotesOp>(&op);
      if (notes != nullptr && notes->usage) usage = notes->usage;
    }
  };
  look(live.unsaved);
  for (const PendingPatch& pending : write.patches) look(*pending.patch);
  return usage;
}

// Whether the message's parts are on disk as they are.
bool OnlyNotes(const LiveMessage& live, const InFlightWrite& write) {
  const auto only_notes = [](const Patch& patch) {
    return std::all_of(patch.ops.begin(), patch.ops.end(),
                       [](const PatchOp& op) { return std::holds_alternative<NotesOp>(op); });
  };
  return !live.fold && only_notes(live.unsaved) &&
         std::all_of(write.patches.begin(), write.patches.end(),
                     [&](const PendingPatch& pending) { return only_notes(*pending.patch); });
}

// Puts the changes of `live` into the batch; returns the version that they make.
std::int64_t WriteMessage(LiveMessage& live, const InFlightWrite& write, BatchBuilder& builder) {
  if (write.whole) {
    auto message = std::make_shared<const Message>(live.accepted);
    if (live.row_whole && OnlyNotes(live, write)) {
      builder.Put(PutNotes{std::move(message)});
    } else {
      builder.Put(PutMessage{std::move(message)});
    }
    // The row's version also counts counted mutations that changed nothing. The next patch starts
    // there.
    return live.patched_version = live.accepted.version;
  }
  std::int64_t version = 0;
  if (!live.unsaved.empty()) {
    auto unsaved = std::make_shared<Patch>(live.unsaved);
    version = unsaved->to_version;
    builder.Append({live.accepted.seq, std::move(unsaved)});
  }
  for (const PendingPatch& pending : write.patches) {
    version = pending.patch->to_version;
    builder.Append({live.accepted.seq, pending.patch});
  }
  return version;
}

}  // namespace

bool InFlightWrite::terminal() const {
  return std::any_of(patches.begin(), patches.end(),
                     [](const PendingPatch& pending) { return pending.terminal; });
}

StorageBatch CommitFlight::Take(BatchBuilder builder, bool coalesces) {
  taken_requests_ = requests_.Take(builder);
  TakeDirty(builder, coalesces);
  touched_ = builder.edited_sessions();
  return builder.Take();
}

void CommitFlight::TakeDirty(BatchBuilder& builder, bool coalesces) {
  bool one_taken = false;
  for (LiveMessage* live : live_.TakeQueue()) {
    // A message that is being created or deleted cannot be written now. The end of that request
    // queues it again. With window 0 a transaction has at most one update (C12).
    const bool later = !coalesces && one_taken;
    if (!live->on_disk || live_.IsLeaving(live->accepted) || later) {
      live_.Queue(*live);
      continue;
    }
    TakeFrom(*live, builder, coalesces);
    one_taken = true;
    if (!live->pending.empty()) live_.Queue(*live);
  }
}

void CommitFlight::TakeFrom(LiveMessage& live, BatchBuilder& builder, bool coalesces) {
  InFlightWrite write;
  write.id = live.accepted.id;
  // With window 0 each update is a commit of its own (C12).
  const bool takes_all = coalesces || live.pending.size() <= 1;
  // The fold: the one step whose cost grows with the message. It happens once in the message's life
  // (S2), and again for changes after it.
  write.whole = live.row_whole || live.fold || (live.accepted.finished() && takes_all);
  const std::size_t take = write.whole || takes_all ? live.pending.size() : 1;
  const auto end = std::next(live.pending.begin(), static_cast<std::ptrdiff_t>(take));
  std::move(live.pending.begin(), end, std::back_inserter(write.patches));
  live.pending.erase(live.pending.begin(), end);
  write.version = WriteMessage(live, write, builder);
  write.resumed_by = std::exchange(live.resumed_by, std::nullopt);
  if (write.resumed_by && !live.accepted.finished()) {
    builder.Put(PutWriter{live.accepted.seq, *write.resumed_by});
  }
  for (const Receipt& receipt : live.unsaved_receipts) builder.AddLast(PutReceipt{receipt});
  for (const PendingPatch& pending : write.patches) {
    for (const Receipt& receipt : pending.receipts) builder.AddLast(PutReceipt{receipt});
  }
  write.counted = live.counted;
  AddToSession(live, write, builder);
  live.in_flight = true;
  writes_.push_back(std::move(write));
}

// A finish moves its session to the front of the list. The same commit counts the usage (I4).
void CommitFlight::AddToSession(LiveMessage& live, const InFlightWrite& write,
                                BatchBuilder& builder) const {
  const Usage usage = SavedUsage(live, write).value_or(live.counted);
  const bool used = usage != live.counted;
  if (!used && !(write.terminal() && live.accepted.finished())) return;
  const Result<Session*> session = builder.EditSession(live.accepted.session_id);
  if (!session.ok()) return;
  AddUsage(live.counted, usage, **session);
  live.counted = usage;
  (*session)->updated_at = std::max((*session)->updated_at, started_at_);
}

bool CommitFlight::is_terminal() const {
  return std::any_of(writes_.begin(), writes_.end(),
                     [](const InFlightWrite& write) { return write.terminal(); });
}

bool CommitFlight::Saves(const MessageId& id, std::int64_t version) const {
  return std::any_of(writes_.begin(), writes_.end(), [&](const InFlightWrite& write) {
    return write.id == id && write.version >= version;
  });
}

void CommitFlight::Settle(const CommitOutcome& outcome, std::vector<Event>& events) {
  for (const Request& request : taken_requests_) requests_.Settle(request, outcome.status, events);
  for (const InFlightWrite& write : writes_) SettleWrite(write, outcome.status.ok(), events);
}

void CommitFlight::SettleWrite(const InFlightWrite& write, bool ok, std::vector<Event>& events) {
  LiveMessage* live = live_.Find(write.id);
  if (live == nullptr) return;
  live->in_flight = false;
  if (ok) {
    live->saved_version = write.version;
    live->unsaved = {};
    live->unsaved_receipts.clear();
    live->has_log = !write.whole;
    live->row_whole = write.whole && live->accepted.finished();
  } else {
    KeepUnsaved(*live, write);
  }
  // Nobody hears of the message between the call of a delete and its commit (C7).
  if (live_.IsLeaving(live->accepted)) return;
  for (const PendingPatch& pending : write.patches) {
    MessageUpdated event;
    event.id = write.id;
    event.session_id = live->accepted.session_id;
    event.version = pending.patch->to_version;
    event.terminal = pending.terminal;
    event.saved = ok;
    event.finished =
        live->accepted.finished() && live->pending.empty() && &pending == &write.patches.back();
    event.patch = pending.patch;
    events.emplace_back(std::move(event));
  }
  if (live->evictable() && (live->accepted.finished() || live->all_writers_current())) {
    live_.Erase(write.id);
  }
}

// The changes of a failed commit were published. They must still be written, before all later ones
// (C5).
void CommitFlight::KeepUnsaved(LiveMessage& live, const InFlightWrite& write) {
  live.counted = write.counted;
  if (!live.resumed_by) live.resumed_by = write.resumed_by;
  for (const PendingPatch& pending : write.patches) {
    live.unsaved.Extend(*pending.patch);
    live.unsaved_receipts.insert(live.unsaved_receipts.end(), pending.receipts.begin(),
                                 pending.receipts.end());
  }
  live_.Queue(live);
}

}  // namespace millrace
