// Anthropic: how a reply ends, and what it is when it fails (contract I4).

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "streams/anthropic.h"
#include "streams/anthropic_reader.h"

namespace millrace {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

TEST(AnthropicEndings, I3_StopReasons) {
  const std::vector<std::pair<std::string, FinishReason>> reasons = {
      {"end_turn", FinishReason::kEndTurn},
      {"stop_sequence", FinishReason::kEndTurn},
      {"max_tokens", FinishReason::kMaxTokens},
      {"model_context_window_exceeded", FinishReason::kMaxTokens},
      {"tool_use", FinishReason::kToolUse},
      {"refusal", FinishReason::kContentFilter},
      {"pause_turn", FinishReason::kEndTurn},
      {"new_reason", FinishReason::kUnknown},
  };
  for (const auto& [word, reason] : reasons) {
    const Reply reply = ReadAnthropic(TextBlock(0, "a") + StopReasonIs(word) + kMessageStop);
    EXPECT_EQ(reply.finish().reason, reason) << word;
    EXPECT_TRUE(reply.outcome.status.ok()) << word;
  }
  EXPECT_EQ(ReadAnthropic(StopReasonIs("new_reason")).finish().details,
            "finish reason: new_reason");
}

TEST(AnthropicEndings, I4_RefusalSaysWhy) {
  const Reply reply = ReadAnthropic(
      TextBlock(0, "Well, ") +
      AnthropicEvent("message_delta", R"("delta":{"stop_reason":"refusal","stop_details":)"
                                      R"({"type":"refusal","explanation":"Not this."}})") +
      kMessageStop);
  EXPECT_THAT(reply.parts(), ElementsAre(Text("Well, ")));
  EXPECT_EQ(reply.finish().reason, FinishReason::kContentFilter);
  EXPECT_EQ(reply.finish().details, "Not this.");
  EXPECT_TRUE(reply.outcome.status.ok());
}

// Row 4: the stream ends without message_stop.
TEST(AnthropicEndings, I4_Row04_EndsWithoutAFinish) {
  for (const std::string& end : {std::string(), kMessageStop, kDone}) {
    const Reply reply = ReadAnthropic(TextStart(0) + TextDelta(0, "half") + end);
    EXPECT_THAT(reply.parts(), ElementsAre(Text("half")));
    EXPECT_EQ(reply.finish().reason, FinishReason::kUnknown);
    EXPECT_EQ(reply.finish().details, "stream ended without a finish");
    EXPECT_TRUE(reply.outcome.status.ok());
  }
}

TEST(AnthropicEndings, I4_Row04_StopReasonCountsWithoutMessageStop) {
  const Reply reply = ReadAnthropic(TextBlock(0, "a") + StopReasonIs("end_turn"));
  EXPECT_EQ(reply.finish().reason, FinishReason::kEndTurn);
  const Reply reset =
      ReadAnthropic(TextBlock(0, "a") + StopReasonIs("end_turn"), {Code::kNetwork, "reset"});
  EXPECT_EQ(reset.finish().reason, FinishReason::kEndTurn);
}

TEST(AnthropicEndings, I4_Row04_LastEventMayLackItsBlankLine) {
  const std::string stream = TextBlock(0, "a") + StopReasonIs("end_turn");
  EXPECT_EQ(ReadAnthropic(stream.substr(0, stream.size() - 2)).finish().reason,
            FinishReason::kEndTurn);
}

TEST(AnthropicEndings, I4_EmptyBodyIsUnknown) {
  for (const std::string body : {"", "\n\n", ": keep-alive\n\n"}) {
    EXPECT_EQ(ReadAnthropic(body).finish().details,
              "stream ended without a finish: the body is empty");
  }
  EXPECT_EQ(ReadAnthropic(AnthropicEvent("ping")).finish().reason, FinishReason::kUnknown);
}

TEST(AnthropicEndings, I4_MessageStopEndsTheReplyAtOnce) {
  const auto reader = MakeStreamReader(StreamFormat::kAnthropic);
  std::vector<Mutation> out;
  reader->Push(TextBlock(0, "a") + StopReasonIs("end_turn"), out);
  EXPECT_FALSE(reader->done());
  EXPECT_TRUE(reader->ending());
  reader->Push(TextStart(1), out);
  EXPECT_FALSE(reader->ending());
  reader->Push(kMessageStop + TextDelta(1, "late"), out);
  EXPECT_TRUE(reader->done());
  EXPECT_EQ(out.size(), 2u);
}

// Row 5: errors in a stream that began well.
TEST(AnthropicEndings, I4_Row05_ErrorsMidStream) {
  struct Case {
    std::string event, message, type;
  };
  const std::vector<Case> cases = {
      {AnthropicEvent("error", R"("error":{"type":"overloaded_error","message":"Overloaded"})"),
       "Overloaded", "overloaded_error"},
      {Data(R"({"type":"error","error":{"type":"api_error","message":"Overloaded"}})"),
       "Overloaded", "api_error"},
      {Data(R"({"error":{"type":"api_error","message":"Overloaded"}})"), "Overloaded", "api_error"},
      {Data(R"({"type":"error","error":"Overloaded"})"), "Overloaded", ""},
      {"event: error\n" + Data(R"({"message":"Overloaded","type":"busy"})"), "Overloaded", "busy"},
      {"event: error\ndata: Overloaded\n\n", "Overloaded", ""},
      {Data(R"({"type":"error","error":null})"), "the provider reported an error", "error"},
  };
  for (const Case& c : cases) {
    const Reply reply = ReadAnthropic(kMessageStart + TextStart(0) + TextDelta(0, "half") +
                                      c.event + TextDelta(0, "after"));
    EXPECT_THAT(reply.parts(),
                ElementsAre(Text("half"), UsagePart(R"({"inputTokens":25,"outputTokens":1})")));
    EXPECT_EQ(reply.finish().reason, FinishReason::kError) << c.event;
    EXPECT_EQ(reply.finish().message, c.message) << c.event;
    EXPECT_EQ(reply.outcome.status, Status(Code::kProtocol, c.message)) << c.event;
    EXPECT_EQ(reply.outcome.provider_type, c.type) << c.event;
  }
}

TEST(AnthropicEndings, I4_JsonErrorInsteadOfAStream) {
  const Reply reply = ReadAnthropic(
      "{\n \"type\": \"error\",\n \"error\": {\n \"type\": \"not_found_error\",\n \"message\": "
      "\"No such model\"\n }\n}\n");
  EXPECT_EQ(reply.finish().message, "No such model");
  EXPECT_EQ(reply.outcome.provider_type, "not_found_error");
  EXPECT_EQ(reply.outcome.status.code(), Code::kProtocol);
}

TEST(AnthropicEndings, I4_WhatIsNoMessageStreamIsProtocol) {
  const std::vector<std::pair<std::string, std::string>> bodies = {
      {"<!DOCTYPE html>\n<html>\n<body>Sign in</body>\n</html>\n", ""},
      {"{\"detail\":\"Not Found\"}", ""},
      {"data: nonsense\n\n", ""},
      {Content("a") + kDone, ": it looks like OpenAI's chat completions"},
      {Data(R"({"type":"response.created","response":{}})"), ": it looks like OpenAI's Responses"},
      {Data(R"({"type":"RUN_STARTED","runId":"r"})"), ": it looks like AG-UI"},
  };
  for (const auto& [body, looks_like] : bodies) {
    const Reply reply = ReadAnthropic(body);
    EXPECT_THAT(reply.parts(), IsEmpty()) << body;
    EXPECT_EQ(reply.finish().reason, FinishReason::kError) << body;
    EXPECT_THAT(reply.finish().message, StartsWith("the response is not an Anthropic message"));
    EXPECT_THAT(reply.finish().message, HasSubstr(looks_like));
    EXPECT_EQ(reply.outcome.status.code(), Code::kProtocol) << body;
  }
}

// Row 15: each way to stop has its own reason.
TEST(AnthropicEndings, I4_Row15_HostSaysWhyItStopped) {
  const std::string stream =
      ThinkingDelta(0, "Hm") + SignatureDelta(0, "Eq") + TextDelta(1, "half \\ud83d") + "data: {";
  const auto kept = ElementsAre(Reasoning("Hm", "Eq"), Text("half \uFFFD"));
  const Reply aborted = ReadAnthropic(stream, {Code::kAborted, "stopped"});
  EXPECT_THAT(aborted.parts(), kept);
  EXPECT_EQ(aborted.finish().reason, FinishReason::kCanceled);
  for (const Code code : {Code::kNetwork, Code::kHttp}) {
    const Reply failed = ReadAnthropic(stream, {code, "it broke"});
    EXPECT_THAT(failed.parts(), kept);
    EXPECT_EQ(failed.finish().reason, FinishReason::kError);
    EXPECT_EQ(failed.outcome.status, Status(code, "it broke"));
  }
}

TEST(AnthropicEndings, I4_Row13_EventTooLongIsProtocol) {
  AnthropicReader reader({}, /*max_event_bytes=*/1000);
  std::vector<Mutation> out;
  reader.Push(TextBlock(0, "a") + "data: " + std::string(2000, 'x'), out);
  EXPECT_TRUE(reader.done());
  EXPECT_EQ(reader.outcome().status.code(), Code::kProtocol);
}

}  // namespace
}  // namespace millrace
