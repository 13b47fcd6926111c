// What one delta and one window cost, by the length of their message and its tool calls (contract
// C10: neither must matter), and by the number of messages that stream at once (contract C1: always
// one transaction and one batch).

#include <benchmark/benchmark.h>

#include <cstdint>
#include <ctime>

#include "bench/allocations.h"
#include "bench/bench_store.h"

namespace millrace::bench {
namespace {

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

// In memory it measures the thread's own CPU time, which other programs on the machine disturb
// least. With files it measures the time that passes, including waiting for them.
template <typename Body>
double SecondsOf(Medium medium, Body body) {
  const clockid_t clock = medium == Medium::kMemory ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC;
  const double start = Now(clock);
  body();
  return Now(clock) - start;
}

// One iteration accepts as many deltas as a fast model sends in a second, far from any deadline.
// Saving them is not measured. Nor is the first delta, for which the text moves to a larger place:
// amortised over a text of 10 MB that is nothing, but over a few iterations it would show.
template <typename AppendOne>
void Accept(benchmark::State& state, BenchStore& store, AppendOne append_one) {
  constexpr int kDeltas = 1000;
  append_one();
  store.EndWindow();
  Allocations allocations;
  while (state.KeepRunning()) {
    const Allocations before = AllocationsSoFar();
    const double seconds = SecondsOf(Medium::kMemory, [&append_one] {
      for (int i = 0; i < kDeltas; ++i) append_one();
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

void AcceptDelta(benchmark::State& state) {
  BenchStore store(Medium::kMemory, {.text_bytes = static_cast<std::size_t>(state.range(0))});
  Accept(state, store, [&store] { store.Append(kDelta); });
}
BENCHMARK(AcceptDelta)->Apply(MessageSizes)->UseManualTime()->Unit(benchmark::kMicrosecond);

// Text after a number of tool calls, and the input of the last of them.
void AcceptAfterToolCalls(benchmark::State& state) {
  const auto calls = static_cast<int>(state.range(0));
  BenchStore store(Medium::kMemory, {.text_bytes = 16, .tool_calls = calls});
  Accept(state, store, [&store] { store.Append(kDelta); });
}
void AcceptToolInput(benchmark::State& state) {
  const auto calls = static_cast<int>(state.range(0));
  BenchStore store(Medium::kMemory, {.tool_calls = calls});
  Accept(state, store, [&store] { store.AppendToolInput(kDelta); });
}
BENCHMARK(AcceptAfterToolCalls)
    ->ArgName("calls")
    ->Arg(0)
    ->Arg(10)
    ->Arg(1000)
    ->UseManualTime()
    ->Unit(benchmark::kMicrosecond);
BENCHMARK(AcceptToolInput)
    ->ArgName("calls")
    ->Arg(1)
    ->Arg(10)
    ->Arg(1000)
    ->UseManualTime()
    ->Unit(benchmark::kMicrosecond);

// A create, the finish of a reply, and a create with one delta and the finish, in a session that
// already has a number of messages.
void CreateInSession(benchmark::State& state) {
  BenchStore store(Medium::kMemory, {.questions = static_cast<int>(state.range(0))});
  while (state.KeepRunning()) {
    state.SetIterationTime(SecondsOf(Medium::kMemory, [&store] { store.Ask(); }));
  }
}
void FinishInSession(benchmark::State& state) {
  BenchStore store(Medium::kMemory, {.questions = static_cast<int>(state.range(0))});
  while (state.KeepRunning()) {
    store.ReplaceMessage();
    store.Append(kDelta);
    state.SetIterationTime(SecondsOf(Medium::kMemory, [&store] { store.Finish(); }));
  }
}
void ReplyInSession(benchmark::State& state) {
  BenchStore store(Medium::kMemory, {.questions = static_cast<int>(state.range(0))});
  while (state.KeepRunning()) {
    state.SetIterationTime(SecondsOf(Medium::kMemory, [&store] {
      store.ReplaceMessage();
      store.Append(kDelta);
      store.Finish();
    }));
  }
}
void SessionSizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgName("messages")->Arg(10)->Arg(1000)->Arg(100'000);
  benchmark->Iterations(200)->UseManualTime()->Unit(benchmark::kMicrosecond);
}
BENCHMARK(CreateInSession)->Apply(SessionSizes);
BENCHMARK(FinishInSession)->Apply(SessionSizes);
BENCHMARK(ReplyInSession)->Apply(SessionSizes);

// A number of tool calls from nothing. Each is begun, gets its input and is finished: three
// changes, and two of them are saved at once. `per_call` must not depend on the number.
void WriteToolCalls(benchmark::State& state) {
  const std::int64_t calls = state.range(0);
  for (auto _ : state) {
    BenchStore store(Medium::kMemory, {});
    state.SetIterationTime(SecondsOf(Medium::kMemory, [&store, calls] {
      for (std::int64_t n = 0; n < calls; ++n) store.WriteToolCall("call_" + std::to_string(n));
    }));
  }
  state.counters["per_call"] =
      benchmark::Counter(static_cast<double>(calls), benchmark::Counter::kIsIterationInvariantRate |
                                                         benchmark::Counter::kInvert);
}
BENCHMARK(WriteToolCalls)
    ->ArgName("calls")
    ->Arg(2'000)
    ->Arg(8'000)
    ->Arg(32'000)
    ->Iterations(1)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

// Saves and delivers one window per iteration; `fill` writes its content.
template <typename Fill>
void Flush(benchmark::State& state, Medium medium, BenchStore& store, Fill fill) {
  const StoreStats before = store.stats();
  const std::int64_t batches = store.batches_received();
  Allocations allocations;
  while (state.KeepRunning()) {
    fill();
    const Allocations allocated = AllocationsSoFar();
    state.SetIterationTime(SecondsOf(medium, [&store] { store.EndWindow(); }));
    allocations += AllocationsSoFar() - allocated;
  }
  const StoreStats after = store.stats();
  Require(after.commits - before.commits == state.iterations(), "a window is not one commit");
  Require(store.batches_received() - batches == state.iterations(), "a window is not one batch");
  const auto windows = static_cast<double>(state.iterations());
  state.counters["commits"] = static_cast<double>(after.commits - before.commits) / windows;
  state.counters["batches"] = static_cast<double>(store.batches_received() - batches) / windows;
  state.counters["file_bytes"] =
      static_cast<double>(after.bytes_written - before.bytes_written) / windows;
  state.counters["allocs"] = static_cast<double>(allocations.count) / windows;
}

// 13 deltas for one message.
void FlushBySize(benchmark::State& state, Medium medium) {
  BenchStore store(medium, {.text_bytes = static_cast<std::size_t>(state.range(0))});
  Flush(state, medium, store, [&store] { store.AppendWindow(); });
}
void FlushToMemory(benchmark::State& state) { FlushBySize(state, Medium::kMemory); }
void FlushToFiles(benchmark::State& state) { FlushBySize(state, Medium::kFiles); }
BENCHMARK(FlushToMemory)->Apply(MessageSizes)->UseManualTime()->Unit(benchmark::kMicrosecond);
// A fixed number of iterations: the time of a shared disk says nothing about how many are useful.
BENCHMARK(FlushToFiles)
    ->Apply(MessageSizes)
    ->Iterations(200)
    ->UseManualTime()
    ->Unit(benchmark::kMicrosecond);

// The same in a session that already has a number of messages.
void FlushInSession(benchmark::State& state) {
  BenchStore store(Medium::kMemory,
                   {.text_bytes = 1024, .questions = static_cast<int>(state.range(0))});
  Flush(state, Medium::kMemory, store, [&store] { store.AppendWindow(); });
}
BENCHMARK(FlushInSession)->Apply(SessionSizes);

// One delta for each of a number of messages that stream at once.
void FlushManyMessages(benchmark::State& state) {
  const std::int64_t messages = state.range(0);
  BenchStore store(Medium::kMemory, {.text_bytes = 1024, .messages = static_cast<int>(messages)});
  Flush(state, Medium::kMemory, store, [&store, messages] {
    for (std::int64_t n = 0; n < messages; ++n) store.Append(kDelta, static_cast<std::size_t>(n));
  });
  const auto flushed = static_cast<double>(state.iterations() * messages);
  state.counters["per_message"] =
      benchmark::Counter(flushed, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
BENCHMARK(FlushManyMessages)
    ->ArgName("messages")
    ->Arg(1)
    ->Arg(100)
    ->Arg(1000)
    ->UseManualTime()
    ->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace millrace::bench
