// Anthropic: text, thinking, citations, framing and usage.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "streams/anthropic.h"

namespace millrace {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string AnthropicHello() {
  return kMessageStart + TextStart(0) + TextDelta(0, "Hel") + TextDelta(0, "lo 世界 😀") +
         TextDelta(0, "\\u00e9\\n") + BlockStop(0) + StopReasonIs("end_turn") + kMessageStop;
}

TEST(Anthropic, I2_TextArrivesExactly) {
  const Reply reply = ReadAnthropic(AnthropicHello());
  EXPECT_THAT(reply.parts(), ElementsAre(Text("Hello 世界 😀é\n"),
                                         UsagePart(R"({"inputTokens":25,"outputTokens":1})")));
  EXPECT_EQ(reply.finish().reason, FinishReason::kEndTurn);
  EXPECT_EQ(reply.finish().details, "");
  EXPECT_TRUE(reply.outcome.status.ok());
  EXPECT_EQ(reply.outcome.skipped_lines, 0);
}

TEST(Anthropic, I2_WholeMessageInsteadOfAStream) {
  const Reply reply = ReadAnthropic(R"({
  "id": "msg_1", "type": "message", "role": "assistant",
  "content": [
    {"type": "thinking", "thinking": "Hm.", "signature": "EqQB=="},
    {"type": "text", "text": "Hi", "citations": [{"type": "char_location", "cited_text": "x"}]},
    {"type": "tool_use", "id": "t1", "name": "get", "input": {"q": [1, 2]}}
  ],
  "stop_reason": "tool_use", "stop_sequence": null,
  "usage": {"input_tokens": 3, "output_tokens": 4}
})");
  EXPECT_THAT(reply.parts(),
              ElementsAre(Reasoning("Hm.", "EqQB=="), Text("Hi"),
                          CustomPart{"source", R"({"type":"char_location","cited_text":"x"})", ""},
                          Call("t1", "get", R"({"q":[1,2]})"),
                          UsagePart(R"({"inputTokens":3,"outputTokens":4})")));
  EXPECT_EQ(reply.finish().reason, FinishReason::kToolUse);
  EXPECT_EQ(reply.outcome.skipped_lines, 0);
}

// Row 1 of core/src/streams/README.md: any split (every test here reads its stream split at each
// byte), any line ends.
TEST(Anthropic, I3_Row01_AnyLineEnds) {
  const Reply lf = ReadAnthropic(AnthropicHello());
  for (const std::string end : {"\r\n", "\r"}) {
    std::string stream;
    for (const char c : AnthropicHello()) stream += c == '\n' ? end : std::string(1, c);
    ExpectSame(ReadAnthropic(stream), lf, end == "\r" ? "CR" : "CRLF");
  }
}

TEST(Anthropic, I3_Row01_MixedLineEnds) {
  std::string stream;
  int n = 0;
  for (const char c : AnthropicHello()) {
    stream += c != '\n' ? std::string(1, c) : n++ % 2 == 0 ? "\r\n" : "\n";
  }
  ExpectSame(ReadAnthropic(stream), ReadAnthropic(AnthropicHello()), "LF and CRLF");
}

TEST(Anthropic, I3_Row02_NoiseIsIgnored) {
  EXPECT_THAT(AnthropicParts(": hi\n\n\n" + AnthropicEvent("ping") + TextStart(0) +
                             Data(R"({"type":"ping"})") + TextDelta(0, "a") +
                             AnthropicEvent("message_new_event", R"("x":[{}])") +
                             AnthropicEvent("brand_new", R"("x":1)") +
                             BlockDelta(0, R"({"type":"new_delta","x":1})") +
                             Data(R"({"type":"content_block_new","index":0})") + "id: 4\n" +
                             BlockDelta(0, R"({"type":"text_delta","text":"b","new":{}})")),
              ElementsAre(Text("ab")));
}

TEST(Anthropic, I3_EventNamesOrTypesMayBeMissing) {
  const std::string unnamed =
      Data(R"({"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"}})");
  const std::string untyped = "event: content_block_delta\n" +
                              Data(R"({"index":0,"delta":{"type":"text_delta","text":"b"}})");
  EXPECT_THAT(AnthropicParts(unnamed + untyped), ElementsAre(Text("ab")));
}

// Row 3: this protocol has no [DONE], but gateways add it.
TEST(Anthropic, I3_Row03_DoneIsIgnoredOrEndsAFinishedReply) {
  const Reply reply = ReadAnthropic(kDone + TextBlock(0, "a") + kDone + StopReasonIs("end_turn") +
                                    "data:[DONE] \r\n\r\n" + kDone);
  EXPECT_THAT(reply.parts(), ElementsAre(Text("a")));
  EXPECT_EQ(reply.finish().reason, FinishReason::kEndTurn);
  EXPECT_EQ(reply.outcome.skipped_lines, 0);
}

