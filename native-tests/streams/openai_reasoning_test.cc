// OpenAI chat: the dialects of reasoning, and refusals.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "streams/reply.h"

namespace millrace {
namespace {

using testing::ElementsAre;

std::vector<Part> Parts(const std::string& stream) {
  return ReadChat(stream + FinishReasonIs("stop") + kDone).parts();
}

TEST(OpenAiReasoning, I3_FieldsOfEachDialect) {
  for (const std::string field : {"reasoning_content", "reasoning"}) {
    EXPECT_THAT(Parts(Delta("{\"" + field + "\":\"Let \",\"content\":null}") +
                      Delta("{\"" + field + "\":\"me see\",\"content\":\"\"}") +
                      Delta("{\"" + field + "\":null,\"content\":\"Yes\"}")),
                ElementsAre(Reasoning("Let me see"), Text("Yes")));
  }
}

TEST(OpenAiReasoning, I3_SameTextUnderSeveralNamesCountsOnce) {
  EXPECT_THAT(
      Parts(Delta(R"({"reasoning_content":"Hm","reasoning":"Hm",)"
                  R"("reasoning_details":[{"type":"reasoning.text","text":"Hm","index":0}]})") +
            Content("Yes")),
      ElementsAre(Reasoning("Hm"), Text("Yes")));
}

TEST(OpenAiReasoning, I3_DetailsCarryTextSummaryAndSignature) {
  EXPECT_THAT(
      Parts(
          Delta(R"({"reasoning_details":[{"type":"reasoning.summary","summary":"Sum. "}]})") +
          Delta(
              R"({"reasoning_details":[{"type":"reasoning.text","text":"Text","signature":null}]})") +
          Delta(R"({"reasoning_details":[{"type":"reasoning.text","signature":"Eq+/="}]})") +
          Content("Yes")),
      ElementsAre(Reasoning("Sum. Text", "Eq+/="), Text("Yes")));
}

TEST(OpenAiReasoning, I3_SignatureOfHiddenReasoning) {
  const std::vector<Part> parts =
      Parts(Delta(R"({"reasoning_details":[{"type":"reasoning.text","signature":"Eq"}]})") +
            Content("Yes"));
  ASSERT_EQ(parts.size(), 2u);
  EXPECT_EQ(std::get<ReasoningPart>(parts[0]).text, "");
  EXPECT_EQ(std::get<ReasoningPart>(parts[0]).signature, "Eq");
}

TEST(OpenAiReasoning, I3_EncryptedDetailsAreKeptVerbatim) {
  const std::string detail = R"({"type":"reasoning.encrypted","data":"gAAA","id":"rs_1"})";
  const CustomPart redacted{"redacted_reasoning", detail, ""};
  EXPECT_THAT(
      Parts(Delta(R"({"reasoning":"Hm"})") + Delta("{\"reasoning_details\":[" + detail + "]}") +
            Delta(R"({"reasoning":"m"})") + Content("Yes")),
      ElementsAre(Reasoning("Hmm"), redacted, Text("Yes")));
  EXPECT_THAT(Parts(Content("Yes") + Delta("{\"reasoning_details\":[ " + detail + " ]}")),
              ElementsAre(Text("Yes"), redacted));
}

TEST(OpenAiReasoning, I3_EndsWhereTheAnswerOrACallBegins) {
  const auto reader = MakeStreamReader(StreamFormat::kOpenAiChat);
  std::vector<Mutation> out;
  reader->Push(Delta(R"({"reasoning":"Hm"})"), out);
  EXPECT_THAT(out, ElementsAre(Mutation(AppendReasoning{"Hm"})));
  out.clear();
  reader->Push(Content("a"), out);
  EXPECT_THAT(out, ElementsAre(Mutation(EndReasoning{""}), Mutation(AppendText{"a", false})));
  out.clear();
  reader->Push(Delta(R"({"reasoning":"More"})"), out);
  reader->Push(Delta(R"({"tool_calls":[{"index":0,"id":"x","function":{"name":"f"}}]})"), out);
  EXPECT_THAT(out, ElementsAre(Mutation(AppendReasoning{"More"}), Mutation(EndReasoning{""}),
                               Mutation(PutToolCall{Call("x", "f", "", false)})));
}

// Row 12: the order of the stream is the order of the parts.
TEST(OpenAiReasoning, I3_Row12_OrderOfPartsIsTheOrderOfTheStream) {
  EXPECT_THAT(
      Parts(
          Delta(R"({"reasoning":"R1"})") + Content("T1") +
          Delta(
              R"({"tool_calls":[{"index":0,"id":"x","function":{"name":"f","arguments":"{}"}}]})") +
          Delta(R"({"reasoning":"R2"})") +
          Delta(
              R"({"tool_calls":[{"index":1,"id":"y","function":{"name":"g","arguments":"{}"}}]})") +
          Content("T2")),
      ElementsAre(Reasoning("R1"), Text("T1"), Call("x", "f", "{}"), Reasoning("R2"),
                  Call("y", "g", "{}"), Text("T2")));
}

TEST(OpenAiReasoning, I3_ThinkTagsHoweverSplit) {
  const std::string content =
      "\\n<think>\\nLet me <b>see</b> </thin k>\\n</think>\\n\\nYes </think> <think>x";
  const std::string reasoning = "Let me <b>see</b> </thin k>\n";
  const std::string text = "Yes </think> <think>x";
  EXPECT_THAT(Parts(Content(content)), ElementsAre(Reasoning(reasoning), Text(text)));
  // The text is also split between deltas, at every character (not inside an escape).
  for (std::size_t at = 1; at < content.size(); ++at) {
    if (content[at - 1] == '\\') continue;
    const Reply reply =
        Read(StreamFormat::kOpenAiChat,
             Content(content.substr(0, at)) + Content(content.substr(at)) + FinishReasonIs("stop"));
    EXPECT_THAT(reply.parts(), ElementsAre(Reasoning(reasoning), Text(text))) << "at " << at;
  }
}

TEST(OpenAiReasoning, I3_ThinkTagCountsOnlyAtTheStart) {
  EXPECT_THAT(Parts(Content("a <think>b</think>")), ElementsAre(Text("a <think>b</think>")));
  EXPECT_THAT(Parts(Content("<thinking>b")), ElementsAre(Text("<thinking>b")));
  EXPECT_THAT(Parts(Content("<") + Content("b>")), ElementsAre(Text("<b>")));
  EXPECT_THAT(Parts(Content(" ") + Content("\\n") + Content("b")), ElementsAre(Text(" \nb")));
  EXPECT_THAT(Parts(Content(std::string(1000, ' ') + "<think>")),
              ElementsAre(Text(std::string(1000, ' ') + "<think>")));
}

TEST(OpenAiReasoning, I3_MissingThinkTagIsNotGuessed) {
  EXPECT_THAT(Parts(Content("Hm.\\n</think>\\nYes")), ElementsAre(Text("Hm.\n</think>\nYes")));
}

TEST(OpenAiReasoning, I3_EmptyThinkIsNoReasoning) {
  EXPECT_THAT(Parts(Content("<think>\\n\\n</think>\\n\\n") + Content("Yes")),
              ElementsAre(Text("Yes")));
}

TEST(OpenAiReasoning, I3_UnfinishedThinkTagsAreKept) {
  EXPECT_THAT(Parts(Content("<think>a</thi")), ElementsAre(Reasoning("a</thi")));
  EXPECT_THAT(Parts(Content("<thi")), ElementsAre(Text("<thi")));
  EXPECT_THAT(Parts(Content("\\n ")), ElementsAre(Text("\n ")));
}

TEST(OpenAiReasoning, I3_ListsOfContent) {
  EXPECT_THAT(
      Parts(Delta(R"({"content":[{"type":"thinking","thinking":[{"type":"text","text":"H"}]}]})") +
            Delta(R"({"content":[{"type":"thinking","thinking":[{"type":"text","text":"m"}]}]})") +
            Delta(R"({"content":[{"type":"text","text":"Yes"}]})") + Content("!")),
      ElementsAre(Reasoning("Hm"), Text("Yes!")));
}

TEST(OpenAiReasoning, I3_Row14_SurrogatesOfReasoningAndRefusal) {
  EXPECT_THAT(Parts(Delta(R"({"reasoning":"a\ud83d"})") + Delta(R"({"reasoning":"\ude00"})") +
                    Delta(R"({"reasoning":"b\ud83d"})") + Content("\\ude00c\\ud83d") +
                    Delta(R"({"refusal":"no\ud83d"})") + Delta(R"({"refusal":"\ude00"})")),
              ElementsAre(Reasoning("a😀b\uFFFD"), Text("\uFFFDc\uFFFD"), Refusal("no😀")));
}

TEST(OpenAiRefusal, I4_IsMarkedTextAndContentFilter) {
  const Reply reply = ReadChat(Content("Well, ") + Delta(R"({"refusal":"I can"})") +
                               Delta(R"({"refusal":"not."})") + FinishReasonIs("stop") + kDone);
  EXPECT_THAT(reply.parts(), ElementsAre(Text("Well, "), Refusal("I cannot.")));
  EXPECT_EQ(reply.finish().reason, FinishReason::kContentFilter);
  EXPECT_TRUE(reply.outcome.status.ok());
}

}  // namespace
}  // namespace millrace
