// OpenAI chat: tool calls, told apart however a provider numbers them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "streams/reply.h"

namespace millrace {
namespace {

using testing::ElementsAre;

std::string Tools(const std::string& calls) { return Delta("{\"tool_calls\":[" + calls + "]}"); }

Reply ReadTools(const std::string& stream) {
  Reply reply = ReadChat(stream + FinishReasonIs("tool_calls") + kDone);
  EXPECT_EQ(reply.finish().reason, FinishReason::kToolUse);
  return reply;
}

TEST(OpenAiTools, I3_Row08_IdAndNameOnTheFirstDeltaOnly) {
  const Reply reply = ReadTools(
      Tools(R"({"index":0,"id":"c1","type":"function","function":{"name":"get","arguments":""}})") +
      Tools(R"({"index":0,"function":{"arguments":"{\"q\":"}})") +
      Tools(R"({"index":0,"id":null,"function":{"name":null,"arguments":"\"é\"}"}})"));
  EXPECT_THAT(reply.parts(), ElementsAre(Call("c1", "get", R"({"q":"é"})")));
}

TEST(OpenAiTools, I3_Row08_NameRepeatedIsNotAppended) {
  EXPECT_THAT(
      ReadTools(Tools(R"({"index":0,"id":"c1","function":{"name":"get","arguments":"{"}})") +
                Tools(R"({"index":0,"id":"c1","function":{"name":"get","arguments":"}"}})") +
                Tools(R"({"index":0,"id":"","function":{"name":"get"}})"))
          .parts(),
      ElementsAre(Call("c1", "get", "{}")));
}

TEST(OpenAiTools, I3_Row08_ArgumentsWhole) {
  EXPECT_THAT(
      ReadTools(Tools(R"({"index":0,"id":"c1","function":{"name":"get","arguments":"{\"a\":1}"}})"))
          .parts(),
      ElementsAre(Call("c1", "get", "{\"a\":1}")));
  // An object where a string is expected.
  EXPECT_THAT(
      ReadTools(Tools(R"({"index":0,"id":"c1","function":{"name":"get","arguments":{ "a": 1 }}})"))
          .parts(),
      ElementsAre(Call("c1", "get", "{\"a\":1}")));
}

TEST(OpenAiTools, I3_Row06_ParallelCallsInterleaved) {
  const Reply reply = ReadTools(
      Tools(R"({"index":0,"id":"a","function":{"name":"f","arguments":"{\"x\""}})") +
      Tools(R"({"index":1,"id":"b","function":{"name":"f","arguments":"{\"y\""}},)"
            R"({"index":2,"id":"c","function":{"name":"g","arguments":""}})") +
      Tools(
          R"({"index":0,"function":{"arguments":":1"}},{"index":1,"function":{"arguments":":2"}})") +
      Tools(
          R"({"index":1,"function":{"arguments":"}"}},{"index":0,"function":{"arguments":"}"}})"));
  EXPECT_THAT(reply.parts(), ElementsAre(Call("a", "f", "{\"x\":1}"), Call("b", "f", "{\"y\":2}"),
                                         Call("c", "g", "")));
}

TEST(OpenAiTools, I3_Row07_IndexAlwaysZeroWithDifferentIds) {
  EXPECT_THAT(
      ReadTools(Tools(R"({"index":0,"id":"a","function":{"name":"f","arguments":"{\"x\":"}})") +
                Tools(R"({"index":0,"function":{"arguments":"1}"}})") +
                Tools(R"({"index":0,"id":"b","function":{"name":"f","arguments":"{\"y\":"}})") +
                Tools(R"({"index":0,"function":{"arguments":"2}"}})") +
                // Back to the first call, by its id.
                Tools(R"({"index":0,"id":"a","function":{"arguments":" "}})"))
          .parts(),
      ElementsAre(Call("a", "f", "{\"x\":1} "), Call("b", "f", "{\"y\":2}")));
}