// Row 9: empty deltas change nothing.
TEST(Anthropic, I3_Row09_EmptyDeltas) {
  const auto reader = MakeStreamReader(StreamFormat::kAnthropic);
  std::vector<Mutation> out;
  reader->Push(kMessageStart + TextStart(0) + TextDelta(0, "") +
                   BlockDelta(0, R"({"type":"text_delta","text":null})") + BlockDelta(0, "null") +
                   BlockDelta(0, "{}") + BlockStop(0) +
                   BlockStart(1, R"({"type":"thinking","thinking":"","signature":""})") +
                   ThinkingDelta(1, "") + SignatureDelta(1, "") + BlockStop(1) + BlockStop(7) +
                   BlockStart(2, "null") + AnthropicEvent("content_block_delta") +
                   AnthropicEvent("content_block_stop") + AnthropicEvent("message_delta"),
               out);
  EXPECT_THAT(out, IsEmpty());
}

// Row 10: usage is the total so far.
TEST(Anthropic, I3_Row10_UsageIsCumulative) {
  const Reply reply = ReadAnthropic(
      AnthropicEvent("message_start",
                     R"("message":{"usage":{"input_tokens":5,"cache_read_input_tokens":100,)"
                     R"("cache_creation_input_tokens":20,"output_tokens":1}})") +
      TextBlock(0, "a") +
      AnthropicEvent("message_delta", R"("delta":{"stop_reason":"end_turn"},"usage":)"
                                      R"({"input_tokens":null,"output_tokens":12,)"
                                      R"("output_tokens_details":{"thinking_tokens":4}})") +
      AnthropicEvent("message_delta", R"("delta":{},"usage":{"output_tokens":13})") + kMessageStop);
  EXPECT_EQ(reply.outcome.usage, (Usage{125, 13, 100, 4}));
  EXPECT_THAT(reply.parts(),
              ElementsAre(Text("a"), UsagePart(R"({"inputTokens":125,"outputTokens":13})")));
}

TEST(Anthropic, I3_Row10_UsageThatSaysNothing) {
  const Reply reply = ReadAnthropic(
      AnthropicEvent("message_delta", R"("usage":{"output_tokens":-1,"input_tokens":"x"})") +
      AnthropicEvent("message_delta", R"("usage":[1])") + StopReasonIs("end_turn"));
  EXPECT_EQ(reply.outcome.usage, std::nullopt);
}

// Row 12: each block is its own part.
TEST(Anthropic, I3_Row12_BlocksAreNotMerged) {
  EXPECT_THAT(AnthropicParts(TextBlock(0, "a") + TextBlock(1, "b") + ToolStart(2, "t1", "get") +
                             InputDelta(2, "{}") + BlockStop(2) + TextBlock(3, "c")),
              ElementsAre(Text("a"), Text("b"), Call("t1", "get", "{}"), Text("c")));
}

TEST(Anthropic, I3_Row12_InterleavedTextBlocksLoseNothing) {
  EXPECT_THAT(AnthropicParts(TextStart(0) + TextStart(1) + TextDelta(0, "a") + TextDelta(1, "b") +
                             TextDelta(0, "c") + BlockStop(1) + TextDelta(0, "d") + BlockStop(0)),
              ElementsAre(Text("a"), Text("b"), Text("cd")));
}

TEST(Anthropic, I3_Row07_AnIndexUsedAgainIsAnotherBlock) {
  EXPECT_THAT(
      AnthropicParts(BlockStart(0, R"({"type":"thinking","thinking":"H"})") +
                     ThinkingDelta(0, "m") + BlockStop(0) + TextBlock(0, "a") + TextBlock(0, "b")),
      ElementsAre(Reasoning("Hm"), Text("a"), Text("b")));
}

TEST(Anthropic, I3_DeltasOfBlocksThatNeverBegan) {
  EXPECT_THAT(AnthropicParts(ThinkingDelta(0, "Hm") + TextDelta(1, "a") + InputDelta(2, "{}") +
                             BlockStop(2)),
              ElementsAre(Reasoning("Hm"), Text("a"), Call("call_0", "", "{}")));
}

TEST(Anthropic, I3_ThinkingKeepsItsSignatureByteExact) {
  EXPECT_THAT(
      AnthropicParts(BlockStart(0, R"({"type":"thinking","thinking":"","signature":""})") +
                     ThinkingDelta(0, "Let ") + ThinkingDelta(0, "me") + SignatureDelta(0, "Eq/+") +
                     SignatureDelta(0, "QB\\u003d=") + BlockStop(0) +
                     BlockStart(1, R"({"type":"thinking","thinking":""})") +
                     SignatureDelta(1, "hidden") + BlockStop(1) +
                     BlockStart(2, R"({"type":"redacted_thinking", "data":"Emw/=="})") +
                     BlockStop(2) + TextBlock(3, "a")),
      ElementsAre(
          Reasoning("Let me", "Eq/+QB=="), testing::VariantWith<ReasoningPart>(testing::_),
          CustomPart{"redacted_reasoning", R"({"type":"redacted_thinking","data":"Emw/=="})", ""},
          Text("a")));
}

