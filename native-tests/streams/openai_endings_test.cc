// OpenAI chat: how a reply ends, and what it is when it fails (contract I4).

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "streams/openai_chat_reader.h"
#include "streams/reply.h"

namespace millrace {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

TEST(OpenAiEndings, I3_FinishReasons) {
  const std::vector<std::pair<std::string, FinishReason>> reasons = {
      {"stop", FinishReason::kEndTurn},
      {"length", FinishReason::kMaxTokens},
      {"tool_calls", FinishReason::kToolUse},
      {"function_call", FinishReason::kToolUse},
      {"content_filter", FinishReason::kContentFilter},
      {"eos", FinishReason::kUnknown},
  };
  for (const auto& [word, reason] : reasons) {
    const Reply reply = ReadChat(Content("a") + FinishReasonIs(word) + kDone);
    EXPECT_EQ(reply.finish().reason, reason) << word;
    EXPECT_TRUE(reply.outcome.status.ok()) << word;
  }
  EXPECT_EQ(ReadChat(FinishReasonIs("eos")).finish().details, "finish reason: eos");
}

// Row 4: the stream ends without a finish reason.
TEST(OpenAiEndings, I4_Row04_EndWithoutFinishIsUnknown) {
  for (const std::string& stream : {Content("half"), Content("half") + kDone}) {
    const Reply reply = ReadChat(stream);
    EXPECT_THAT(reply.parts(), ElementsAre(Text("half")));
    EXPECT_EQ(reply.finish().reason, FinishReason::kUnknown);
    EXPECT_EQ(reply.finish().details, "stream ended without a finish");
    EXPECT_TRUE(reply.outcome.status.ok());
  }
}

TEST(OpenAiEndings, I4_Row04_LastEventMayLackItsBlankLine) {
  const Reply reply =
      ReadChat(Content("a") +
               R"(data: {"choices":[{"index":0,"delta":{"content":"b"},"finish_reason":"stop"}]})");
  EXPECT_THAT(reply.parts(), ElementsAre(Text("ab")));
  EXPECT_EQ(reply.finish().reason, FinishReason::kEndTurn);
}

TEST(OpenAiEndings, I4_EmptyBodyIsUnknown) {
  for (const std::string body : {"", "\n\n", ": keep-alive\n\n"}) {
    const Reply reply = ReadChat(body);
    EXPECT_THAT(reply.parts(), IsEmpty());
    EXPECT_EQ(reply.finish().reason, FinishReason::kUnknown);
    EXPECT_EQ(reply.finish().details, "stream ended without a finish: the body is empty");
    EXPECT_TRUE(reply.outcome.status.ok());
  }
}

// Row 5: errors in a stream that began well, in each shape.
TEST(OpenAiEndings, I4_Row05_ErrorsMidStream) {
  struct Case {
    std::string event, message, type;
  };
  const std::vector<Case> cases = {
      {Data(R"({"error":{"message":"Overloaded","type":"server_error","code":"busy"}})"),
       "Overloaded", "server_error"},
      {Data(R"({"error":{"message":"Overloaded","code":502}})"), "Overloaded", "502"},
      {Data(R"({"error":"Overloaded"})"), "Overloaded", ""},
      {Data(R"({"object":"error","message":"Overloaded","type":"BadRequestError","code":400})"),
       "Overloaded", "BadRequestError"},
      {Data(R"({"choices":[{"index":0,"delta":{"content":""},"finish_reason":"error",)"
            R"("error":{"code":502,"message":"Overloaded"}}]})"),
       "Overloaded", "502"},
      {"event: error\n" + Data(R"({"message":"Overloaded","code":"busy"})"), "Overloaded", "busy"},
      {"event: error\ndata: Overloaded\n\n", "Overloaded", ""},
      {"{\"error\":{\"message\":\"Overloaded\"}}\n", "Overloaded", ""},
      {Data(R"({"error":{}})"), "the provider reported an error", ""},
      {FinishReasonIs("error") + kDone, "the provider reported an error", ""},
  };
  for (const Case& c : cases) {
    const Reply reply = ReadChat(
        Content("half") +
        Data(R"({"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2}})") + c.event);
    EXPECT_THAT(reply.parts(),
                ElementsAre(Text("half"), UsagePart(R"({"inputTokens":1,"outputTokens":2})")));
    EXPECT_EQ(reply.finish().reason, FinishReason::kError) << c.event;
    EXPECT_EQ(reply.finish().message, c.message) << c.event;
    EXPECT_EQ(reply.outcome.status, Status(Code::kProtocol, c.message)) << c.event;
    EXPECT_EQ(reply.outcome.provider_type, c.type) << c.event;
  }
}

TEST(OpenAiEndings, I4_ErrorDetailsAreTheErrorItself) {
  const Reply reply = ReadChat(Data(R"({"error": {"message": "No", "param": [1, 2]}})"));
  EXPECT_EQ(reply.finish().details, R"({"message":"No","param":[1,2]})");
}