TEST(OpenAiTools, I3_Row07_IndexMissing) {
  EXPECT_THAT(
      ReadTools(Tools(R"({"id":"a","function":{"name":"f","arguments":"{"}})") +
                Tools(R"({"function":{"arguments":"}"}})") +
                Tools(R"({"id":"b","function":{"name":"f","arguments":"{"}})") +
                Tools(R"({"function":{"arguments":"}"}},{"id":"a","function":{"arguments":" "}})"))
          .parts(),
      ElementsAre(Call("a", "f", "{} "), Call("b", "f", "{}")));
}

TEST(OpenAiTools, I3_Row07_NeitherIndexNorId) {
  EXPECT_THAT(
      ReadTools(Tools(R"({"function":{"name":"f","arguments":"{}"}},)"
                      R"({"function":{"name":"f","arguments":"[]"}})") +
                Tools(R"({"function":{"name":"g","arguments":"1"}})"))
          .parts(),
      ElementsAre(Call("call_0", "f", "{}"), Call("call_1", "f", "[]"), Call("call_2", "g", "1")));
}

TEST(OpenAiTools, I3_Row07_AnotherFunctionAtAnOccupiedIndexWithoutIds) {
  EXPECT_THAT(ReadTools(Tools(R"({"index":0,"function":{"name":"f","arguments":"{}"}})") +
                        Tools(R"({"index":0,"function":{"name":"g","arguments":"{}"}})"))
                  .parts(),
              ElementsAre(Call("call_0", "f", "{}"), Call("call_1", "g", "{}")));
}

TEST(OpenAiTools, I3_Row07_OneIdForTwoCalls) {
  EXPECT_THAT(ReadTools(Tools(R"({"index":0,"id":"x","function":{"name":"f","arguments":"{}"}})") +
                        Tools(R"({"index":1,"id":"x","function":{"name":"g","arguments":"["}})") +
                        Tools(R"({"index":1,"id":"x","function":{"arguments":"]"}})"))
                  .parts(),
              ElementsAre(Call("x", "f", "{}"), Call("call_1", "g", "[]")));
}

TEST(OpenAiTools, I3_IdThatComesLateIsOfTheSameCall) {
  EXPECT_THAT(ReadTools(Tools(R"({"index":0,"function":{"name":"f","arguments":"{"}})") +
                        Tools(R"({"index":0,"id":"late","function":{"arguments":"}"}})"))
                  .parts(),
              ElementsAre(Call("call_0", "f", "{}")));
}

TEST(OpenAiTools, I3_MadeUpIdIsNotOneInUse) {
  EXPECT_THAT(ReadTools(Tools(R"({"index":0,"id":"call_1","function":{"name":"f"}})") +
                        Tools(R"({"index":1,"function":{"name":"g"}})"))
                  .parts(),
              ElementsAre(Call("call_1", "f", ""), Call("call_2", "g", "")));
}

TEST(OpenAiTools, I3_NameThatComesLateOrNever) {
  const Reply reply = ReadTools(Tools(R"({"index":0,"id":"a","function":{"arguments":"{\"x\""}})") +
                                Tools(R"({"index":1,"id":"b","function":{"arguments":"{}"}})") +
                                Tools(R"({"index":0,"function":{"name":"f","arguments":":1}"}})"));
  EXPECT_THAT(reply.parts(), ElementsAre(Call("a", "f", "{\"x\":1}"), Call("b", "", "{}")));
}

TEST(OpenAiTools, I3_CustomToolInputIsFreeText) {
  EXPECT_THAT(
      ReadTools(
          Tools(R"({"index":0,"id":"a","type":"custom","custom":{"name":"sql","input":""}})") +
          Tools(R"({"index":0,"custom":{"input":"SELECT "}})") +
          Tools(R"({"index":0,"custom":{"input":"\"1\""}})"))
          .parts(),
      ElementsAre(Call("a", "sql", "SELECT \"1\"")));
}

