// Shows why the streaming reader and the delta log have a JSON reader of their own. It reads one
// field of a chat-completions event and one row of the log, with ours and with nlohmann/json, in
// one run.

#include <benchmark/benchmark.h>

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "bench/allocations.h"
#include "model/json.h"

namespace millrace::bench {
namespace {

std::string EventOf(std::size_t bytes) {
  return R"({"id":"chatcmpl-1","object":"chat.completion.chunk","created":1750000000,"model":"m",)"
         R"("choices":[{"index":0,"delta":{"content":")" +
         std::string(bytes, 'x') + R"("},"finish_reason":null}]})";
}

std::string_view Member(std::string_view object, std::string_view quoted_key) {
  for (json::Cursor cursor(object); cursor.Next();) {
    if (cursor.key() == quoted_key) return cursor.value();
  }
  return {};
}

std::string ContentWithOurs(std::string_view event) {
  if (!json::Depth(event)) return {};
  json::Cursor choices(Member(event, "\"choices\""));
  choices.Next();
  return json::DecodeString(Member(Member(choices.value(), "\"delta\""), "\"content\""));
}

std::string ContentWithNlohmann(std::string_view event) {
  const auto tree = nlohmann::json::parse(event, nullptr, /*allow_exceptions=*/false);
  if (tree.is_discarded()) return {};
  return tree["choices"][0]["delta"]["content"].get<std::string>();
}

void ReadEvent(benchmark::State& state, std::string (*content)(std::string_view)) {
  const std::string event = EventOf(static_cast<std::size_t>(state.range(0)));
  if (content(event).size() != static_cast<std::size_t>(state.range(0))) {
    state.SkipWithError("another text");
  }
  const Allocations before = AllocationsSoFar();
  for ([[maybe_unused]] auto unused : state) benchmark::DoNotOptimize(content(event));
  const auto count = static_cast<double>(state.iterations());
  state.counters["allocs"] = static_cast<double>((AllocationsSoFar() - before).count) / count;
}

void ReadEventWithOurs(benchmark::State& state) { ReadEvent(state, ContentWithOurs); }
void ReadEventWithNlohmann(benchmark::State& state) { ReadEvent(state, ContentWithNlohmann); }
BENCHMARK(ReadEventWithOurs)->ArgName("bytes")->Arg(4)->Arg(16384);
BENCHMARK(ReadEventWithNlohmann)->ArgName("bytes")->Arg(4)->Arg(16384);

}  // namespace
}  // namespace millrace::bench
