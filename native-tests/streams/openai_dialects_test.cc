// Differences of servers that imitate OpenAI's chat completions: one case for each kind that was
// reported in public.

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

// Two choices at once are two replies. The message is one of them, the same one to its end.
TEST(OpenAiDialects, I3_OfSeveralChoicesOneIsRead) {
  const auto chunk = [](const std::string& index, const std::string& text) {
    return R"({"index":)" + index + R"(,"delta":{"content":")" + text + R"("}})";
  };
  const auto event = [](const std::string& choices) {
    return Data(R"({"choices":[)" + choices + "]}");
  };
  const std::string end = FinishReasonIs("stop") + kDone;
  EXPECT_THAT(ReadChat(event(chunk("0", "a")) + event(chunk("1", "x")) + event(chunk("0", "b")) +
                       event(chunk("1", "y")) + end)
                  .parts(),
              ElementsAre(Text("ab")));
  EXPECT_THAT(ReadChat(event(chunk("1", "x") + "," + chunk("0", "a")) +
                       event(chunk("0", "b") + "," + chunk("1", "y")) + end)
                  .parts(),
              ElementsAre(Text("ab")));
  const std::string other = Data(R"({"choices":[{"index":3,"delta":{},"finish_reason":"stop"}]})");
  const Reply one = ReadChat(event(chunk("3", "a")) + event(chunk("3", "b")) + other + kDone);
  EXPECT_THAT(one.parts(), ElementsAre(Text("ab")))
      << "one choice is the reply, whatever its number";
  EXPECT_EQ(one.finish().reason, FinishReason::kEndTurn);
}

