// OpenAI Responses: how a reply ends, and what it is when it fails (contract I4).

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "streams/openai_responses.h"
#include "streams/openai_responses_reader.h"

namespace millrace {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

std::string Incomplete(const std::string& reason) {
  return ResponseEvent("incomplete",
                       "\"response\":{\"incomplete_details\":{\"reason\":\"" + reason + "\"}}");
}

TEST(OpenAiResponsesEndings, I3_FinishReasons) {
  const std::vector<std::pair<std::string, FinishReason>> ends = {
      {Completed(), FinishReason::kEndTurn},
      {Incomplete("max_output_tokens"), FinishReason::kMaxTokens},
      {Incomplete("content_filter"), FinishReason::kContentFilter},
      {Incomplete("new"), FinishReason::kUnknown},
      {ResponseEvent("incomplete", R"("response":null)"), FinishReason::kUnknown},
  };
  for (const auto& [end, reason] : ends) {
    const Reply reply = ReadResponses(OutputText("a") + end);
    EXPECT_EQ(reply.finish().reason, reason) << end;
    EXPECT_TRUE(reply.outcome.status.ok()) << end;
    EXPECT_THAT(reply.parts(), ElementsAre(ItemText("a", "m")));
  }
  EXPECT_EQ(ReadResponses(Incomplete("new")).finish().details, "finish reason: new");
}

TEST(OpenAiResponsesEndings, I4_CancelledAtTheProvider) {
  const Reply reply =
      ReadResponses(OutputText("a") + ResponseEvent("cancelled", R"("response":{})"));
  EXPECT_EQ(reply.finish().reason, FinishReason::kCanceled);
  EXPECT_EQ(reply.outcome.status.code(), Code::kAborted);
}

TEST(OpenAiResponsesEndings, I4_Row04_EndsWithoutAFinish) {
  for (const std::string& end : {std::string(), kDone}) {
    const Reply reply = ReadResponses(OutputText("half") + end);
    EXPECT_THAT(reply.parts(), ElementsAre(ItemText("half", "m")));
    EXPECT_EQ(reply.finish().reason, FinishReason::kUnknown);
    EXPECT_EQ(reply.finish().details, "stream ended without a finish");
    EXPECT_TRUE(reply.outcome.status.ok());
  }
  EXPECT_EQ(ReadResponses("").finish().details, "stream ended without a finish: the body is empty");
}

TEST(OpenAiResponsesEndings, I4_Row04_LastEventMayLackItsBlankLine) {
  const std::string stream = OutputText("a") + Completed();
  EXPECT_EQ(ReadResponses(stream.substr(0, stream.size() - 2)).finish().reason,
            FinishReason::kEndTurn);
}

TEST(OpenAiResponsesEndings, I4_CompletedEndsTheReplyAtOnce) {
  const auto reader = MakeStreamReader(StreamFormat::kOpenAiResponses);
  std::vector<Mutation> out;
  reader->Push(OutputText("a"), out);
  EXPECT_FALSE(reader->ending());
  reader->Push(Completed() + OutputText("late"), out);
  EXPECT_TRUE(reader->done());
  EXPECT_TRUE(reader->ending());
  EXPECT_EQ(out.size(), 2u);
}

TEST(OpenAiResponsesEndings, I4_Row05_ErrorsMidStream) {
  struct Case {
    std::string event, message, type;
  };
  const std::vector<Case> cases = {
      {Data(R"({"type":"error","code":"busy","message":"Overloaded","param":null})"), "Overloaded",
       "busy"},
      {Data(R"({"type":"error","error":{"type":"server_error","message":"Overloaded"}})"),
       "Overloaded", "server_error"},
      {ResponseEvent("failed",
                     R"("response":{"error":{"code":"server_error","message":"Overloaded"}})"),
       "Overloaded", "server_error"},
      {ResponseEvent("failed", R"("response":{"error":null})"), "the provider reported an error",
       ""},
      {Data(R"({"error":{"message":"Overloaded","type":"server_error"}})"), "Overloaded",
       "server_error"},
      {"event: error\ndata: Overloaded\n\n", "Overloaded", ""},
  };
  for (const Case& c : cases) {
    const Reply reply = ReadResponses(OutputText("half") + c.event + OutputText("after"));
    EXPECT_THAT(reply.parts(), ElementsAre(ItemText("half", "m"))) << c.event;
    EXPECT_EQ(reply.finish().reason, FinishReason::kError) << c.event;
    EXPECT_EQ(reply.outcome.status, Status(Code::kProtocol, c.message)) << c.event;
    EXPECT_EQ(reply.outcome.provider_type, c.type) << c.event;
  }
}

TEST(OpenAiResponsesEndings, I4_FailedResponseKeepsItsOutput) {
  const Reply reply = ReadResponses(ResponseEvent(
      "failed", R"("response":{"error":{"message":"No"},"usage":{"input_tokens":1},"output":[)"
                R"({"id":"m","type":"message","content":[{"type":"output_text","text":"a"}]}]})"));
  EXPECT_THAT(reply.parts(),
              ElementsAre(ItemText("a", "m"), UsagePart(R"({"inputTokens":1,"outputTokens":0})")));
  EXPECT_EQ(reply.finish().message, "No");
}

TEST(OpenAiResponsesEndings, I4_JsonErrorInsteadOfAStream) {
  const Reply reply = ReadResponses(
      "{\n \"error\": {\n \"message\": \"No such model\",\n \"type\": \"invalid_request_error\"\n "
      "}\n}\n");
  EXPECT_EQ(reply.finish().message, "No such model");
  EXPECT_EQ(reply.outcome.provider_type, "invalid_request_error");
}

TEST(OpenAiResponsesEndings, I4_WhatIsNoResponsesStreamIsProtocol) {
  const std::vector<std::pair<std::string, std::string>> bodies = {
      {"<!DOCTYPE html>\n<body>Sign in</body>\n", ""},
      {"{\"detail\":\"Not Found\"}", ""},
      {Content("a") + kDone, ": it looks like OpenAI's chat completions"},
      {Data(R"({"type":"message_start","message":{}})"), ": it looks like Anthropic's Messages"},
      {Data(R"({"type":"text-delta","id":"1","delta":"a"})"),
       ": it looks like a UI message stream"},
  };
  for (const auto& [body, looks_like] : bodies) {
    const Reply reply = ReadResponses(body);
    EXPECT_THAT(reply.parts(), IsEmpty()) << body;
    EXPECT_THAT(reply.finish().message, StartsWith("the response is not an OpenAI Responses"));
    EXPECT_THAT(reply.finish().message, HasSubstr(looks_like));
    EXPECT_EQ(reply.outcome.status.code(), Code::kProtocol) << body;
  }
}

TEST(OpenAiResponsesEndings, I4_Row15_HostSaysWhyItStopped) {
  const std::string stream = OfItem("reasoning_text.delta", "rs", 0, R"("delta":"Hm")") +
                             OutputText("half \\ud83d", "m", 1) + "data: {";
  const auto kept = ElementsAre(ItemReasoning("Hm", "rs"), ItemText("half \uFFFD", "m"));
  const Reply aborted = ReadResponses(stream, {Code::kAborted, "stopped"});
  EXPECT_THAT(aborted.parts(), kept);
  EXPECT_EQ(aborted.finish().reason, FinishReason::kCanceled);
  for (const Code code : {Code::kNetwork, Code::kHttp}) {
    const Reply failed = ReadResponses(stream, {code, "it broke"});
    EXPECT_THAT(failed.parts(), kept);
    EXPECT_EQ(failed.finish().reason, FinishReason::kError);
    EXPECT_EQ(failed.outcome.status, Status(code, "it broke"));
  }
}

TEST(OpenAiResponsesEndings, I4_Row13_EventTooLongIsProtocol) {
  OpenAiResponsesReader reader({}, /*max_event_bytes=*/1000);
  std::vector<Mutation> out;
  reader.Push(OutputText("a") + "data: " + std::string(2000, 'x'), out);
  EXPECT_TRUE(reader.done());
  EXPECT_EQ(reader.outcome().status.code(), Code::kProtocol);
}

}  // namespace
}  // namespace millrace
