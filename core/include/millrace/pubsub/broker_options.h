#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "millrace/base/time.h"

namespace millrace {

struct BrokerOptions {
  // How many distinct keys may wait for a subscriber without credit. As many events may wait for
  // room.
  std::size_t mailbox_capacity = 64;
  DurationMs must_deliver_timeout_ms = 50;
  // For the host's log: a subscriber begins to lose must-deliver events. Called once, then not
  // again until the subscriber takes a batch. It runs in the middle of a turn and must not call the
  // broker.
  std::function<void()> on_must_deliver_drop = {};
};

struct BrokerCounters {
  std::int64_t drop_count = 0;               // lossy events lost to full mailboxes and failures
  std::int64_t must_deliver_drop_count = 0;  // must-deliver events lost to time-outs and failures
  std::int64_t conflated_count = 0;
  std::int64_t delivered_batches = 0;
  std::int64_t subscriber_count = 0;
};

}  // namespace millrace
