// Saves and notifications per second, in ten virtual seconds of streaming (contract C1: neither the
// rate nor the number of messages matters). They are counted, not timed: the host ticks once per
// millisecond.

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>

#include "bench/bench_store.h"

namespace millrace::bench {
namespace {

constexpr int kSeconds = 10;

void Rate(benchmark::State& state) {
  const std::int64_t messages = state.range(0);
  const std::int64_t deltas_per_second = state.range(1);
  while (state.KeepRunning()) {
    BenchStore store(Medium::kMemory, {.messages = static_cast<int>(messages)});
    const StoreStats before = store.stats();
    const std::int64_t batches_before = store.batches_received();
    std::int64_t deltas = 0;
    for (std::int64_t ms = 1; ms <= kSeconds * 1000; ++ms) {
      store.Tick();
      for (; deltas < ms * deltas_per_second / 1000; ++deltas) {
        store.Append(kDelta, static_cast<std::size_t>(deltas % messages));
      }
    }
    store.EndWindow();
    const std::int64_t commits = store.stats().commits - before.commits;
    const std::int64_t batches = store.batches_received() - batches_before;
    Require(store.stats().updates - before.updates == deltas, "a delta is missing");
    Require(commits <= 31 * kSeconds && batches <= 31 * kSeconds, "more than 31 a second");
    state.counters["deltas"] = static_cast<double>(deltas);
    state.counters["commits"] = static_cast<double>(commits);
    state.counters["commits_per_s"] = static_cast<double>(commits) / kSeconds;
    state.counters["batches_per_s"] = static_cast<double>(batches) / kSeconds;
  }
}
BENCHMARK(Rate)
    ->ArgNames({"messages", "deltas_per_s"})
    ->Args({1, 1000})
    ->Args({1000, 1000})
    ->Args({1000, 10'000})
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace millrace::bench