TEST(Anthropic, I3_CitationsAreSourcesAfterTheirText) {
  const std::string citation = R"({"type":"web_search_result_location","url":"http://a",)"
                               R"("encrypted_index":"Eo8B"})";
  const std::string delta =
      BlockDelta(0, "{\"type\":\"citations_delta\",\"citation\":" + citation + "}");
  EXPECT_THAT(AnthropicParts(TextStart(0) + TextDelta(0, "a") + delta + delta + TextDelta(0, "b") +
                             BlockStop(0) + TextBlock(1, "c")),
              ElementsAre(Text("ab"), CustomPart{"source", citation, ""}, Text("c")));
}

TEST(Anthropic, I3_UnknownBlocksAreKeptAsTheyAre) {
  EXPECT_THAT(
      AnthropicParts(BlockStart(0, R"({"type":"container_upload","file_id":"f1"})") + BlockStop(0) +
                     BlockStart(1, R"({"type":"compaction","content":null})") +
                     BlockDelta(1, R"({"type":"compaction_delta","content":"Sum"})") +
                     BlockDelta(1, R"({"type":"compaction_delta","content":"med"})") +
                     BlockStop(1) + BlockStart(2, R"({"x":1})")),
      ElementsAre(
          CustomPart{"container_upload", R"({"type":"container_upload","file_id":"f1"})", ""},
          CustomPart{"compaction", R"({"content":"Summed","type":"compaction"})", ""},
          CustomPart{"content", R"({"x":1})", ""}));
}

// Row 11: events have no number, so only a call that begins again can be recognised.
TEST(Anthropic, I3_Row11_DuplicatedCallsAndStops) {
  const std::string call = ToolStart(0, "t1", "get");
  EXPECT_THAT(
      AnthropicParts(kMessageStart + kMessageStart + call + call + InputDelta(0, "{}") +
                     BlockStop(0) + BlockStop(0) + call + InputDelta(0, "{}") + BlockStop(0)),
      ElementsAre(Call("t1", "get", "{}"), UsagePart(R"({"inputTokens":25,"outputTokens":1})")));
}

TEST(Anthropic, I3_Row13_HugeEvent) {
  const std::string text(11 * 1024 * 1024, 'x');
  const Reply reply =
      Read(StreamFormat::kAnthropic, TextBlock(0, text) + StopReasonIs("end_turn") + kMessageStop);
  EXPECT_THAT(reply.parts(), ElementsAre(Text(text)));
}

TEST(Anthropic, I3_Row14_SurrogatesAndNul) {
  EXPECT_THAT(AnthropicParts(TextStart(0) + TextDelta(0, "a\\ud83d") + TextDelta(0, "") +
                             TextDelta(0, "\\ude00\\u0000\\ud83d") + BlockStop(0) +
                             ThinkingDelta(1, "\\ud83d") + ThinkingDelta(1, "\\ude00")),
              ElementsAre(Text(std::string("a😀\0\uFFFD", 9)), Reasoning("😀")));
}

TEST(Anthropic, I3_Row14_InvalidLinesAreSkippedAndCounted) {
  const Reply reply =
      ReadAnthropic("what\n\n" + TextStart(0) + TextDelta(0, "a") + Data("{\"type\":\"content_bl") +
                    Data("[1]") + "{broken\n" + TextDelta(0, "b\xFF") + StopReasonIs("end_turn"));
  EXPECT_THAT(reply.parts(), ElementsAre(Text("ab\uFFFD")));
  EXPECT_EQ(reply.outcome.skipped_lines, 4);
  EXPECT_TRUE(reply.outcome.status.ok());
}

TEST(Anthropic, I3_WrongTypesAreHarmless) {
  EXPECT_THAT(
      AnthropicParts(
          AnthropicEvent("message_start", R"("message":7)") +
          AnthropicEvent("content_block_start", R"("index":"0","content_block":[1])") +
          BlockStart(0, R"({"type":7,"text":1})") + BlockStart(0, R"({"type":"text","text":[1]})") +
          BlockDelta(0, R"({"type":"text_delta","text":{"a":1}})") + BlockDelta(0, "7") +
          AnthropicEvent("message_delta", R"("delta":[],"usage":7)") + TextDelta(0, "a")),
      ElementsAre(CustomPart{"content", R"({"type":7,"text":1})", ""}, Text("a")));
}

}  // namespace
}  // namespace millrace
