// What servers that speak the chat completions of OpenAI do differently: one case for each kind
// that was reported in public.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "streams/reply.h"

namespace millrace {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string Tool(const std::string& call) { return Delta("{\"tool_calls\":[" + call + "]}"); }

TEST(OpenAiDialects, I3_AFragmentWithoutANameGoesOnWithTheCallWhateverItsId) {
  const Reply reply = ReadChat(
      Tool(R"({"index":0,"id":"one","type":"function","function":{"name":"get","arguments":""}})") +
      Tool(R"({"index":0,"id":"two","function":{"arguments":"{\"a\":"}})") +
      Tool(R"({"index":0,"id":"two","function":{"arguments":"1}"}})") +
      FinishReasonIs("tool_calls") + kDone);
  EXPECT_THAT(reply.parts(), ElementsAre(Part(Call("one", "get", "{\"a\":1}"))));
  EXPECT_EQ(reply.finish().reason, FinishReason::kToolUse);
}

TEST(OpenAiDialects, I3_ANamedFragmentAfterAWholeInputIsTheNextCall) {
  const Reply reply = ReadChat(
      Tool(R"({"index":0,"id":"","function":{"name":"w","arguments":"{\"city\":\"A\"}"}})") +
      Tool(R"({"index":0,"id":"","function":{"name":"w","arguments":"{\"city\":\"B\"}"}})") +
      FinishReasonIs("tool_calls") + kDone);
  ASSERT_EQ(reply.parts().size(), 2U);
  EXPECT_EQ(std::get<ToolCallPart>(reply.parts()[0]).input, R"({"city":"A"})");
  EXPECT_EQ(std::get<ToolCallPart>(reply.parts()[1]).input, R"({"city":"B"})");
}

TEST(OpenAiDialects, I3_AnInputThatIsSentWholeAgainIsNotAppended) {
  const Reply reply =
      ReadChat(Tool(R"({"index":0,"id":"a","function":{"name":"f","arguments":""}})") +
               Tool(R"({"index":0,"function":{"arguments":"{\"q\":1}"}})") +
               Tool(R"({"index":0,"function":{"arguments":"{\"q\":1}"}})") +
               FinishReasonIs("tool_calls") + kDone);
  EXPECT_THAT(reply.parts(), ElementsAre(Part(Call("a", "f", "{\"q\":1}"))));
}

TEST(OpenAiDialects, I3_WhatTheProviderWantsBackIsKeptWithTheCall) {
  const Reply reply = ReadChat(
      Tool(R"({"index":0,"id":"a","extra_content":{"google":{"thought_signature":"SIG+/="}},)"
           R"("function":{"name":"f","arguments":"{}"}})") +
      FinishReasonIs("tool_calls") + kDone);
  EXPECT_EQ(std::get<ToolCallPart>(reply.parts().front()).extra,
            R"({"extra_content":{"google":{"thought_signature":"SIG+/="}}})");
}

TEST(OpenAiDialects, I3_ReasoningUnderAnyOfItsNamesAndShapes) {
  for (const char* delta : {R"({"reasoning_text":"Hm","content":null})", R"({"thinking":"Hm"})",
                            R"({"reasoning":{"text":"Hm"}})",
                            R"({"reasoning_content":["H",{"type":"text","text":"m"}]})",
                            R"({"content":"Hm","extra_content":{"google":{"thought":true}}})"}) {
    const Reply reply = ReadChat(Delta(delta) + Content("Yes") + FinishReasonIs("stop") + kDone);
    EXPECT_THAT(reply.parts(), ElementsAre(Part(Reasoning("Hm")), Part(Text("Yes")))) << delta;
  }
}

TEST(OpenAiDialects, I3_ContentThatIsNoTextIsKept) {
  const std::string image =
      R"({"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0K"}})";
  const ImageUrlPart part{"data:image/png;base64,iVBORw0K", "", ""};
  Reply reply = ReadChat(Delta(R"({"content":"Here.","images":[)" + image + "]}") +
                         FinishReasonIs("stop") + kDone);
  EXPECT_THAT(reply.parts(), ElementsAre(Part(Text("Here.")), Part(part)));
  reply = ReadChat(Delta(R"({"content":[)" + image + R"(,{"type":"video","id":7}]})") +
                   FinishReasonIs("stop") + kDone);
  EXPECT_THAT(reply.parts(),
              ElementsAre(Part(part), Part(CustomPart{"video", R"({"type":"video","id":7})", ""})));
}