TEST(OpenAiEndings, I4_LongErrorIsCutAtACodePoint) {
  std::string text;
  for (int i = 0; i < 10'000; ++i) text += "é";
  const Reply reply =
      Read(StreamFormat::kOpenAiChat, Data("{\"error\":{\"message\":\"" + text + "\"}}"));
  EXPECT_EQ(reply.finish().message, text.substr(0, 2000) + "…");
  EXPECT_LE(reply.finish().details.size(), 2010u);
}

TEST(OpenAiEndings, I4_ErrorEndsTheReplyAtOnce) {
  const auto reader = MakeStreamReader(StreamFormat::kOpenAiChat);
  std::vector<Mutation> out;
  reader->Push(Data(R"({"error":"No"})") + Content("after"), out);
  EXPECT_TRUE(reader->done());
  EXPECT_EQ(out.size(), 1u);
}

TEST(OpenAiEndings, I4_NoErrorIsNoError) {
  const Reply reply =
      ReadChat(Data(R"({"error":null,"choices":[]})") + Data(R"({"error":"","choices":[]})") +
               Data(R"({"error":false,"choices":[]})") + FinishReasonIs("stop"));
  EXPECT_EQ(reply.finish().reason, FinishReason::kEndTurn);
}

TEST(OpenAiEndings, I4_JsonErrorInsteadOfAStream) {
  const Reply reply = ReadChat(
      "{\n  \"error\": {\n    \"message\": \"No such model\",\n    \"type\": "
      "\"invalid_request_error\"\n  }\n}\n");
  EXPECT_EQ(reply.finish().reason, FinishReason::kError);
  EXPECT_EQ(reply.finish().message, "No such model");
  EXPECT_EQ(reply.outcome.provider_type, "invalid_request_error");
  EXPECT_EQ(reply.outcome.status.code(), Code::kProtocol);
}

TEST(OpenAiEndings, I4_WhatIsNoChatStreamIsProtocol) {
  const std::vector<std::string> bodies = {
      "<!DOCTYPE html>\n<html>\n<body>Sign in</body>\n</html>\n",
      "Not found",
      "Error: upstream is down",
      "{\"detail\":\"Not Found\"}",
      "{\n\"detail\": \"Not Found\"\n}",
      "data: nonsense\n\n",
      Data(R"({"type":"message_start","message":{}})") + Data(R"({"type":"message_stop"})"),
  };
  for (const std::string& body : bodies) {
    const Reply reply = ReadChat(body);
    EXPECT_THAT(reply.parts(), IsEmpty()) << body;
    EXPECT_EQ(reply.finish().reason, FinishReason::kError) << body;
    EXPECT_THAT(reply.finish().message, StartsWith("the response is not a chat completion stream"))
        << body;
    EXPECT_EQ(reply.outcome.status.code(), Code::kProtocol) << body;
  }
  EXPECT_THAT(ReadChat(bodies[0]).finish().details, HasSubstr("<body>Sign in</body>"));
  EXPECT_THAT(ReadChat(bodies[3]).finish().details, HasSubstr("Not Found"));
}

// Row 15: each way to stop has its own reason.
TEST(OpenAiEndings, I4_Row15_HostSaysWhyItStopped) {
  const std::string stream =
      Delta(R"({"reasoning":"Hm"})") + Content("half \\ud83d") + "data: {\"ch";
  const auto kept = ElementsAre(Reasoning("Hm"), Text("half \uFFFD"));
  const Reply aborted = ReadChat(stream, {Code::kAborted, "stopped"});
  EXPECT_THAT(aborted.parts(), kept);
  EXPECT_EQ(aborted.finish().reason, FinishReason::kCanceled);
  EXPECT_EQ(aborted.outcome.status.code(), Code::kAborted);
  for (const Code code : {Code::kNetwork, Code::kHttp}) {
    const Reply failed = ReadChat(stream, {code, "it broke"});
    EXPECT_THAT(failed.parts(), kept);
    EXPECT_EQ(failed.finish().reason, FinishReason::kError);
    EXPECT_EQ(failed.finish().message, "it broke");
    EXPECT_EQ(failed.outcome.status, Status(code, "it broke"));
  }
}

TEST(OpenAiEndings, I4_EventTooLongIsProtocol) {
  OpenAiChatReader reader({}, /*max_event_bytes=*/1000);
  std::vector<Mutation> out;
  reader.Push(Content("a") + "data: " + std::string(2000, 'x'), out);
  EXPECT_TRUE(reader.done());
  EXPECT_EQ(reader.outcome().status.code(), Code::kProtocol);
  EXPECT_EQ(out.front(), Mutation(AppendText{"a", false}));
}

}  // namespace
}  // namespace millrace