TEST(OpenAiTools, I3_LegacyFunctionCall) {
  const Reply reply =
      ReadChat(Delta(R"({"function_call":{"name":"f","arguments":""},"content":null})") +
               Delta(R"({"function_call":{"arguments":"{}"}})") + FinishReasonIs("function_call"));
  EXPECT_THAT(reply.parts(), ElementsAre(Call("call_0", "f", "{}")));
  EXPECT_EQ(reply.finish().reason, FinishReason::kToolUse);
}

TEST(OpenAiTools, I3_Row14_SurrogatesOfInterleavedInputs) {
  EXPECT_THAT(
      ReadTools(Tools(R"({"index":0,"id":"a","function":{"name":"f","arguments":"1\ud83d"}})") +
                Tools(R"({"index":1,"id":"b","function":{"name":"f","arguments":"2\ud83d"}})") +
                Tools(R"({"index":0,"function":{"arguments":"\ude00"}})") +
                Tools(R"({"index":1,"function":{"arguments":"x\ud83d"}})"))
          .parts(),
      ElementsAre(Call("a", "f", "1😀"), Call("b", "f", "2\uFFFDx\uFFFD")));
}

TEST(OpenAiTools, I4_ReplyEndingInToolCallsIsToolUse) {
  const std::string call =
      Tools(R"({"index":0,"id":"a","function":{"name":"f","arguments":"{}"}})");
  for (const std::string reason : {"stop", "tool_calls", "function_call", "eos"}) {
    const Reply reply = ReadChat(call + FinishReasonIs(reason));
    EXPECT_EQ(reply.finish().reason, FinishReason::kToolUse) << reason;
    EXPECT_EQ(reply.finish().details, "") << reason;
  }
}

TEST(OpenAiTools, I4_CutReplyLeavesItsLastCallUnfinished) {
  const std::string calls =
      Tools(R"({"index":0,"id":"a","function":{"name":"f","arguments":"{}"}})") +
      Tools(R"({"index":1,"id":"b","function":{"name":"f","arguments":"{\"q"}})");
  const auto cut = ElementsAre(Call("a", "f", "{}"), Call("b", "f", "{\"q", false));
  const Reply at_length = ReadChat(calls + FinishReasonIs("length") + kDone);
  EXPECT_THAT(at_length.parts(), cut);
  EXPECT_EQ(at_length.finish().reason, FinishReason::kMaxTokens);
  const Reply without_end = ReadChat(calls);
  EXPECT_THAT(without_end.parts(), cut);
  EXPECT_EQ(without_end.finish().reason, FinishReason::kUnknown);
  EXPECT_THAT(ReadChat(calls, {Code::kNetwork, "reset"}).parts(), cut);
  EXPECT_THAT(ReadChat(calls, {Code::kAborted, "stop"}).parts(), cut);
}

// A continued reply: a call without an id gets a new id that is not in use.
TEST(OpenAiTools, I1_ACallWithoutAnIdTakesThePlaceOfNoStoredOne) {
  const auto reader = MakeStreamReader(
      StreamFormat::kOpenAiChat,
      {Call("call_0", "f", "{}"), Text("hi"), Call("call_2", "f", "{}"), Call("b", "f", "{}")});
  std::vector<Mutation> out;
  reader->Push(Tools(R"({"index":0,"function":{"name":"f"}})") +
                   Tools(R"({"index":1,"function":{"name":"g"}})") +
                   Tools(R"({"index":2,"id":"b","function":{"name":"h"}})"),
               out);
  std::vector<std::string> ids;
  for (const Mutation& mutation : out) {
    if (const auto* put = std::get_if<PutToolCall>(&mutation)) ids.push_back(put->call.id);
  }
  EXPECT_THAT(ids, ElementsAre("call_1", "call_3", "b"))
      << "an id that the provider sends is the stored call's, sent again";
}

TEST(OpenAiTools, I3_TextHeldForATagComesBeforeTheCall) {
  EXPECT_THAT(ReadTools(Content("<thi") + Tools(R"({"index":0,"id":"a","function":{"name":"f"}})") +
                        Content("nk>x"))
                  .parts(),
              ElementsAre(Text("<thi"), Call("a", "f", ""), Text("nk>x")));
}

}  // namespace
}  // namespace millrace
