#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "millrace/streams/line_framer.h"
#include "streams/reply.h"

namespace millrace {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Reply ReadLines(std::string_view bytes, const Status& end = BodyEnded()) {
  return ReadHoweverSplit(StreamFormat::kNdjson, bytes, end);
}

std::string Line(std::string_view json) { return std::string(json) + "\n"; }
// A line of /api/chat with this message (JSON text).
std::string Said(std::string_view message) {
  return Line(R"({"model":"m","created_at":"2026-01-01T00:00:00Z","message":)" +
              std::string(message) + R"(,"done":false})");
}
std::string SaidText(std::string_view text) {
  return Said(R"({"role":"assistant","content":")" + std::string(text) + "\"}");
}
std::string End(std::string_view more = R"("done_reason":"stop")") {
  return Line(R"({"model":"m","message":{"role":"assistant","content":""},"done":true,)" +
              std::string(more) + "}");
}

TEST(Ndjson, I2_ChatAndGenerate) {
  const Reply chat = ReadLines(SaidText("Grüße, ") + SaidText("Welt 👋") + End());
  EXPECT_THAT(chat.parts(), ElementsAre(Text("Grüße, Welt 👋")));
  EXPECT_EQ(chat.finish().reason, FinishReason::kEndTurn);
  const Reply generate = ReadLines(Line(R"({"response":"Hel","done":false})") +
                                   Line(R"({"response":"lo","thinking":"","done":false})") +
                                   Line(R"({"response":"","done":true,"context":[1, 2]})"));
  EXPECT_THAT(generate.parts(),
              ElementsAre(Text("Hello"), CustomPart{"provider_extra", R"({"context":[1,2]})", ""}));
  EXPECT_EQ(generate.finish().reason, FinishReason::kEndTurn);
}

TEST(Ndjson, I3_Row01_AnyLineEndAndTheLastWithoutOne) {
  for (const std::string end : {"\n", "\r\n", "\r"}) {
    const Reply reply = ReadLines(R"({"response":"é😀","done":false})" + end + end +
                                  R"({"response":"!","done":true})");
    EXPECT_THAT(reply.parts(), ElementsAre(Text("é😀!")));
  }
}

TEST(Ndjson, I3_Row02_UnknownFieldsAndLinesOfOtherServers) {
  const Reply reply =
      ReadLines(Line(R"({"response":"a","logprobs":[{"x":1}],"future":{},"done":false})") +
                "\n  \n" + "data: " + Line(R"({"response":"b","done":false})") + "\n" +
                Line(R"({"status":"loading"})") + End());
  EXPECT_THAT(reply.parts(), ElementsAre(Text("ab")));
  EXPECT_EQ(reply.outcome.skipped_lines, 1);
}

TEST(Ndjson, I3_Row03_DoneEndsIt) {
  const Reply reply = ReadLines(SaidText("a") + End() + "data: [DONE]\n\n" + SaidText("late"));
  EXPECT_THAT(reply.parts(), ElementsAre(Text("a")));
}

TEST(Ndjson, I3_Row04_EndsWithoutDone) {
  const Reply reply = ReadLines(SaidText("half"));
  EXPECT_THAT(reply.parts(), ElementsAre(Text("half")));
  EXPECT_EQ(reply.finish().reason, FinishReason::kUnknown);
  EXPECT_EQ(reply.finish().details, "stream ended without a finish");
  EXPECT_TRUE(reply.outcome.status.ok());
}

TEST(Ndjson, I4_Row05_ErrorsKeepWhatCame) {
  const Reply reply = ReadLines(SaidText("half") + Line(R"({"error":"out of memory"})"));
  EXPECT_THAT(reply.parts(), ElementsAre(Text("half")));
  EXPECT_EQ(reply.finish().reason, FinishReason::kError);
  EXPECT_EQ(reply.finish().message, "out of memory");
  EXPECT_EQ(reply.outcome.status.code(), Code::kProtocol);
}

TEST(Ndjson, I4_AnotherProtocolIsNamed) {
  const Reply reply = ReadLines(Content("hello") + kDone);
  EXPECT_EQ(reply.outcome.status.code(), Code::kProtocol);
  EXPECT_THAT(reply.outcome.status.message(), testing::HasSubstr("not a stream of JSON lines"));
  EXPECT_THAT(ReadLines("<html></html>").outcome.status.code(), Code::kProtocol);
}

std::string Calls(std::string_view calls) {
  return Said(R"({"role":"assistant","content":"","tool_calls":)" + std::string(calls) + "}");
}

