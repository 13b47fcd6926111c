#pragma once

#include <algorithm>

#include "millrace/base/time.h"
#include "millrace/messages/store.h"

namespace millrace {

// Lets `by` milliseconds pass for the store as a host does: it stops at each deadline on the way.
// `now` is the virtual clock.
inline void PassTime(Store& store, TimeMs& now, DurationMs by) {
  const TimeMs end = now + by;
  while (store.NextDeadline() <= end) {
    now = std::max(now, store.NextDeadline());
    store.AdvanceTo(now);
  }
  now = end;
  store.AdvanceTo(now);
}

}  // namespace millrace
