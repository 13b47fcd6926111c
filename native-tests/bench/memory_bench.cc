// Counts what stays in memory: for subscribers that never take anything (contracts B1 to B3), and
// of messages that have finished (contract C9). The times of these rows mean nothing.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bench/allocations.h"
#include "bench/bench_store.h"
#include "bench/updates.h"
#include "millrace/messages/event_broker.h"

namespace millrace::bench {
namespace {

// Half of the updates are for messages that wait in every mailbox; the other half find it full.
// Every eighth is must-deliver, so that the overflow fills and expires too.
constexpr std::int64_t kWaiting = 64;

Event NthUpdate(std::int64_t n, std::size_t text_bytes) {
  const bool waiting = n % 2 == 0;
  const std::int64_t message = waiting ? (n / 2) % kWaiting : kWaiting + n;
  return MakeUpdate(message, n / 2 / kWaiting + 2, n % 8 == 3, text_bytes);
}

// A conflated event is a list of patches, up to 64 KB, which the subscribers share. Above that, the
// event keeps no patches and its subscriber gets the message whole. That is why there is a `peak`.
void StuckSubscribers(benchmark::State& state) {
  const std::int64_t count = state.range(0);
  const std::int64_t updates = state.range(1);
  const auto text_bytes = static_cast<std::size_t>(state.range(2));
  while (state.KeepRunning()) {
    const std::int64_t before = LiveBytes();
    EventBroker broker({}, [](const std::string&) { return std::optional<Event>(); });
    std::vector<Subscription> subscriptions;
    for (std::int64_t i = 0; i < count; ++i) {
      subscriptions.push_back(broker.Subscribe(
          EventFilters({EventFilter()}), [](const std::vector<Event>&) { return true; }, 0));
    }
    std::int64_t peak = 0;
    for (std::int64_t n = 0; n < updates; ++n) {
      std::vector<Event> batch;
      batch.push_back(NthUpdate(n, text_bytes));
      broker.Publish(std::move(batch));
      if (n % 33 == 0) broker.AdvanceTo(n);
      peak = std::max(peak, LiveBytes() - before);
    }
    const auto each = static_cast<double>(count);
    state.counters["held_per_subscriber"] = static_cast<double>(LiveBytes() - before) / each;
    state.counters["peak_per_subscriber"] = static_cast<double>(peak) / each;
    state.counters["lost"] = static_cast<double>(broker.counters().drop_count +
                                                 broker.counters().must_deliver_drop_count) /
                             each;
  }
}
BENCHMARK(StuckSubscribers)
    ->ArgNames({"subscribers", "updates", "bytes"})
    ->Args({1, 100'000, kWindowText})
    ->Args({100, 10'000, 1024})
    ->Args({100, 100'000, 1024})
    ->Args({1000, 10'000, 1024})
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

// Each of 10,000 messages gets 8 KB of text and is finished, one after another.
void FinishedMessages(benchmark::State& state) {
  while (state.KeepRunning()) {
    BenchStore store(Medium::kFilesUnsynced, {});
    store.Finish();
    const std::string text(8 * 1024, 'x');
    const std::int64_t before = LiveBytes();
    for (std::int64_t n = 0; n < state.range(0); ++n) {
      store.ReplaceMessage();
      store.Append(text);
      store.Finish();
    }
    state.counters["live_messages"] = static_cast<double>(store.stats().live_messages);
    state.counters["bytes_before"] = static_cast<double>(before);
    state.counters["bytes_after"] = static_cast<double>(LiveBytes());
  }
}
BENCHMARK(FinishedMessages)
    ->ArgName("messages")
    ->Arg(10'000)
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace millrace::bench