TEST(Ndjson, I3_Row06_Row08_CallsComeWhole) {
  const Reply reply = ReadLines(
      Calls(
          R"([{"function":{"name":"f","arguments":{"a": 1}}},{"function":{"name":"g","arguments":{}}}])") +
      End());
  EXPECT_THAT(reply.parts(),
              ElementsAre(Call("call_0", "f", R"({"a":1})"), Call("call_1", "g", "{}")));
  EXPECT_EQ(reply.finish().reason, FinishReason::kToolUse) << "though the server says stop";
}

TEST(Ndjson, I3_Row07_IndexIsAlwaysZero) {
  const Reply reply =
      ReadLines(Calls(R"([{"id":"a","function":{"index":0,"name":"f","arguments":{}}}])") +
                Calls(R"([{"id":"b","function":{"index":0,"name":"f","arguments":{}}}])") + End());
  EXPECT_THAT(reply.parts(), ElementsAre(Call("a", "f", "{}"), Call("b", "f", "{}")));
}

TEST(Ndjson, I3_Row09_EmptyLinesOfText) {
  const Reply reply = ReadLines(SaidText("") + Said(R"({"role":"assistant","content":null})") +
                                SaidText("a") + End());
  EXPECT_THAT(reply.parts(), ElementsAre(Text("a")));
  EXPECT_THAT(ReadLines("").parts(), IsEmpty());
}

TEST(Ndjson, I3_Row10_UsageComesWithTheEnd) {
  const Reply reply = ReadLines(
      SaidText("a") + End(R"("done_reason":"length","prompt_eval_count":26,"eval_count":298)"));
  ASSERT_TRUE(reply.outcome.usage.has_value());
  EXPECT_EQ(reply.outcome.usage->input_tokens, 26);
  EXPECT_EQ(reply.outcome.usage->output_tokens, 298);
  EXPECT_EQ(reply.finish().reason, FinishReason::kMaxTokens);
}

TEST(Ndjson, I3_Row12_ThinkingTextAndCallsInTheirOrder) {
  const Reply reply =
      ReadLines(Said(R"({"role":"assistant","content":"","thinking":"Hm"})") + SaidText("a") +
                Calls(R"([{"function":{"name":"f","arguments":{}}}])") + SaidText("b") + End());
  EXPECT_THAT(reply.parts(),
              ElementsAre(Reasoning("Hm"), Text("a"), Call("call_0", "f", "{}"), Text("b")));
  const Reply tags = ReadLines(SaidText("<think>Hm</think>a") + End());
  EXPECT_THAT(tags.parts(), ElementsAre(Reasoning("Hm"), Text("a")));
}

TEST(Ndjson, I3_Row13_ALongLineAndOneThatIsTooLong) {
  const std::string text(10 * 1024 * 1024, 'x');
  const Reply reply = Read(StreamFormat::kNdjson, SaidText(text) + End());
  EXPECT_THAT(reply.parts(), ElementsAre(Text(text)));
  const Reply too_long =
      Read(StreamFormat::kNdjson, SaidText("a") + std::string(kMaxEventBytes + 1, 'x'));
  EXPECT_THAT(too_long.parts(), ElementsAre(Text("a")));
  EXPECT_EQ(too_long.outcome.status.code(), Code::kProtocol);
}

TEST(Ndjson, I3_Row14_SurrogatesNulsAndLinesThatAreNoJson) {
  const Reply reply = ReadLines(SaidText(R"(a\ud83d)") + SaidText(R"(\ude00\u0000\ud83d)") +
                                Line("{\"broken\":") + SaidText("b") + End());
  EXPECT_THAT(reply.parts(), ElementsAre(Text(std::string("a😀\0\uFFFD", 9) + "b")));
  EXPECT_EQ(reply.outcome.skipped_lines, 1);
}

TEST(Ndjson, I4_Row15_HostSaysWhyItStopped) {
  EXPECT_EQ(ReadLines(SaidText("a"), {Code::kAborted, "stop"}).finish().reason,
            FinishReason::kCanceled);
  const Reply network = ReadLines(SaidText("a"), {Code::kNetwork, "reset"});
  EXPECT_EQ(network.finish().reason, FinishReason::kError);
  EXPECT_EQ(network.outcome.status.code(), Code::kNetwork);
}

TEST(Ndjson, I3_ImagesAreParts) {
  const Reply reply = ReadLines(Said(R"({"role":"assistant","content":"","images":["iVBORw0K"]})") +
                                Line(R"({"response":"","image":"/9j/4AAQ","done":true})"));
  const auto types = [&] {
    std::vector<std::string> found;
    for (const Part& part : reply.parts()) found.push_back(std::get<BinaryPart>(part).mime_type);
    return found;
  };
  EXPECT_THAT(types(), ElementsAre("image/png", "image/jpeg"));
}

}  // namespace
}  // namespace millrace
