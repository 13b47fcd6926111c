// OpenAI Responses: reasoning, and tools of the application and of the provider.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "streams/openai_responses.h"

namespace millrace {
namespace {

using testing::ElementsAre;

std::string SummaryDelta(int part, const std::string& text) {
  return OfItem("reasoning_summary_text.delta", "rs", 0,
                "\"summary_index\":" + std::to_string(part) + ",\"delta\":\"" + text + "\"");
}

// A finished call that the provider executes.
ToolCallPart HostedCall(std::string id, std::string name, std::string input,
                        const std::string& item) {
  ToolCallPart call = ItemCall(id, std::move(name), std::move(input), id);
  call.provider_executed = true;
  call.extra.back() = ',';
  call.extra += "\"item\":" + item + "}";
  return call;
}

TEST(OpenAiResponsesReasoning, I3_SummariesWithTheirSignature) {
  const std::string item = R"({"id":"rs","type":"reasoning","encrypted_content":"gAAA==",)"
                           R"("summary":[{"type":"summary_text","text":"One"},)"
                           R"({"type":"summary_text","text":"Two"}]})";
  EXPECT_THAT(
      ResponseParts(
          ItemEvent("added", 0, R"({"id":"rs","type":"reasoning","summary":[]})") +
          SummaryDelta(0, "O") + SummaryDelta(0, "ne") +
          OfItem("reasoning_summary_text.done", "rs", 0, R"("summary_index":0,"text":"One")") +
          SummaryDelta(1, "T") + ItemEvent("done", 0, item) + OutputText("a", "m", 1) +
          Completed("[" + item + "]")),
      ElementsAre(ItemReasoning("One", "rs", "gAAA=="), ItemReasoning("Two", "rs/1"),
                  ItemText("a", "m")));
}

TEST(OpenAiResponsesReasoning, I3_RawReasoningBesideASummary) {
  EXPECT_THAT(
      ResponseParts(OfItem("reasoning_text.delta", "rs", 0, R"("content_index":0,"delta":"Hm")") +
                    OfItem("reasoning_text.done", "rs", 0, R"("content_index":0,"text":"Hmm")") +
                    SummaryDelta(0, "Thought")),
      ElementsAre(ItemReasoning("Hmm", "rs"), ItemReasoning("Thought", "rs/summary")));
}

TEST(OpenAiResponsesReasoning, I3_ReasoningWithoutTextIsKeptForTheProvider) {
  const std::string item =
      R"({"id":"rs","type":"reasoning","summary":[],"encrypted_content":"gAAA"})";
  EXPECT_THAT(ResponseParts(ItemEvent("done", 0, item) + Completed("[" + item + "]")),
              ElementsAre(CustomPart{"redacted_reasoning", item, ""}));
}

TEST(OpenAiResponsesReasoning, I3_Row12_ReasoningBetweenToolsStaysInOrder) {
  EXPECT_THAT(ResponseParts(SummaryDelta(0, "R") +
                            ItemEvent("done", 1, FunctionItem("f1", "c1", "f", "{}")) +
                            OutputText("T", "m", 2) +
                            ItemEvent("done", 3, FunctionItem("f2", "c2", "f", "{}"))),
              ElementsAre(ItemReasoning("R", "rs"), ItemCall("c1", "f", "{}", "f1"),
                          ItemText("T", "m"), ItemCall("c2", "f", "{}", "f2")));
}

TEST(OpenAiResponsesTools, I3_Row06_ParallelCallsInterleaved) {
  const Reply reply = ReadResponses(
      ItemEvent("added", 0, FunctionItem("f1", "c1", "f")) +
      ItemEvent("added", 1, FunctionItem("f2", "c2", "g")) + ArgumentsDelta("f1", 0, "{\\\"x\\\"") +
      ArgumentsDelta("f2", 1, "[") + ArgumentsDelta("f1", 0, ":1}") + ArgumentsDelta("f2", 1, "]") +
      OfItem("function_call_arguments.done", "f2", 1, R"("arguments":"[]")") +
      ItemEvent("done", 1, FunctionItem("f2", "c2", "g", "[]")) +
      ItemEvent("done", 0, FunctionItem("f1", "c1", "f", "{\\\"x\\\":1}")) + Completed());
  EXPECT_THAT(reply.parts(),
              ElementsAre(ItemCall("c1", "f", "{\"x\":1}", "f1"), ItemCall("c2", "g", "[]", "f2")));
  EXPECT_EQ(reply.finish().reason, FinishReason::kToolUse);
}

TEST(OpenAiResponsesTools, I3_ACallFinishesWithItsItem) {
  const auto reader = MakeStreamReader(StreamFormat::kOpenAiResponses);
  std::vector<Mutation> out;
  reader->Push(ItemEvent("added", 0, FunctionItem("f1", "c1", "f")) + ArgumentsDelta("f1", 0, "{}"),
               out);
  EXPECT_THAT(out, ElementsAre(Mutation(PutToolCall{ItemCall("c1", "f", "", "f1", false)}),
                               Mutation(AppendToolInput{"c1", "{}"})));
  out.clear();
  reader->Push(ItemEvent("done", 0, FunctionItem("f1", "c1", "f", "{}")), out);
  EXPECT_THAT(out, ElementsAre(Mutation(FinishToolCall{"c1"})));
}

TEST(OpenAiResponsesTools, I3_Row07_IndexAlwaysZeroOrMissing) {
  EXPECT_THAT(ResponseParts(ItemEvent("added", 0, FunctionItem("f1", "c1", "f")) +
                            ItemEvent("added", 0, FunctionItem("f2", "c2", "f")) +
                            ArgumentsDelta("f1", 0, "1") + ArgumentsDelta("f2", 0, "2")),
              ElementsAre(ItemCall("c1", "f", "1", "f1"), ItemCall("c2", "f", "2", "f2")));
  const auto delta = [](const std::string& id) {
    return ResponseEvent("function_call_arguments.delta",
                         "\"item_id\":\"" + id + "\",\"delta\":\"{}\"");
  };
  EXPECT_THAT(ResponseParts(
                  ResponseEvent("output_item.added", "\"item\":" + FunctionItem("f1", "c1", "f")) +
                  ResponseEvent("output_item.added", "\"item\":" + FunctionItem("f2", "c2", "f")) +
                  delta("f1") + delta("f2")),
              ElementsAre(ItemCall("c1", "f", "{}", "f1"), ItemCall("c2", "f", "{}", "f2")));
}

TEST(OpenAiResponsesTools, I3_Row08_ArgumentsWholeOrOnlyAtTheEnd) {
  const std::string call = FunctionItem("f1", "c1", "f", "{}");
  const auto expected = ElementsAre(ItemCall("c1", "f", "{}", "f1"));
  EXPECT_THAT(ResponseParts(ItemEvent("done", 0, call)), expected);
  EXPECT_THAT(ResponseParts(Completed("[" + call + "]")), expected);
  EXPECT_THAT(ResponseParts(ArgumentsDelta("f1", 0, "{") + ItemEvent("done", 0, call)), expected);
  EXPECT_THAT(ResponseParts(ItemEvent("added", 0, FunctionItem("f1", "c1", "f")) +
                            OfItem("function_call_arguments.done", "f1", 0,
                                   R"("name":"f","arguments":"{}")") +
                            ItemEvent("done", 0, call) + ItemEvent("done", 0, call)),
              expected);
}

TEST(OpenAiResponsesTools, I3_InputOfACallThatWasNeverNamedIsKept) {
  EXPECT_THAT(
      ResponseParts(ArgumentsDelta("f1", 0, "{}")),
      ElementsAre(testing::VariantWith<ToolCallPart>(testing::Field(&ToolCallPart::input, "{}"))));
}

TEST(OpenAiResponsesTools, I3_CustomToolInputIsFreeText) {
  ToolCallPart call = ItemCall("c1", "sql", "SELECT \"1\"", "ct");
  call.extra = R"({"item_id":"ct","item":{"id":"ct","type":"custom_tool_call","call_id":"c1",)"
               R"("name":"sql"}})";
  const std::string begin = R"({"id":"ct","type":"custom_tool_call","call_id":"c1","name":"sql",)";
  EXPECT_THAT(
      ResponseParts(ItemEvent("added", 0, begin + R"("input":""})") +
                    OfItem("custom_tool_call_input.delta", "ct", 0, R"("delta":"SELECT ")") +
                    OfItem("custom_tool_call_input.done", "ct", 0, R"("input":"SELECT \"1\"")") +
                    ItemEvent("done", 0, begin + R"("input":"SELECT \"1\""})")),
      ElementsAre(call));
}

TEST(OpenAiResponsesTools, I3_HostedTools) {
  const std::string search =
      R"({"id":"ws","type":"web_search_call","status":"completed","action":{"type":"search"}})";
  const std::string files = R"({"id":"fs","type":"file_search_call","status":"completed",)"
                            R"("queries":["q"],"results":[{"file_id":"x"}]})";
  const Reply reply = ReadResponses(
      ItemEvent("added", 0, R"({"id":"ws","type":"web_search_call","status":"in_progress"})") +
      OfItem("web_search_call.searching", "ws", 0, R"("x":1)") + ItemEvent("done", 0, search) +
      ItemEvent("done", 1, files) + Completed("[" + search + "," + files + "]"));
  EXPECT_THAT(reply.parts(),
              ElementsAre(HostedCall("ws", "web_search", R"({"type":"search"})", search),
                          HostedCall("fs", "file_search", R"({"queries":["q"]})",
                                     R"({"id":"fs","type":"file_search_call","status":"completed",)"
                                     R"("queries":["q"]})"),
                          ToolResultPart{"fs", "file_search", R"([{"file_id":"x"}])", "", "", "",
                                         false, ""}));
  EXPECT_EQ(reply.finish().reason, FinishReason::kEndTurn);
}

TEST(OpenAiResponsesTools, I3_CodeInterpreterKeepsCodeThatWasCut) {
  const std::string begin =
      R"({"id":"ci","type":"code_interpreter_call","status":"in_progress","code":"",)"
      R"("container_id":"x","outputs":null})";
  const Reply cut =
      ReadResponses(ItemEvent("added", 0, begin) +
                    OfItem("code_interpreter_call_code.delta", "ci", 0, R"("delta":"print(\"a")"));
  ASSERT_EQ(cut.parts().size(), 1u);
  EXPECT_EQ(std::get<ToolCallPart>(cut.parts()[0]).input, R"({"code":"print(\"a"})");
  EXPECT_FALSE(std::get<ToolCallPart>(cut.parts()[0]).finished);
  const std::string end = R"({"id":"ci","type":"code_interpreter_call","status":"failed",)"
                          R"("code":"1","container_id":"x","outputs":[{"logs":"no"}]})";
  const std::vector<Part> parts =
      ResponseParts(ItemEvent("added", 0, begin) + ItemEvent("done", 0, end));
  ASSERT_EQ(parts.size(), 2u);
  EXPECT_EQ(std::get<ToolCallPart>(parts[0]).input, R"({"code":"1","container_id":"x"})");
  EXPECT_EQ(parts[1], Part(ToolResultPart{"ci", "code_interpreter", R"([{"logs":"no"}])", "", "",
                                          "", true, ""}));
}

TEST(OpenAiResponsesTools, I3_McpCallsAndTheirErrors) {
  const std::string begin = R"({"id":"mc","type":"mcp_call","name":"echo","server_label":"s",)";
  const std::vector<Part> parts = ResponseParts(
      ItemEvent("added", 0, begin + R"("arguments":""})") +
      OfItem("mcp_call_arguments.delta", "mc", 0, R"("delta":"{\"a\"")") +
      OfItem("mcp_call_arguments.done", "mc", 0, R"("arguments":"{\"a\":1}")") +
      ItemEvent("done", 0, begin + R"("arguments":"{\"a\":1}","output":null,"error":"No"})"));
  const std::string item = R"({"id":"mc","type":"mcp_call","name":"echo","server_label":"s"})";
  ASSERT_EQ(parts.size(), 2u);
  EXPECT_EQ(parts[0], Part(HostedCall("mc", "echo", "{\"a\":1}", item)));
  const auto& result = std::get<ToolResultPart>(parts[1]);
  EXPECT_EQ(result.content, "No");
  EXPECT_TRUE(result.is_error);
  EXPECT_THAT(result.extra, testing::HasSubstr(R"("error":"No")"));
}

TEST(OpenAiResponsesTools, I3_ImagesAreFiles) {
  const std::string begin = R"({"id":"ig","type":"image_generation_call","status":"completed",)";
  const std::vector<Part> parts = ResponseParts(
      OfItem("image_generation_call.partial_image", "ig", 0, R"("partial_image_b64":"AAAA")") +
      ItemEvent("done", 0, begin + R"("output_format":"webp","result":"aGk="})"));
  ASSERT_EQ(parts.size(), 2u);
  EXPECT_EQ(std::get<ToolCallPart>(parts[0]).name, "image_generation");
  EXPECT_THAT(std::get<ToolCallPart>(parts[0]).extra, testing::Not(testing::HasSubstr("aGk")));
  EXPECT_EQ(parts[1], Part(BinaryPart{"", "image/webp", "hi", R"({"item_id":"ig"})"}));
  const Reply large = Read(
      StreamFormat::kOpenAiResponses,
      ItemEvent("done", 0, begin + "\"result\":\"" + std::string(kFileBase64Bytes, 'A') + "\"}") +
          Completed());
  ASSERT_EQ(large.files.size(), 1u);
  EXPECT_EQ(large.files[0].media_type, "image/png");
  EXPECT_THAT(ResponseParts(ItemEvent("done", 0, begin + R"("result":"?"})"))[1],
              testing::VariantWith<CustomPart>(testing::_));
}

TEST(OpenAiResponsesTools, I4_ToolsThatTheApplicationRunsAreToolUse) {
  const std::string shell = R"({"id":"sh","type":"shell_call","call_id":"c1","action":{},)";
  const std::string local = shell + R"("environment":{"type":"local"}})";
  const std::string hosted = shell + R"("environment":{"type":"container_reference"}})";
  const auto reason = [](const std::string& stream) {
    return ReadResponses(stream + Completed()).finish().reason;
  };
  EXPECT_EQ(reason(ItemEvent("done", 0, local)), FinishReason::kToolUse);
  EXPECT_EQ(reason(ItemEvent("done", 0, hosted)), FinishReason::kEndTurn);
  EXPECT_EQ(reason(ItemEvent("done", 0, local) +
                   ItemEvent("done", 1,
                             R"({"id":"so","type":"shell_call_output","call_id":"c1",)"
                             R"("output":[{"stdout":"x"}]})")),
            FinishReason::kEndTurn);
  EXPECT_EQ(reason(ItemEvent("done", 0, R"({"id":"x","type":"computer_call","call_id":"c2"})")),
            FinishReason::kToolUse);
}

TEST(OpenAiResponsesTools, I4_CutReplyLeavesItsLastCallUnfinished) {
  const std::string calls = ItemEvent("done", 0, FunctionItem("f1", "c1", "f", "{}")) +
                            ItemEvent("added", 1, FunctionItem("f2", "c2", "f")) +
                            ArgumentsDelta("f2", 1, "{\\\"q");
  const std::string incomplete =
      ItemEvent("done", 1, FunctionItem("f2", "c2", "f", "{\\\"q", "incomplete")) +
      ResponseEvent("incomplete",
                    R"("response":{"incomplete_details":{"reason":"max_output_tokens"}})");
  const auto cut = ElementsAre(ItemCall("c1", "f", "{}", "f1"),
                               ItemCall("c2", "f", "{\"q", "f2", /*finished=*/false));
  const Reply at_length = ReadResponses(calls + incomplete);
  EXPECT_THAT(at_length.parts(), cut);
  EXPECT_EQ(at_length.finish().reason, FinishReason::kMaxTokens);
  EXPECT_THAT(ReadResponses(calls).parts(), cut);
  EXPECT_THAT(ReadResponses(calls, {Code::kNetwork, "reset"}).parts(), cut);
}

// A reply that is continued after a crash: the deltas name only the item.
TEST(OpenAiResponsesTools, I1_DeltasGoOnInTheStoredParts) {
  const std::vector<Part> stored = {ItemText("Hel", "m"),
                                    ItemCall("c1", "f", "{\"a\"", "f1", /*finished=*/false),
                                    CustomPart{"source", R"({"u":1})", ""}};
  const auto reader = MakeStreamReader(StreamFormat::kOpenAiResponses, stored);
  std::vector<Mutation> out;
  reader->Push(OutputText("l") + OfItem("output_text.done", "m", 0, R"("text":"Hello")") +
                   OfItem("output_text.annotation.added", "m", 0, R"("annotation":{"u":1})") +
                   ArgumentsDelta("f1", 1, ":1") +
                   ItemEvent("done", 1, FunctionItem("f1", "c1", "f", "{\\\"a\\\":1}")) +
                   Completed(),
               out);
  EXPECT_THAT(
      out, ElementsAre(Mutation(AppendText{"l", false, "m"}), Mutation(AppendText{"o", false, "m"}),
                       Mutation(AppendToolInput{"c1", ":1"}), Mutation(AppendToolInput{"c1", "}"}),
                       Mutation(FinishToolCall{"c1"}),
                       Mutation(Finish{FinishReason::kToolUse, "", ""})));
}

TEST(OpenAiResponsesReasoning, I1_StoredReasoningIsNotKeptTwice) {
  const std::string item = R"({"id":"rs","type":"reasoning","summary":[{"type":"summary_text",)"
                           R"("text":"Hm"}],"encrypted_content":"gA"})";
  const auto written = [&](const Part& stored) {
    const auto reader = MakeStreamReader(StreamFormat::kOpenAiResponses, {stored});
    std::vector<Mutation> out;
    reader->Push(Completed("[" + item + "]"), out);
    return out.size() - 1;  // without the finish
  };
  EXPECT_EQ(written(ItemReasoning("Hm", "rs", "gA")), 0u);
  EXPECT_EQ(written(CustomPart{"redacted_reasoning", R"({"id":"rs"})", ""}), 2u)
      << "its text came only now, and ends";
  EXPECT_EQ(written(ItemReasoning("Hm", "rs")), 1u) << "the signature came only now";
}

}  // namespace
}  // namespace millrace
