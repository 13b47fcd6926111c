// What CommitCycle asserts of itself after each turn of a debug build. O(live messages).

#include <algorithm>
#include <cstddef>

#include "messages/commit_cycle.h"

namespace millrace {

bool CommitCycle::InvariantsHold() const {
  if (!due_.empty() || changing_) return false;  // the turn left something behind
  if (closed_) return true;
  // Whatever may not wait is on its way.
  if ((urgent_ || !requests_.empty() || !waiters_.empty()) && !in_flight_) return false;
  const auto queued = std::count_if(live_.begin(), live_.end(),
                                    [](const auto& entry) { return entry.second->queued; });
  const bool all_stand = static_cast<std::size_t>(queued) == dirty_.size() &&
                         std::all_of(dirty_.begin(), dirty_.end(),
                                     [](const LiveMessage* live) { return live->queued; });
  if (!all_stand) return false;
  const bool covered = in_flight_ || window_.deadline() != kNever;
  return std::all_of(live_.begin(), live_.end(), [&](const auto& entry) {
    const LiveMessage& live = *entry.second;
    if (live.in_flight && !in_flight_) return false;
    // What is in flight is in nobody's queue.
    const bool dirty = !live.pending.empty() || (!live.unsaved.empty() && !live.in_flight);
    // What is being created or deleted waits for that request (C4).
    const bool waits_for_request = !live.on_disk || IsLeaving(live.accepted);
    return !dirty || (live.queued && (covered || waits_for_request));
  });
}

}  // namespace millrace
