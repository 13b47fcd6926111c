// What one delta and one window cost, by the length of the message they belong to (contract C10:
// the length must not show).

#include <benchmark/benchmark.h>

#include <cstdint>
#include <ctime>

#include "bench/allocations.h"
#include "bench/bench_store.h"

namespace millrace::bench {
namespace {

constexpr std::int64_t kKilobyte = 1024;

void MessageSizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgName("bytes");
  for (const std::int64_t kilobytes : {16, 256, 1024, 10 * 1024}) {
    benchmark->Arg(kilobytes * kKilobyte);
  }
}

double Now(clockid_t clock) {
  timespec time{};
  Require(clock_gettime(clock, &time) == 0, "no such clock");
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

// In memory the thread's own CPU time counts, which other programs on the machine disturb least;
// with files the time that passes, waiting for them included.
template <typename Body>
double SecondsOf(Medium medium, Body body) {
  const clockid_t clock = medium == Medium::kMemory ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC;
  const double start = Now(clock);
  body();
  return Now(clock) - start;
}

// One iteration accepts as many deltas as a fast model sends in a second, far from any deadline;
// saving them is outside the time.
void AcceptDelta(benchmark::State& state) {
  constexpr int kDeltas = 1000;
  BenchStore store(Medium::kMemory, static_cast<std::size_t>(state.range(0)));
  Allocations allocations;
  while (state.KeepRunning()) {
    const Allocations before = AllocationsSoFar();
    const double seconds = SecondsOf(Medium::kMemory, [&store] {
      for (int i = 0; i < kDeltas; ++i) store.Append(kDelta);
    });
    allocations += AllocationsSoFar() - before;
    state.SetIterationTime(seconds);
    store.EndWindow();
  }
  const auto deltas = static_cast<double>(state.iterations()) * kDeltas;
  state.counters["per_delta"] =
      benchmark::Counter(deltas, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
  state.counters["allocs"] = static_cast<double>(allocations.count) / deltas;
  state.counters["alloc_bytes"] = static_cast<double>(allocations.bytes) / deltas;
}
BENCHMARK(AcceptDelta)->Apply(MessageSizes)->UseManualTime()->Unit(benchmark::kMicrosecond);

// One iteration saves and delivers one window of 13 deltas: a transaction and a batch of events.
void Flush(benchmark::State& state, Medium medium) {
  BenchStore store(medium, static_cast<std::size_t>(state.range(0)));
  const StoreStats before = store.stats();
  Allocations allocations;
  while (state.KeepRunning()) {
    store.AppendWindow();
    const Allocations allocated = AllocationsSoFar();
    state.SetIterationTime(SecondsOf(medium, [&store] { store.EndWindow(); }));
    allocations += AllocationsSoFar() - allocated;
  }
  const StoreStats after = store.stats();
  const auto windows = static_cast<double>(state.iterations());
  Require(after.commits - before.commits == state.iterations(), "a window is not one commit");
  state.counters["file_bytes"] =
      static_cast<double>(after.bytes_written - before.bytes_written) / windows;
  state.counters["allocs"] = static_cast<double>(allocations.count) / windows;
}
void FlushToMemory(benchmark::State& state) { Flush(state, Medium::kMemory); }
void FlushToFiles(benchmark::State& state) { Flush(state, Medium::kFiles); }
BENCHMARK(FlushToMemory)->Apply(MessageSizes)->UseManualTime()->Unit(benchmark::kMicrosecond);
BENCHMARK(FlushToFiles)->Apply(MessageSizes)->UseManualTime()->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace millrace::bench