TEST(OpenAiDialects, I3_SourcesAreKeptOnceWhereverTheyStand) {
  const std::string beside = Data(
      R"({"choices":[{"index":0,"delta":{"content":"So [1]."}}],"citations":["https://a.test/1"]})");
  const Reply reply =
      ReadChat(beside + beside + Delta(R"({"annotations":[{"url":"https://b.test"}]})") +
               FinishReasonIs("stop") + kDone);
  EXPECT_THAT(reply.parts(),
              ElementsAre(Part(Text("So [1].So [1].")),
                          Part(CustomPart{"source", R"({"url":"https://a.test/1"})", ""}),
                          Part(CustomPart{"source", R"({"url":"https://b.test"})", ""})));
}

TEST(OpenAiDialects, I3_UsageWhereverAServerPutsIt) {
  for (
      const char* chunk :
      {R"({"choices":[{"index":0,"delta":{},"finish_reason":"stop","usage":{"prompt_tokens":3,"completion_tokens":4}}]})",
       R"({"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"x_groq":{"usage":{"prompt_tokens":3,"completion_tokens":4}}})"}) {
    const Reply reply = ReadChat(Content("Yes") + Data(chunk) + kDone);
    ASSERT_TRUE(reply.outcome.usage) << chunk;
    EXPECT_EQ(reply.outcome.usage->input_tokens, 3);
    EXPECT_EQ(reply.outcome.usage->output_tokens, 4);
  }
}

TEST(OpenAiDialects, I4_AnErrorAsAFieldOfItsOwn) {
  Reply reply = ReadChat(
      "error: {\"code\":400,\"message\":\"the prompt is too "
      "long\",\"type\":\"invalid_request_error\"}\n\n" +
      kDone);
  EXPECT_EQ(reply.outcome.status.code(), Code::kProtocol);
  EXPECT_EQ(reply.outcome.status.message(), "the prompt is too long");
  EXPECT_EQ(reply.outcome.provider_type, "invalid_request_error");
  reply = ReadChat(Content("half") + "error: {\"code\":500,\"message\":\"out of memory\"}\n\n");
  EXPECT_EQ(reply.outcome.status.message(), "out of memory");
  EXPECT_THAT(reply.parts(), ElementsAre(Part(Text("half"))));
}

TEST(OpenAiDialects, I4_AnotherProtocolIsNamed) {
  Reply reply = ReadChat(Data(R"({"type":"start"})") +
                         Data(R"({"type":"text-delta","id":"1","delta":"Hello"})") + kDone);
  EXPECT_EQ(reply.outcome.status.code(), Code::kProtocol);
  EXPECT_THAT(reply.outcome.status.message(), HasSubstr("AI SDK"));
  reply = ReadChat(Data(R"({"response":"Hel"})") + Data(R"({"response":"lo"})") + kDone);
  EXPECT_EQ(reply.outcome.status.code(), Code::kProtocol);
  EXPECT_THAT(reply.outcome.status.message(), HasSubstr("Ollama"));
}

TEST(OpenAiDialects, I3_AnIndexThatCountsChunksIsNoOtherChoice) {
  const auto chunk = [](int index, const std::string& text, const std::string& finish) {
    const std::string message = R"({"role":"assistant","content":")" + text + "\"}";
    return Data(R"({"choices":[{"index":)" + std::to_string(index) + R"(,"delta":)" + message +
                R"(,"message":)" + message + R"(,"finish_reason":)" + finish + "}]}");
  };
  const Reply reply =
      ReadChat(chunk(0, "a", "null") + chunk(1, "b", "null") + chunk(2, "c", "\"stop\"") + kDone);
  EXPECT_THAT(reply.parts(), ElementsAre(Part(Text("abc"))));
  EXPECT_EQ(reply.finish().reason, FinishReason::kEndTurn);
}

TEST(OpenAiDialects, I4_FinishWordsOfOtherProviders) {
  EXPECT_EQ(ReadChat(Content("Yes") + FinishReasonIs("end_turn")).finish().reason,
            FinishReason::kEndTurn);
  EXPECT_EQ(ReadChat(Content("Ye") + FinishReasonIs("MAX_TOKENS")).finish().reason,
            FinishReason::kMaxTokens);
  EXPECT_EQ(ReadChat(Content("Ye") + FinishReasonIs("SAFETY")).finish().reason,
            FinishReason::kContentFilter);
  const Reply cut =
      ReadChat(Tool(R"({"index":0,"id":"a","function":{"name":"f","arguments":"{\"q\":\"x"}})") +
               FinishReasonIs("max_tokens") + kDone);
  EXPECT_EQ(cut.finish().reason, FinishReason::kMaxTokens);
  EXPECT_THAT(cut.parts(), ElementsAre(Part(Call("a", "f", "{\"q\":\"x", /*finished=*/false))));
}

TEST(OpenAiDialects, I3_SeveralObjectsInOneLine) {
  const Reply reply = ReadChat(
      Data(
          R"({"choices":[{"index":0,"delta":{"content":"a"}}]}{"choices":[{"index":0,"delta":{"content":"b"}}]})") +
      FinishReasonIs("stop") + kDone);
  EXPECT_THAT(reply.parts(), ElementsAre(Part(Text("ab"))));
  EXPECT_EQ(reply.finish().reason, FinishReason::kEndTurn);
}

TEST(OpenAiDialects, I4_AConnectionThatBreaksAfterTheFinishHasNotCutTheReply) {
  const Status broken(Code::kNetwork, "reset");
  Reply reply = ReadChat(Content("Yes") + FinishReasonIs("stop"), broken);
  EXPECT_TRUE(reply.outcome.status.ok());
  EXPECT_EQ(reply.finish().reason, FinishReason::kEndTurn);
  reply = ReadChat(Tool(R"({"index":0,"id":"a","function":{"name":"f","arguments":"{}"}})") +
                       FinishReasonIs("tool_calls"),
                   broken);
  EXPECT_EQ(reply.finish().reason, FinishReason::kToolUse);
  EXPECT_THAT(reply.parts(), ElementsAre(Part(Call("a", "f", "{}"))));
  reply = ReadChat(Content("Ye"), broken);
  EXPECT_EQ(reply.outcome.status.code(), Code::kNetwork);
}

}  // namespace
}  // namespace millrace
