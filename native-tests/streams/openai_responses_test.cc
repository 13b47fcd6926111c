// OpenAI Responses: text, refusals, annotations, framing and usage.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "streams/openai_responses.h"

namespace millrace {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::string kHelloItem =
    R"({"id":"m","type":"message","content":[{"type":"output_text","text":"Hello 世界 😀é\n"}]})";

std::string ResponsesHello() {
  return "event: response.created\n" + ResponseEvent("created", R"("response":{"id":"r"})") +
         ItemEvent("added", 0, R"({"id":"m","type":"message","content":[]})") + OutputText("Hel") +
         OutputText("lo 世界 😀") + OutputText("\\u00e9\\n") +
         OfItem("output_text.done", "m", 0, R"("content_index":0,"text":"Hello 世界 😀é\n")") +
         ItemEvent("done", 0, kHelloItem) + Completed("[" + kHelloItem + "]");
}

TEST(OpenAiResponses, I2_TextArrivesExactlyAndOnce) {
  const Reply reply = ReadResponses(ResponsesHello());
  EXPECT_THAT(reply.parts(), ElementsAre(ItemText("Hello 世界 😀é\n", "m")));
  EXPECT_EQ(reply.finish().reason, FinishReason::kEndTurn);
  EXPECT_TRUE(reply.outcome.status.ok());
  EXPECT_EQ(reply.outcome.skipped_lines, 0);
}

TEST(OpenAiResponses, I2_WholeResponseInsteadOfAStream) {
  const Reply reply = ReadResponses(R"({
  "id": "r", "object": "response", "status": "completed", "error": null,
  "output": [
    {"id": "rs", "type": "reasoning", "summary": [{"type": "summary_text", "text": "Hm."}]},
    {"id": "m", "type": "message", "content": [{"type": "output_text", "text": "Hi"}]},
    {"id": "fc", "type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"}
  ],
  "usage": {"input_tokens": 3, "output_tokens": 4}
})");
  EXPECT_THAT(reply.parts(), ElementsAre(ItemReasoning("Hm.", "rs"), ItemText("Hi", "m"),
                                         ItemCall("c", "f", "{}", "fc"),
                                         UsagePart(R"({"inputTokens":3,"outputTokens":4})")));
  EXPECT_EQ(reply.finish().reason, FinishReason::kToolUse);
  EXPECT_EQ(reply.outcome.skipped_lines, 0);
}

TEST(OpenAiResponses, I2_TextThatOnlyCameAtItsEnd) {
  const std::string done = OfItem("output_text.done", "m", 0, R"("content_index":0,"text":"abc")");
  const std::string part =
      OfItem("content_part.done", "m", 0,
             R"("content_index":0,"part":{"type":"output_text","text":"abc"})");
  const std::string item =
      R"({"id":"m","type":"message","content":[{"type":"output_text","text":"abc"}]})";
  for (const std::string& end :
       {done, part, ItemEvent("done", 0, item), Completed("[" + item + "]"),
        done + part + ItemEvent("done", 0, item)}) {
    EXPECT_THAT(ResponseParts(end), ElementsAre(ItemText("abc", "m"))) << end;
    EXPECT_THAT(ResponseParts(OutputText("a") + end), ElementsAre(ItemText("abc", "m"))) << end;
  }
  EXPECT_THAT(ResponseParts(OutputText("x") + done), ElementsAre(ItemText("x", "m")))
      << "what contradicts the deltas is not added";
}

// Row 1 of core/src/streams/README.md: any split (every test here reads its stream split at each
// byte), any line ends.
TEST(OpenAiResponses, I3_Row01_AnyLineEnds) {
  const Reply lf = ReadResponses(ResponsesHello());
  for (const std::string end : {"\r\n", "\r"}) {
    std::string stream;
    for (const char c : ResponsesHello()) stream += c == '\n' ? end : std::string(1, c);
    ExpectSame(ReadResponses(stream), lf, end == "\r" ? "CR" : "CRLF");
  }
}

TEST(OpenAiResponses, I3_Row02_NoiseIsIgnored) {
  EXPECT_THAT(
      ResponseParts(
          ": hi\n\n\nevent: ping\ndata: {}\n\n" + ResponseEvent("queued", R"("response":{})") +
          ResponseEvent("brand_new.delta", R"("delta":"x")") + OutputText("a") +
          "event: keepalive\n" + Data(R"({"type":"keepalive"})") + "id: 4\n" +
          OfItem("output_text.delta", "m", 0,
                 R"("content_index":0,"delta":"b","logprobs":[],"x":{})") +
          OfItem("image_generation_call.partial_image", "ig", 3, R"("partial_image_b64":"AAAA")")),
      ElementsAre(ItemText("ab", "m")));
}

TEST(OpenAiResponses, I3_EventNamesOrTypesMayBeMissing) {
  EXPECT_THAT(
      ResponseParts("event: response.output_text.delta\n" +
                    Data(R"({"item_id":"m","content_index":0,"delta":"a"})") + OutputText("b")),
      ElementsAre(ItemText("ab", "m")));
}

