// OpenAI chat: text, framing and usage.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "streams/reply.h"

namespace millrace {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string WithLineEnds(std::string text, const std::string& end) {
  std::string out;
  for (const char c : text) out += c == '\n' ? end : std::string(1, c);
  return out;
}

TEST(OpenAiChat, I2_TextArrivesExactly) {
  const Reply reply = ReadChat(Delta(R"({"role":"assistant","content":""})") + Content("Hel") +
                               Content("lo, ") + Content("世界 😀 e\u0301") +
                               Content("\\u00e9\\n\\\"q\\\" \\/") + FinishReasonIs("stop") + kDone);
  EXPECT_THAT(reply.parts(), ElementsAre(Text("Hello, 世界 😀 e\u0301é\n\"q\" /")));
  EXPECT_EQ(reply.finish().reason, FinishReason::kEndTurn);
  EXPECT_EQ(reply.finish().details, "");
  EXPECT_TRUE(reply.outcome.status.ok());
  EXPECT_EQ(reply.outcome.skipped_lines, 0);
  EXPECT_EQ(reply.outcome.usage, std::nullopt);
}

// Row 1: any split (every test here reads its stream split at each byte), any line ends.
TEST(OpenAiChat, I3_Row01_AnyLineEnds) {
  const std::string stream = Content("a") + Content("b") + FinishReasonIs("stop") + kDone;
  const Reply lf = ReadChat(stream);
  for (const std::string end : {"\r\n", "\r"}) {
    ExpectSame(ReadChat(WithLineEnds(stream, end)), lf, end == "\r" ? "CR" : "CRLF");
  }
}

TEST(OpenAiChat, I3_Row01_ByteOrderMark) {
  EXPECT_THAT(ReadChat("\xEF\xBB\xBF" + Content("a") + kDone).parts(), ElementsAre(Text("a")));
}

// Row 2: comments, pings, blank and unknown events and fields are ignored.
TEST(OpenAiChat, I3_Row02_NoiseIsIgnored) {
  const Reply reply =
      ReadChat(": OPENROUTER PROCESSING\n\n\n\nevent: ping\ndata: {\"type\":\"ping\"}\n\nid: 3\n" +
               Content("a") + "event: other\ndata: {\"type\":\"new\"}\n\nretry: 3\nx-new: 1\n\n" +
               Data(R"({"choices":[{"index":0,"delta":{"content":"b","new":[{}]},"x":null}],)"
                    R"("obfuscation":"aB3"})") +
               FinishReasonIs("stop") + kDone);
  EXPECT_THAT(reply.parts(), ElementsAre(Text("ab")));
  EXPECT_EQ(reply.finish().reason, FinishReason::kEndTurn);
  EXPECT_EQ(reply.outcome.skipped_lines, 0);
}

// Row 3: [DONE] missing, repeated, before the finish, with any white space.
TEST(OpenAiChat, I3_Row03_DoneIsNotRequired) {
  const Reply reply = ReadChat(Content("a") + FinishReasonIs("stop"));
  EXPECT_THAT(reply.parts(), ElementsAre(Text("a")));
  EXPECT_EQ(reply.finish().reason, FinishReason::kEndTurn);
}

TEST(OpenAiChat, I3_Row03_DoneRepeatedOrEarlyOrSloppy) {
  for (const std::string& stream :
       {Content("a") + FinishReasonIs("stop") + kDone + kDone,
        kDone + Content("a") + kDone + FinishReasonIs("stop"),
        Content("a") + FinishReasonIs("stop") + "data:[DONE] \r\n\r\n"}) {
    const Reply reply = ReadChat(stream);
    EXPECT_THAT(reply.parts(), ElementsAre(Text("a")));
    EXPECT_EQ(reply.finish().reason, FinishReason::kEndTurn);
    EXPECT_EQ(reply.outcome.skipped_lines, 0);
  }
}

TEST(OpenAiChat, I3_Row03_DoneEndsTheReplyAtOnce) {
  const auto reader = MakeStreamReader(StreamFormat::kOpenAiChat);
  std::vector<Mutation> out;
  reader->Push(Content("a") + FinishReasonIs("stop"), out);
  EXPECT_FALSE(reader->done());  // usage may follow
  reader->Push(kDone, out);
  EXPECT_TRUE(reader->done());
}

// Row 9: empty deltas change nothing.
TEST(OpenAiChat, I3_Row09_EmptyDeltas) {
  const auto reader = MakeStreamReader(StreamFormat::kOpenAiChat);
  std::vector<Mutation> out;
  reader->Push(Delta(R"({"role":"assistant"})") + Delta(R"({"content":null})") +
                   Delta(R"({"content":"","refusal":null,"tool_calls":null})") +
                   Delta(R"({"content":"","reasoning_content":"","tool_calls":[]})") + Delta("{}") +
                   Data(R"({"choices":[]})") + Data(R"({"choices":[{}]})") +
                   Data(R"({"choices":[{"index":0,"delta":null,"finish_reason":null}]})"),
               out);
  EXPECT_THAT(out, IsEmpty());
}

TEST(OpenAiChat, I3_OtherChoicesAreIgnored) {
  const Reply reply = ReadChat(
      Content("a") +
      Data(R"({"choices":[{"index":1,"delta":{"content":"x"},"finish_reason":"length"}]})") +
      Data(
          R"({"choices":[{"index":0,"delta":{"content":"b"}},{"index":1,"delta":{"content":"y"}}]})") +
      FinishReasonIs("stop"));
  EXPECT_THAT(reply.parts(), ElementsAre(Text("ab")));
  EXPECT_EQ(reply.finish().reason, FinishReason::kEndTurn);
}

// Row 10: usage after the finish; the last count is the total.
TEST(OpenAiChat, I3_Row10_UsageAfterFinish) {
  const Reply reply = ReadChat(
      Data(R"({"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":1}})") + Content("a") +
      FinishReasonIs("stop") +
      Data(
          R"({"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":12,"total_tokens":21}})") +
      kDone);
  EXPECT_THAT(reply.parts(),
              ElementsAre(Text("a"), UsagePart(R"({"inputTokens":9,"outputTokens":12})")));
  EXPECT_EQ(reply.finish().reason, FinishReason::kEndTurn);
  ASSERT_TRUE(reply.outcome.usage.has_value());
  EXPECT_EQ(reply.outcome.usage->input_tokens, 9);
  EXPECT_EQ(reply.outcome.usage->output_tokens, 12);
}

TEST(OpenAiChat, I3_Row10_UsageThatSaysNothing) {
  const Reply reply =
      ReadChat(Data(R"({"choices":[],"usage":null})") + Data(R"({"choices":[],"usage":{}})") +
               Data(R"({"choices":[],"usage":{"prompt_tokens":-1,"completion_tokens":"x"}})") +
               Data(R"({"choices":[],"usage":[1]})") + FinishReasonIs("stop"));
  EXPECT_THAT(reply.parts(), IsEmpty());
  EXPECT_EQ(reply.outcome.usage, std::nullopt);
}

// Row 13: one event of more than 10 MB, and single bytes.
TEST(OpenAiChat, I3_Row13_HugeEvent) {
  const std::string text(11 * 1024 * 1024, 'x');
  const Reply reply =
      Read(StreamFormat::kOpenAiChat, Content(text) + FinishReasonIs("stop") + kDone);
  EXPECT_THAT(reply.parts(), ElementsAre(Text(text)));
}

// Row 14: surrogates, NUL, ill-formed bytes.
TEST(OpenAiChat, I3_Row14_SurrogatesSplitBetweenDeltas) {
  const Reply reply = ReadChat(Content("a\\ud83d") + Content("\\ude00") + Content("\\ud83d") +
                               Content("") + Content("\\ude01b") + FinishReasonIs("stop"));
  EXPECT_THAT(reply.parts(), ElementsAre(Text("a😀😁b")));
}

TEST(OpenAiChat, I3_Row14_LoneSurrogatesAndNul) {
  const Reply reply =
      ReadChat(Content("\\ude00a\\ud83db\\u0000") + Content("c\\ud83d") + FinishReasonIs("stop"));
  EXPECT_THAT(reply.parts(),
              ElementsAre(Text(std::string("\uFFFDa\uFFFDb\0c\uFFFD", 3 + 1 + 3 + 1 + 1 + 1 + 3))));
}

TEST(OpenAiChat, I3_Row14_IllFormedUtf8) {
  EXPECT_THAT(ReadChat(Content("a\xFF\xF0\x9F\x98"
                               "b") +
                       FinishReasonIs("stop"))
                  .parts(),
              ElementsAre(Text("a\uFFFD\uFFFDb")));
}

TEST(OpenAiChat, I3_Row14_InvalidLinesAreSkippedAndCounted) {
  const Reply reply = ReadChat("what is this\n\n" + Content("a") + Data("{\"choices\":[{") +
                               Data("garbage") + Data("[1]") + Data("7") + "{broken\n" +
                               Content("b") + FinishReasonIs("stop") + kDone);
  EXPECT_THAT(reply.parts(), ElementsAre(Text("ab")));
  EXPECT_EQ(reply.outcome.skipped_lines, 6);
  EXPECT_TRUE(reply.outcome.status.ok());
}

TEST(OpenAiChat, I3_Row14_DeeplyNestedLineIsSkipped) {
  const std::string deep(100'000, '[');
  const Reply reply = Read(StreamFormat::kOpenAiChat,
                           Data("{\"choices\":" + deep + std::string(deep.size(), ']') + "}") +
                               Content("a") + FinishReasonIs("stop"));
  EXPECT_THAT(reply.parts(), ElementsAre(Text("a")));
  EXPECT_EQ(reply.outcome.skipped_lines, 1);
}

TEST(OpenAiChat, I3_WrongTypesAreHarmless) {
  const Reply reply = ReadChat(
      Data(R"({"choices":{"0":1}})") + Data(R"({"choices":[null,7,"x",[]]})") +
      Data(R"({"choices":[{"index":"0","delta":[],"finish_reason":7}]})") +
      Delta(R"({"content":7,"refusal":{},"reasoning":[1],"reasoning_details":[3,{"type":4}]})") +
      Delta(R"({"tool_calls":[null,3,"x"],"function_call":"f"})") +
      Delta(R"({"content":[1,{"text":2},{"type":"text","text":"a"}]})") + FinishReasonIs("stop"));
  EXPECT_THAT(reply.parts(), ElementsAre(Text("a")));
  EXPECT_EQ(reply.outcome.skipped_lines, 0);
}

TEST(OpenAiChat, I3_EventsWithoutBlankLinesBetween) {
  std::string stream = Content("a") + Content("b") + FinishReasonIs("stop") + kDone;
  for (std::size_t at = 0; (at = stream.find("\n\n", at)) != std::string::npos;) {
    stream.erase(at, 1);
  }
  const Reply reply = ReadChat(stream);
  EXPECT_THAT(reply.parts(), ElementsAre(Text("ab")));
  EXPECT_EQ(reply.finish().reason, FinishReason::kEndTurn);
  EXPECT_EQ(reply.outcome.skipped_lines, 0);
}

TEST(OpenAiChat, I3_JsonOverSeveralDataLines) {
  const Reply reply = ReadChat(
      "data: {\"choices\":[\ndata: {\"index\":0,\ndata: \"delta\":{\"content\":\"a\"}}]}\n\n" +
      FinishReasonIs("stop"));
  EXPECT_THAT(reply.parts(), ElementsAre(Text("a")));
}

// A server that does not stream, or sends lines without "data:".
TEST(OpenAiChat, I2_WholeCompletionInsteadOfAStream) {
  const std::string body = R"({
  "id": "c1",
  "object": "chat.completion",
  "choices": [
    {
      "index": 0,
      "message": {"role": "assistant", "reasoning_content": "Hm.", "content": "Hi",
        "tool_calls": [
          {"id": "x", "type": "function", "function": {"name": "f", "arguments": "{}"}},
          {"id": "y", "type": "function", "function": {"name": "f", "arguments": "{}"}}
        ]},
      "finish_reason": "tool_calls"
    }
  ],
  "usage": {"prompt_tokens": 3, "completion_tokens": 4}
})";
  const Reply spread = ReadChat(body);
  EXPECT_THAT(spread.parts(),
              ElementsAre(Reasoning("Hm."), Text("Hi"), Call("x", "f", "{}"), Call("y", "f", "{}"),
                          UsagePart(R"({"inputTokens":3,"outputTokens":4})")));
  EXPECT_EQ(spread.finish().reason, FinishReason::kToolUse);
  EXPECT_EQ(spread.outcome.skipped_lines, 0);
  std::string line = body;
  for (char& c : line) c = c == '\n' ? ' ' : c;
  ExpectSame(ReadChat(line), spread, "on one line");
  ExpectSame(ReadChat(WithLineEnds(body, "\r\n")), spread, "CRLF");
}

TEST(OpenAiChat, I2_ChunksAsBareLines) {
  EXPECT_THAT(ReadChat("{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n"
                       "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"b\"}}]}")
                  .parts(),
              ElementsAre(Text("ab")));
}

TEST(OpenAiChat, I3_WholeMessageAfterDeltasIsNotAddedAgain) {
  EXPECT_THAT(
      ReadChat(
          Content("a") +
          Data(R"({"choices":[{"index":0,"message":{"content":"a"},"finish_reason":"stop"}]})"))
          .parts(),
      ElementsAre(Text("a")));
}

}  // namespace
}  // namespace millrace