TEST(OpenAiDialects, I3_AnInputThatIsSentAsAllSoFarIsNotGluedTogether) {
  const Reply reply =
      ReadChat(Tool(R"({"index":0,"id":"a","function":{"name":"f","arguments":"{"}})") +
               Tool(R"({"index":0,"function":{"arguments":"{\"q\":"}})") +
               Tool(R"({"index":0,"function":{"arguments":"{\"q\":"}})") +
               Tool(R"({"index":0,"function":{"arguments":"{\"q\":\"{\"}"}})") +
               Tool(R"({"index":0,"function":{"arguments":"{\"q\":\"{\"}"}})") +
               FinishReasonIs("tool_calls") + kDone);
  EXPECT_THAT(reply.parts(), ElementsAre(Call("a", "f", R"({"q":"{"})")));
  EXPECT_THAT(
      ReadChat(Tool(R"({"index":0,"id":"a","custom":{"name":"f","input":"{"}})") +
               Tool(R"({"index":0,"custom":{"input":"{x"}})") + FinishReasonIs("stop") + kDone)
          .parts(),
      ElementsAre(Call("a", "f", "{{x")))
      << "free text may repeat itself";
}

TEST(OpenAiDialects, I3_AudioIsKeptWithItsWords) {
  EXPECT_THAT(
      ReadChat(Delta(R"({"audio":{"id":"au_1","transcript":"Hel"}})") +
               Delta(R"({"audio":{"data":"AAA="}})") + Delta(R"({"audio":{"transcript":"lo"}})") +
               Delta(R"({"audio":{"data":"AQI="}})") + Delta(R"({"audio":{"expires_at":17}})") +
               FinishReasonIs("stop") + kDone)
          .parts(),
      ElementsAre(
          Text("Hello"),
          CustomPart{"audio", R"({"id":"au_1","expires_at":17,"data":["AAA=","AQI="]})", ""}));
}

TEST(OpenAiDialects, I3_SignaturesUnderAnyOfTheirNames) {
  for (const std::string name :
       {"signature", "reasoning_signature", "thinking_signature", "thought_signature"}) {
    EXPECT_THAT(ReadChat(Delta(R"({"reasoning":"Hm"})") + Delta("{\"" + name + "\":\"Eq+\"}") +
                         Delta("{\"" + name + "\":\"/=\"}") + Content("Yes") +
                         FinishReasonIs("stop") + kDone)
                    .parts(),
                ElementsAre(Reasoning("Hm", "Eq+/="), Text("Yes")))
        << name;
  }
  for (const std::string name :
       {"reasoning_opaque", "reasoning_encrypted_content", "encrypted_content"}) {
    const std::string opaque = "{\"" + name + "\":\"gA\"}";
    EXPECT_THAT(ReadChat(Content("Yes") + Delta(opaque) + FinishReasonIs("stop") + kDone).parts(),
                ElementsAre(Text("Yes"), CustomPart{"redacted_reasoning", opaque, ""}))
        << name;
  }
  const std::string redacted = R"({"type":"redacted_thinking","data":"gA"})";
  EXPECT_THAT(ReadChat(Delta(R"({"thinking_blocks":[{"type":"thinking","thinking":"Hm"}]})") +
                       Delta(R"({"thinking_blocks":[{"type":"thinking","signature":"Eq"},)" +
                             redacted + "]}") +
                       Content("Yes") + FinishReasonIs("stop") + kDone)
                  .parts(),
              ElementsAre(Reasoning("Hm", "Eq"), CustomPart{"redacted_reasoning", redacted, ""},
                          Text("Yes")));
}

TEST(OpenAiDialects, I3_WhatTheProviderWantsBackIsKeptWithTheMessage) {
  const std::string extra = R"({"google":{"thought_signature":"Eq"}})";
  const std::string fields = R"({"thought_signatures":["a"]})";
  EXPECT_THAT(ReadChat(Delta(R"({"content":"Hm","extra_content":{"google":{"thought":true}}})") +
                       Delta("{\"content\":\"Yes\",\"extra_content\":" + extra + "}") +
                       Data(R"({"choices":[{"index":0,"delta":{},"provider_specific_fields":)" +
                            fields + R"(,"finish_reason":"stop"}]})") +
                       kDone)
                  .parts(),
              ElementsAre(Reasoning("Hm"), Text("Yes"),
                          CustomPart{"provider_extra",
                                     "{\"extra_content\":" + extra +
                                         ",\"provider_specific_fields\":" + fields + "}",
                                     ""}));
}

TEST(OpenAiDialects, I4_AfterTheFinishOnlyCountsAreExpected) {
  const auto reader = MakeStreamReader(StreamFormat::kOpenAiChat);
  std::vector<Mutation> out;
  reader->Push(Content("a"), out);
  EXPECT_FALSE(reader->ending());
  reader->Push(FinishReasonIs("stop"), out);
  EXPECT_TRUE(reader->ending());
  EXPECT_FALSE(reader->done()) << "usage may follow";
  for (const std::string& more :
       {Content("b"), Delta(R"({"tool_calls":[{"index":0,"id":"c","function":{"name":"f"}}]})"),
        Delta(R"({"images":[{"image_url":{"url":"data:,"}}]})")}) {
    reader->Push(more, out);
    EXPECT_FALSE(reader->ending()) << "a gateway that sends several steps as one reply";
    reader->Push(FinishReasonIs("stop"), out);
    EXPECT_TRUE(reader->ending());
  }
  reader->Push(Data(R"({"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4}})"), out);
  reader->Finish(out);
  EXPECT_TRUE(reader->done());
  ASSERT_TRUE(reader->outcome().usage);
  EXPECT_EQ(reader->outcome().usage->output_tokens, 4);
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

// A part of the provider's own that is named like one of ours is not read back as that.
TEST(OpenAiDialects, I3_ContentNamedLikeAPartOfOursEndsNothing) {
  const Reply reply = ReadChat(Delta(R"({"content":[{"type":"finish","x":1}]})") + Content("a") +
                               FinishReasonIs("stop") + kDone);
  EXPECT_THAT(reply.parts(),
              ElementsAre(CustomPart{"x-finish", R"({"type":"finish","x":1})", ""}, Text("a")));
}

}  // namespace
}  // namespace millrace