TEST(OpenAiResponses, I3_Row03_DoneIsNotRequired) {
  const Reply reply = ReadResponses(kDone + OutputText("a") + kDone + kDone + Completed() + kDone);
  EXPECT_THAT(reply.parts(), ElementsAre(ItemText("a", "m")));
  EXPECT_EQ(reply.finish().reason, FinishReason::kEndTurn);
  EXPECT_EQ(reply.outcome.skipped_lines, 0);
}

TEST(OpenAiResponses, I3_Row09_EmptyDeltas) {
  const auto reader = MakeStreamReader(StreamFormat::kOpenAiResponses);
  std::vector<Mutation> out;
  reader->Push(ResponseEvent("in_progress", R"("response":{"usage":null,"output":null})") +
                   ItemEvent("added", 0, R"({"id":"m","type":"message","content":[]})") +
                   ItemEvent("added", 1, "null") + ItemEvent("done", 1, "null") + OutputText("") +
                   OfItem("output_text.delta", "m", 0, R"("delta":null)") +
                   OfItem("output_text.done", "m", 0, R"("text":"")") +
                   OfItem("content_part.done", "m", 0, R"("part":null)") +
                   OfItem("output_text.annotation.added", "m", 0, R"("annotation":null)") +
                   ArgumentsDelta("f", 2, "") +
                   ItemEvent("done", 0, R"({"id":"m","type":"message","content":null})"),
               out);
  EXPECT_THAT(out, IsEmpty());
}

TEST(OpenAiResponses, I3_Row10_UsageOverwrites) {
  const Reply reply = ReadResponses(
      ResponseEvent("in_progress", R"("response":{"usage":{"input_tokens":9,"output_tokens":1}})") +
      OutputText("a") +
      ResponseEvent("completed", R"("response":{"usage":{"input_tokens":9,"output_tokens":12,)"
                                 R"("input_tokens_details":{"cached_tokens":5},)"
                                 R"("output_tokens_details":{"reasoning_tokens":3}}})"));
  EXPECT_EQ(reply.outcome.usage, (Usage{9, 12, 5, 3}));
  EXPECT_THAT(reply.parts(),
              ElementsAre(ItemText("a", "m"), UsagePart(R"({"inputTokens":9,"outputTokens":12})")));
}

// Row 11: events that come again after a reconnect.
TEST(OpenAiResponses, I3_Row11_EventsSentAgainAreIgnored) {
  const auto numbered = [](int number, const std::string& text) {
    return OfItem("output_text.delta", "m", 0,
                  "\"delta\":\"" + text + "\",\"sequence_number\":" + std::to_string(number));
  };
  EXPECT_THAT(ResponseParts(numbered(0, "a") + numbered(1, "b") + numbered(0, "a") +
                            numbered(1, "b") + numbered(2, "c") + numbered(2, "c")),
              ElementsAre(ItemText("abc", "m")));
  EXPECT_THAT(ResponseParts(numbered(0, "a") + numbered(0, "b") + numbered(0, "b")),
              ElementsAre(ItemText("abb", "m")))
      << "numbers that do not count";
}

TEST(OpenAiResponses, I3_Row11_TextSentAgainAfterItsEnd) {
  const std::string text = OutputText("a") + OfItem("output_text.done", "m", 0, R"("text":"a")");
  EXPECT_THAT(ResponseParts(text + text + text), ElementsAre(ItemText("a", "m")));
}

// Row 12: every text is its own part, in the order in which they begin.
TEST(OpenAiResponses, I3_Row12_TextsAreNotMerged) {
  const auto second = OfItem("output_text.delta", "m", 0, R"("content_index":1,"delta":"B")");
  EXPECT_THAT(ResponseParts(OutputText("a") + second + OutputText("x", "n", 1) + OutputText("b") +
                            second + OutputText("y", "n", 1)),
              ElementsAre(ItemText("ab", "m"), ItemText("BB", "m/1"), ItemText("xy", "n")));
}

TEST(OpenAiResponses, I3_ItemIdsThatChangeOrAreMissing) {
  const auto text = [](const std::string& place, const std::string& delta) {
    return ResponseEvent("output_text.delta", place + "\"delta\":\"" + delta + "\"");
  };
  EXPECT_THAT(ResponseParts(ItemEvent("added", 0, R"({"id":"x1","type":"message"})") +
                            text(R"("item_id":"x2","output_index":0,)", "a") +
                            text(R"("item_id":"x3","output_index":0,)", "b") +
                            ItemEvent("done", 0,
                                      R"({"id":"x4","type":"message","content":[)"
                                      R"({"type":"output_text","text":"ab"}]})") +
                            Completed(R"([{"id":"x5","type":"message","content":[)"
                                      R"({"type":"output_text","text":"ab"}]}])")),
              ElementsAre(ItemText("ab", "x1")));
  EXPECT_THAT(ResponseParts(text("", "a") + text("", "b") +
                            Completed(R"([{"type":"message","content":[)"
                                      R"({"type":"output_text","text":"ab"}]}])")),
              ElementsAre(ItemText("ab", "item_0")));
}

