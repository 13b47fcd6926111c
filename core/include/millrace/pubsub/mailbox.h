#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "millrace/base/time.h"
#include "millrace/pubsub/losses.h"

namespace millrace {

// What waits for one subscriber, in the order of the first event of each key.
//
//   Put ──▶ no bound ───────────────────────▶ queued
//     ├──▶ key waits already ───────────────▶ conflated in its place
//     ├──▶ there is room ───────────────────▶ queued
//     └──▶ full ─┬─ lossy ──────────────────▶ dropped, remembered in Losses
//                └─ must-deliver ─▶ overflow ─▶ (its deadline passes) dropped, remembered
//
// Invariants, except for events put without a bound (1 and 3):
//   1. Every key waits once. index_ holds exactly the keys of entries_, with their last entries.
//   2. An entry is in the overflow if it has a deadline; overflow_ counts them.
//   3. Mailbox and overflow hold at most `capacity` entries each.
// The Traits are those of Broker (broker.h).
template <typename Traits>
class Mailbox {
 public:
  using Event = typename Traits::Event;
  // The newest state of a subject; nullopt if there is none or the subscriber does not want it.
  using Newest = std::function<std::optional<Event>(const std::string& subject)>;

  enum class PutResult { kQueued, kConflated, kWaits, kDropped, kMustDeliverDropped };

  // A batch, and what is lost if the subscriber fails to take it.
  struct Batch {
    std::vector<Event> events;
    Losses if_lost;
    std::int64_t lossy = 0;
    std::int64_t must_deliver = 0;
  };

  explicit Mailbox(std::size_t capacity) : capacity_(capacity) {}

  // `deadline`: how long a must-deliver event may wait for room.
  PutResult Put(const std::string& key, const Event& event, bool bounded, TimeMs deadline) {
    const bool must_deliver = Traits::MustDeliver(event);
    if (const auto found = index_.find(key); bounded && found != index_.end()) {
      Entry& entry = entries_[found->second];
      Traits::Conflate(entry.event, event);
      entry.must_deliver = entry.must_deliver || must_deliver;
      return PutResult::kConflated;
    }
    if (!bounded || entries_.size() - overflow_ < capacity_) {
      Add({key, event, must_deliver, kNever});
      return PutResult::kQueued;
    }
    // The overflow is as large as the mailbox. A subscriber that fills both is lost anyway.
    if (must_deliver && overflow_ < capacity_) {
      Add({key, event, must_deliver, deadline});
      return PutResult::kWaits;
    }
    losses_.Add(1, Traits::Subjects(event));
    return must_deliver ? PutResult::kMustDeliverDropped : PutResult::kDropped;
  }

  // Drops entries whose deadline is `now` or earlier; returns how many.
  std::int64_t Expire(TimeMs now) {
    if (NextDeadline() > now) return 0;
    std::vector<Entry> entries = TakeEntries();
    std::int64_t expired = 0;
    for (Entry& entry : entries) {
      if (entry.deadline > now) {
        Add(std::move(entry));
      } else {
        losses_.Add(1, Traits::Subjects(entry.event));
        ++expired;
      }
    }
    return expired;
  }

  // The earliest deadline in the overflow. Deadlines grow with arrival, so it is the first.
  TimeMs NextDeadline() const {
    if (overflow_ == 0) return kNever;
    return std::find_if(entries_.begin(), entries_.end(), Overflows)->deadline;
  }

  // True if there is nothing to tell: no events and no loss.
  bool empty() const { return entries_.empty() && losses_.empty(); }
  bool has_entries() const { return !entries_.empty(); }
  bool has_overflow() const { return overflow_ > 0; }

  // Returns everything that waits as one batch. After a loss the batch begins with one lagged
  // event:
  //
  //   lagged, [waiting .. last must-deliver entry about a lost subject], newest states, [the rest]
  //
  // Waiting entries keep their order. A lossy entry that is only about lost subjects is left out,
  // because the newest state covers it. A must-deliver entry with the key of a newest state merges
  // into that state, which becomes must-deliver too. One with another key (created, deleted) comes
  // before the newest state, never after it. So no subject ever goes back (contract C6).
  Batch Take(const Newest& newest) {
    std::vector<Entry> entries = TakeEntries();
    const Losses losses = std::exchange(losses_, {});
    Batch batch;
    batch.if_lost = losses;
    for (const Entry& entry : entries) {
      batch.if_lost.Add(1, Traits::Subjects(entry.event));
      ++(entry.must_deliver ? batch.must_deliver : batch.lossy);
    }
    if (!losses.empty()) {
      batch.events.push_back(Traits::MakeLagged(losses.dropped, losses.Names()));
      AddNewest(losses, newest, entries, batch.events);
    }
    for (Entry& entry : entries) batch.events.push_back(std::move(entry.event));
    return batch;
  }

  // The subscriber failed to take a batch. The next batch tells it about the loss.
  void Remember(const Losses& lost) { losses_.Merge(lost); }

 private:
  struct Entry {
    std::string key;
    Event event;
    bool must_deliver = false;
    TimeMs deadline = kNever;
  };

  static bool Overflows(const Entry& entry) { return entry.deadline != kNever; }

  void Add(Entry entry) {
    if (Overflows(entry)) ++overflow_;
    index_[entry.key] = entries_.size();
    entries_.push_back(std::move(entry));
  }

  std::vector<Entry> TakeEntries() {
    index_.clear();
    overflow_ = 0;
    return std::exchange(entries_, {});
  }

  // Moves what comes before the newest states from `entries` to `events`, then adds those states.
  static void AddNewest(const Losses& losses, const Newest& newest, std::vector<Entry>& entries,
                        std::vector<Event>& events) {
    std::vector<Event> states;
    std::map<std::string, std::size_t> state_of_key;
    for (const std::string& subject : losses.subjects) {
      std::optional<Event> state = newest(subject);
      // Two subjects may share their newest state.
      if (state && state_of_key.emplace(Traits::Key(*state), states.size()).second) {
        states.push_back(*std::move(state));
      }
    }

    std::vector<Entry> kept;
    std::size_t before = 0;  // how many of `kept` come before the newest states
    for (Entry& entry : entries) {
      const auto [lost_any, lost_all] = About(losses, entry.event);
      if (lost_all && !entry.must_deliver) continue;
      const auto state = lost_any ? state_of_key.find(entry.key) : state_of_key.end();
      if (state != state_of_key.end()) {
        Event& merged = states[state->second];
        Traits::Conflate(entry.event, std::move(merged));
        merged = std::move(entry.event);
        continue;
      }
      kept.push_back(std::move(entry));
      if (lost_any) before = kept.size();
    }
    for (std::size_t i = 0; i < before; ++i) events.push_back(std::move(kept[i].event));
    for (Event& state : states) events.push_back(std::move(state));
    kept.erase(kept.begin(), kept.begin() + static_cast<std::ptrdiff_t>(before));
    entries = std::move(kept);
  }

  // Whether any, and whether all, of the subjects of `event` are lost.
  static std::pair<bool, bool> About(const Losses& losses, const Event& event) {
    const std::vector<std::string> subjects = Traits::Subjects(event);
    const auto lost = std::count_if(
        subjects.begin(), subjects.end(),
        [&losses](const std::string& name) { return losses.subjects.contains(name); });
    return {lost > 0, lost > 0 && static_cast<std::size_t>(lost) == subjects.size()};
  }

  const std::size_t capacity_;
  std::vector<Entry> entries_;
  std::map<std::string, std::size_t> index_;
  std::size_t overflow_ = 0;
  Losses losses_;
};

}  // namespace millrace
