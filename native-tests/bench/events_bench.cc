// Publishes one update to a number of subscribers. Live ones take it at once. Stuck ones have no
// credit, so the update waits, merges or is dropped. The publisher must not wait for them.

#include <benchmark/benchmark.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bench/allocations.h"
#include "bench/updates.h"
#include "millrace/messages/event_broker.h"

namespace millrace::bench {
namespace {

// An update of one of many messages that stream at once, more than a mailbox holds.
Event NthUpdate(std::int64_t n, bool terminal) {
  constexpr std::int64_t kMessages = 100;
  return MakeUpdate(n % kMessages, n / kMessages + 2, terminal);
}

void Publish(benchmark::State& state, int credits, bool terminal) {
  EventBroker broker({}, [](const std::string&) { return std::optional<Event>(); });
  std::vector<Subscription> subscriptions;
  for (std::int64_t i = 0; i < state.range(0); ++i) {
    subscriptions.push_back(broker.Subscribe(
        EventFilters({EventFilter()}), [](const std::vector<Event>&) { return true; }, credits));
  }
  std::int64_t n = 0;
  Allocations allocations;
  while (state.KeepRunning()) {
    std::vector<Event> batch;
    batch.push_back(NthUpdate(n++, terminal));
    const Allocations before = AllocationsSoFar();
    broker.Publish(std::move(batch));
    allocations += AllocationsSoFar() - before;
  }
  const auto count = static_cast<double>(state.iterations());
  state.counters["allocs"] = static_cast<double>(allocations.count) / count;
}
void PublishToLive(benchmark::State& state) { Publish(state, kUnlimitedCredits, false); }
void PublishToStuck(benchmark::State& state) { Publish(state, 0, false); }
void PublishTerminalToLive(benchmark::State& state) { Publish(state, kUnlimitedCredits, true); }
void PublishTerminalToStuck(benchmark::State& state) { Publish(state, 0, true); }

void SubscriberCounts(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgName("subscribers")->Unit(benchmark::kMicrosecond);
  for (const std::int64_t count : {1, 10, 100, 1000}) benchmark->Arg(count);
}
BENCHMARK(PublishToLive)->Apply(SubscriberCounts);
BENCHMARK(PublishToStuck)->Apply(SubscriberCounts);
BENCHMARK(PublishTerminalToLive)->Apply(SubscriberCounts);
BENCHMARK(PublishTerminalToStuck)->Apply(SubscriberCounts);

}  // namespace
}  // namespace millrace::bench
