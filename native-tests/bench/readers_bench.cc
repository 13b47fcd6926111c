// How fast a reply is read, in each format: a long one, delta by delta, in pieces of 16 KB as a
// network brings them. ReadWithNlohmann parses the same chat-completions events into trees, in the
// same run.

#include <benchmark/benchmark.h>

#include <array>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "millrace/streams/resumable_reader.h"
#include "millrace/streams/sse_framer.h"

namespace millrace::bench {
namespace {

constexpr std::size_t kDeltas = 20000;
constexpr std::size_t kPiece = std::size_t{16} * 1024;

struct ReplyShape {
  StreamFormat format;
  const char* name;
  std::string_view first;
  std::string_view before;  // of each delta
  std::string_view after;
  std::string_view last;
};

constexpr std::array<ReplyShape, 6> kReplies = {{
    {StreamFormat::kOpenAiChat, "openai-chat", "",
     R"(data: {"id":"chatcmpl-Bx1","object":"chat.completion.chunk","created":1764500000,"model":"m-1","service_tier":"default","system_fingerprint":"fp_1","choices":[{"index":0,"delta":{"content":")",
     "\"},\"logprobs\":null,\"finish_reason\":null}]}\n\n", "data: [DONE]\n\n"},
    {StreamFormat::kOpenAiResponses, "openai-responses",
     "data: {\"type\":\"response.output_item.added\",\"output_index\":0,"
     "\"item\":{\"id\":\"msg_1\",\"type\":\"message\",\"content\":[]}}\n\n",
     "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\","
     "\"item_id\":\"msg_1\",\"output_index\":0,\"content_index\":0,\"delta\":\"",
     "\",\"logprobs\":[]}\n\n",
     "data: {\"type\":\"response.completed\",\"response\":{\"status\":\"completed\"}}\n\n"},
    {StreamFormat::kAnthropic, "anthropic",
     "data: {\"type\":\"content_block_start\",\"index\":0,"
     "\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n",
     "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,"
     "\"delta\":{\"type\":\"text_delta\",\"text\":\"",
     "\"}}\n\n", "data: {\"type\":\"message_stop\"}\n\n"},
    {StreamFormat::kAiSdk, "ai-sdk", "data: {\"type\":\"text-start\",\"id\":\"t\"}\n\n",
     R"(data: {"type":"text-delta","id":"t","delta":")", "\"}\n\n", "data: [DONE]\n\n"},
    {StreamFormat::kAgUi, "ag-ui",
     "data: {\"type\":\"TEXT_MESSAGE_START\",\"messageId\":\"m\"}\n\n",
     R"(data: {"type":"TEXT_MESSAGE_CONTENT","messageId":"m","delta":")", "\"}\n\n",
     "data: {\"type\":\"RUN_FINISHED\",\"runId\":\"r\"}\n\n"},
    {StreamFormat::kNdjson, "ndjson", "",
     R"({"model":"m","created_at":"2026-11-30T10:00:00.1Z","message":{"role":"assistant","content":")",
     "\"},\"done\":false}\n", "{\"done\":true}\n"},
}};

std::string BytesOf(const ReplyShape& reply) {
  constexpr std::array<std::string_view, 5> kWords = {"the mill ", "turns ", "Grüße ", "on\\n",
                                                      "😀 "};
  std::string bytes(reply.first);
  for (std::size_t i = 0; i < kDeltas; ++i) {
    bytes.append(reply.before).append(kWords[i % kWords.size()]).append(reply.after);
  }
  return bytes.append(reply.last);
}

void CountBytes(benchmark::State& state, const std::string& bytes) {
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * bytes.size()));
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * kDeltas));
}

void ReadReply(benchmark::State& state) {
  const ReplyShape& reply = kReplies[static_cast<std::size_t>(state.range(0))];
  const std::string bytes = BytesOf(reply);
  state.SetLabel(reply.name);
  for ([[maybe_unused]] auto unused : state) {
    ResumableReader reader(reply.format, {}, "");
    std::size_t written = 0;
    for (std::size_t at = 0; at < bytes.size(); at += kPiece) {
      std::vector<Mutation> mutations;
      reader.Push(std::string_view(bytes).substr(at, kPiece), mutations);
      written += mutations.size();
    }
    if (written < kDeltas) state.SkipWithError("deltas are missing");
  }
  CountBytes(state, bytes);
}

void ReadWithNlohmann(benchmark::State& state) {
  const std::string bytes = BytesOf(kReplies[0]);
  state.SetLabel(kReplies[0].name);
  for ([[maybe_unused]] auto unused : state) {
    SseFramer framer;
    std::size_t written = 0;
    for (std::size_t at = 0; at < bytes.size(); at += kPiece) {
      framer.Push(std::string_view(bytes).substr(at, kPiece));
      while (const auto event = framer.Next()) {
        const auto tree = nlohmann::json::parse(event->text, nullptr, /*allow_exceptions=*/false);
        if (tree.is_discarded()) continue;
        benchmark::DoNotOptimize(tree["choices"][0]["delta"]["content"].get<std::string>());
        ++written;
      }
    }
    if (written < kDeltas) state.SkipWithError("deltas are missing");
  }
  CountBytes(state, bytes);
}

BENCHMARK(ReadReply)
    ->ArgName("format")
    ->DenseRange(0, kReplies.size() - 1)
    ->Unit(benchmark::kMillisecond);
BENCHMARK(ReadWithNlohmann)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace millrace::bench
