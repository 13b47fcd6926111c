// A whole reply, saved every 13 deltas. It compares the delta log with a design that rewrites the
// message's row at every window. `times_payload` is the bytes written to the files divided by the
// bytes of text. `per_window` is the cost of a window after twice the payload (the log and the
// fold) is taken off.

#include <benchmark/benchmark.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "bench/bench_store.h"
#include "millrace/storage/sqlite_storage.h"

namespace millrace::bench {
namespace {

constexpr auto kWindowBytes = static_cast<std::int64_t>(kDelta.size()) * kDeltasPerWindow;

void ReportBytes(benchmark::State& state, std::int64_t windows, std::int64_t written) {
  const std::int64_t payload = windows * kWindowBytes;
  state.counters["windows"] = static_cast<double>(windows);
  state.counters["times_payload"] = static_cast<double>(written) / static_cast<double>(payload);
  state.counters["per_window"] =
      static_cast<double>(written - 2 * payload) / static_cast<double>(windows);
}

void ReplyLogged(benchmark::State& state) {
  const std::int64_t windows = state.range(0) / kWindowBytes;
  std::int64_t written = 0;
  while (state.KeepRunning()) {
    BenchStore store(Medium::kMemory, {});
    const std::int64_t before = store.stats().bytes_written;
    for (std::int64_t i = 0; i < windows; ++i) {
      store.AppendWindow();
      store.EndWindow();
    }
    store.Finish();
    written = store.stats().bytes_written - before;
  }
  ReportBytes(state, windows, written);
}

// The same storage without the delta log, like a store that saves a message as one row.
void ReplyRewritten(benchmark::State& state) {
  const std::int64_t windows = state.range(0) / kWindowBytes;
  std::int64_t written = 0;
  while (state.KeepRunning()) {
    auto storage = OpenSqliteStorage(MakeMemoryFiles());
    Require(storage.ok(), "the storage could not be opened");
    const auto commit = [&storage](StorageOp op, Durability durability) {
      StorageBatch batch;
      batch.push_back(std::move(op));
      (*storage)->Commit(std::move(batch), {durability}, [](const CommitOutcome& outcome) {
        Require(outcome.status.ok(), "a commit failed");
      });
    };
    Session session;
    session.id = SessionId("session");
    commit(PutSession{session}, Durability::kPower);

    Message message;
    message.id = MessageId("message");
    message.session_id = session.id;
    message.seq = 1;
    std::string text;
    const std::int64_t before = (*storage)->bytes_written();
    for (std::int64_t i = 0; i < windows; ++i) {
      for (int delta = 0; delta < kDeltasPerWindow; ++delta) text += kDelta;
      ++message.version;
      message.parts = {TextPart{.text = text, .refusal = false, .extra = {}}};
      commit(PutMessage{std::make_shared<const Message>(message)}, Durability::kProcess);
    }
    written = (*storage)->bytes_written() - before;
  }
  ReportBytes(state, windows, written);
}

void ReplySizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgName("bytes")->Iterations(1)->Unit(benchmark::kMillisecond);
  for (const std::int64_t kilobytes : {16, 256, 1024}) benchmark->Arg(kilobytes * kKilobyte);
}
BENCHMARK(ReplyLogged)->Apply(ReplySizes);
BENCHMARK(ReplyRewritten)->Apply(ReplySizes);

}  // namespace
}  // namespace millrace::bench
