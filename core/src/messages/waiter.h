#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "millrace/base/ids.h"
#include "millrace/base/time.h"
#include "millrace/messages/completion.h"

namespace millrace {

// Somebody who waits until versions survive power loss: a flush, or the writer of a terminal
// change. Woken by the commit that saves the last target, or that fails.
struct Waiter {
  std::vector<std::pair<MessageId, std::int64_t>> targets;  // id, version
  TimeMs deadline = kNever;                                 // ends the wait, never the write
  Done done;
  Status if_deleted;          // what a target's deletion means: OK for a flush
  std::int64_t requests = 0;  // so many were submitted before it came: they are settled first
  std::int64_t since = 0;     // commits started before it came: their failure is not its own
};

}  // namespace millrace