TEST(OpenAiResponses, I3_AnnotationsAreSourcesEachOnce) {
  const std::string source = R"({"type":"url_citation","url":"http://a","start_index":0})";
  EXPECT_THAT(
      ResponseParts(OutputText("a") +
                    OfItem("output_text.annotation.added", "m", 0, "\"annotation\":" + source) +
                    OutputText("b") +
                    ItemEvent("done", 0,
                              R"({"id":"m","type":"message","content":[{"type":"output_text",)"
                              R"("text":"ab","annotations":[)" +
                                  source + R"(,{"u":1}]}]})")),
      ElementsAre(ItemText("ab", "m"), CustomPart{"source", source, ""},
                  CustomPart{"source", R"({"u":1})", ""}));
}

TEST(OpenAiResponses, I4_RefusalIsMarkedTextAndContentFilter) {
  const Reply reply = ReadResponses(
      OfItem("refusal.delta", "m", 0, R"("content_index":0,"delta":"I can")") +
      OfItem("refusal.done", "m", 0, R"("content_index":0,"refusal":"I cannot.")") +
      ItemEvent(
          "done", 0,
          R"({"id":"m","type":"message","content":[{"type":"refusal","refusal":"I cannot."}]})") +
      Completed());
  EXPECT_THAT(reply.parts(), ElementsAre(ItemText("I cannot.", "m", true)));
  EXPECT_EQ(reply.finish().reason, FinishReason::kContentFilter);
}

TEST(OpenAiResponses, I3_UnknownItemsAndContentAreKeptAsTheyAre) {
  EXPECT_THAT(
      ResponseParts(ItemEvent("added", 0, R"({"id":"a","type":"mcp_list_tools"})") +
                    ItemEvent("done", 0, R"({"id":"a","type":"mcp_list_tools", "tools":[1]})") +
                    ItemEvent("added", 1, R"({"id":"b","type":"new"})") +
                    ItemEvent("done", 2,
                              R"({"id":"m","type":"message","content":[{"type":"audio","x":1}]})")),
      ElementsAre(
          CustomPart{"mcp_list_tools", R"({"id":"a","type":"mcp_list_tools","tools":[1]})", ""},
          CustomPart{"audio", R"({"type":"audio","x":1})", ""},
          CustomPart{"new", R"({"id":"b","type":"new"})", ""}));
}

TEST(OpenAiResponses, I3_Row13_HugeEvent) {
  const std::string text(11 * 1024 * 1024, 'x');
  const Reply reply = Read(StreamFormat::kOpenAiResponses, OutputText(text) + Completed());
  EXPECT_THAT(reply.parts(), ElementsAre(ItemText(text, "m")));
}

TEST(OpenAiResponses, I3_Row14_SurrogatesAndNul) {
  EXPECT_THAT(ResponseParts(OutputText("a\\ud83d") + OutputText("x\\ud83d", "n", 1) +
                            OutputText("\\ude00\\u0000\\ud83d") + OutputText("\\ude00", "n", 1)),
              ElementsAre(ItemText(std::string("a😀\0\uFFFD", 9), "m"), ItemText("x😀", "n")));
  EXPECT_THAT(ResponseParts(OutputText("a\\ud83d") +
                            OfItem("output_text.done", "m", 0, R"("text":"a\ud83d\ude00")")),
              ElementsAre(ItemText("a😀", "m")));
}

TEST(OpenAiResponses, I3_Row14_InvalidLinesAreSkippedAndCounted) {
  const Reply reply = ReadResponses("what\n\n" + OutputText("a") + Data("{\"type\":\"respo") +
                                    Data("[1]") + "{broken\n" + OutputText("b\xFF") + Completed());
  EXPECT_THAT(reply.parts(), ElementsAre(ItemText("ab\uFFFD", "m")));
  EXPECT_EQ(reply.outcome.skipped_lines, 4);
}

TEST(OpenAiResponses, I3_WrongTypesAreHarmless) {
  EXPECT_THAT(
      ResponseParts(
          ItemEvent("added", 0, R"({"id":7,"type":[]})") +
          ResponseEvent("output_text.delta", R"("item_id":7,"output_index":"x","delta":[])") +
          ResponseEvent("in_progress", R"("response":[])") +
          OfItem("function_call_arguments.done", "m", 0, R"("arguments":"")") +
          OfItem("output_text.done", "m", 4, R"("text":{},"content_index":{})") +
          ResponseEvent("output_item.done", R"("item":[])") + OutputText("a", "m", 4)),
      ElementsAre(ItemText("a", "m"), CustomPart{"item", R"({"id":7,"type":[]})", ""}));
}

}  // namespace
}  // namespace millrace
