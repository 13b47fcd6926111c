#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "millrace/base/ids.h"
#include "millrace/base/time.h"
#include "millrace/messages/completion.h"

namespace millrace {

// Somebody who waits until versions survive power loss: a flush, or the writer of a terminal
// change. The wait ends with the commit that saves the last target, or that fails.
struct Waiter {
  std::vector<std::pair<MessageId, std::int64_t>> targets;  // id, version
  TimeMs deadline = kNever;                                 // ends the wait, never the write
  Done done;
  Status if_deleted;          // the result if a target is deleted: OK for a flush
  std::int64_t requests = 0;  // the number of requests submitted before it: they are settled first
  std::int64_t since = 0;     // commits started before it: their failure does not count
  // It hastens nothing: it is told when the versions are saved anyhow, so that they survive the
  // death of the process. A failed commit does not end its wait.
  bool patient = false;
};

}  // namespace millrace
