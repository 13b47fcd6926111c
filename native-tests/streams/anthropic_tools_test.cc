// Anthropic: tools of the application and of the provider.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "streams/anthropic.h"

namespace millrace {
namespace {

using testing::ElementsAre;

ToolCallPart ServerCall(std::string id, std::string name, std::string input,
                        const std::string& item) {
  ToolCallPart call = Call(std::move(id), std::move(name), std::move(input));
  call.provider_executed = true;
  call.extra = "{\"item\":" + item + "}";
  return call;
}

ToolResultPart ServerResult(std::string id, std::string name, std::string content,
                            const std::string& item, bool is_error = false) {
  ToolResultPart result;
  result.tool_call_id = std::move(id);
  result.name = std::move(name);
  result.content = std::move(content);
  result.is_error = is_error;
  result.extra = "{\"item\":" + item + "}";
  return result;
}

TEST(AnthropicTools, I3_Row06_ParallelCallsInterleaved) {
  EXPECT_THAT(
      AnthropicParts(ToolStart(0, "a", "f") + ToolStart(1, "b", "g") + InputDelta(0, "{\\\"x\\\"") +
                     InputDelta(1, "{\\\"y\\\"") + InputDelta(0, ":1}") + InputDelta(1, ":2}") +
                     BlockStop(1) + BlockStop(0)),
      ElementsAre(Call("a", "f", "{\"x\":1}"), Call("b", "g", "{\"y\":2}")));
}

TEST(AnthropicTools, I3_ACallFinishesWhenItsBlockStops) {
  const auto reader = MakeStreamReader(StreamFormat::kAnthropic);
  std::vector<Mutation> out;
  reader->Push(ToolStart(0, "a", "f") + InputDelta(0, "{}") + BlockStop(0), out);
  EXPECT_THAT(out,
              ElementsAre(Mutation(PutToolCall{Call("a", "f", "", false)}),
                          Mutation(AppendToolInput{"a", "{}"}), Mutation(FinishToolCall{"a"})));
}

TEST(AnthropicTools, I3_Row07_IndexAlwaysZeroOrMissing) {
  EXPECT_THAT(AnthropicParts(ToolStart(0, "a", "f") + InputDelta(0, "{}") + BlockStop(0) +
                             ToolStart(0, "b", "f") + InputDelta(0, "[]")),
              ElementsAre(Call("a", "f", "{}"), Call("b", "f", "[]")));
  const std::string start = R"("content_block":{"type":"tool_use","name":"f","id":)";
  const std::string input = R"("delta":{"type":"input_json_delta","partial_json":"{}"})";
  EXPECT_THAT(AnthropicParts(AnthropicEvent("content_block_start", start + "\"a\"}") +
                             AnthropicEvent("content_block_delta", input) +
                             AnthropicEvent("content_block_stop") +
                             AnthropicEvent("content_block_start", start + "\"b\"}") +
                             AnthropicEvent("content_block_delta", input)),
              ElementsAre(Call("a", "f", "{}"), Call("b", "f", "{}")));
}

TEST(AnthropicTools, I3_Row07_IdsMissingOrUsedTwice) {
  EXPECT_THAT(
      AnthropicParts(ToolStart(0, "", "f") + InputDelta(0, "{}") + ToolStart(1, "call_2", "g") +
                     ToolStart(2, "call_2", "g") + InputDelta(2, "[]")),
      ElementsAre(Call("call_0", "f", "{}"), Call("call_2", "g", "{}"), Call("call_3", "g", "[]")));
}

TEST(AnthropicTools, I3_Row08_InputEmptyOrWholeOrAtTheStart) {
  EXPECT_THAT(AnthropicParts(ToolStart(0, "a", "f") + InputDelta(0, "") + BlockStop(0)),
              ElementsAre(Call("a", "f", "{}")));
  EXPECT_THAT(AnthropicParts(ToolStart(0, "a", "f") + InputDelta(0, "{\\\"q\\\": \\\"é\\\"}") +
                             BlockStop(0)),
              ElementsAre(Call("a", "f", "{\"q\": \"é\"}")));
  EXPECT_THAT(
      AnthropicParts(BlockStart(0, R"({"type":"tool_use","id":"a","name":"f","input":{"q": 1}})") +
                     BlockStop(0)),
      ElementsAre(Call("a", "f", "{\"q\":1}")));
}

TEST(AnthropicTools, I3_FieldsThatACallHasNoPlaceForAreKept) {
  ToolCallPart call = Call("a", "f", "{}");
  call.extra = R"({"item":{"type":"tool_use","id":"a","name":"f","caller":{"type":"direct"}}})";
  EXPECT_THAT(AnthropicParts(BlockStart(0, R"({"type":"tool_use","id":"a","name":"f","input":{},)"
                                           R"("caller":{"type":"direct"}})") +
                             BlockStop(0)),
              ElementsAre(call));
}

TEST(AnthropicTools, I3_Row14_SurrogatesOfInputs) {
  EXPECT_THAT(AnthropicParts(ToolStart(0, "a", "f") + ToolStart(1, "b", "f") +
                             InputDelta(0, "1\\ud83d") + InputDelta(1, "2\\ud83d") +
                             InputDelta(0, "\\ude00") + BlockStop(0) + BlockStop(1)),
              ElementsAre(Call("a", "f", "1😀"), Call("b", "f", "2\uFFFD")));
}

TEST(AnthropicTools, I3_ServerToolsAndTheirResults) {
  const std::string content =
      R"([{"type":"web_search_result","url":"http://a","encrypted_content":"Eqgf"}])";
  const std::vector<Part> parts = AnthropicParts(
      BlockStart(0, R"({"type":"server_tool_use","id":"s1","name":"web_search","input":{}})") +
      InputDelta(0, "{\\\"query\\\":\\\"x\\\"}") + BlockStop(0) +
      BlockStart(1, "{\"type\":\"web_search_tool_result\",\"tool_use_id\":\"s1\",\"content\":" +
                        content + "}") +
      BlockStop(1) + TextBlock(2, "a"));
  EXPECT_THAT(parts,
              ElementsAre(ServerCall("s1", "web_search", "{\"query\":\"x\"}",
                                     R"({"type":"server_tool_use","id":"s1","name":"web_search"})"),
                          ServerResult("s1", "web_search", content,
                                       R"({"type":"web_search_tool_result","tool_use_id":"s1"})"),
                          Text("a")));
}

TEST(AnthropicTools, I3_ErrorsOfServerTools) {
  const std::string content =
      R"({"type":"code_execution_tool_result_error","error_code":"unavailable"})";
  EXPECT_THAT(
      AnthropicParts(BlockStart(0,
                                "{\"type\":\"code_execution_tool_result\",\"tool_use_id\":\"s1\","
                                "\"content\":" +
                                    content + "}") +
                     BlockStop(0)),
      ElementsAre(ServerResult("s1", "", content,
                               R"({"type":"code_execution_tool_result","tool_use_id":"s1"})",
                               /*is_error=*/true)));
}

TEST(AnthropicTools, I3_McpTools) {
  EXPECT_THAT(
      AnthropicParts(
          BlockStart(0, R"({"type":"mcp_tool_use","id":"m1","name":"echo","server_name":"s",)"
                        R"("input":{}})") +
          InputDelta(0, "{}") + BlockStop(0) +
          BlockStart(1, R"({"type":"mcp_tool_result","tool_use_id":"m1","is_error":true,)"
                        R"("content":"No"})") +
          BlockStop(1)),
      ElementsAre(
          ServerCall("m1", "echo", "{}",
                     R"({"type":"mcp_tool_use","id":"m1","name":"echo","server_name":"s"})"),
          ServerResult("m1", "echo", "No",
                       R"({"type":"mcp_tool_result","tool_use_id":"m1","is_error":true})",
                       /*is_error=*/true)));
}

TEST(AnthropicTools, I4_OnlyToolsOfTheApplicationAreToolUse) {
  const std::string call = ToolStart(0, "a", "f") + BlockStop(0);
  const std::string server =
      BlockStart(0, R"({"type":"server_tool_use","id":"s1","name":"web_search","input":{}})") +
      BlockStop(0);
  for (const std::string reason : {"end_turn", "tool_use", "pause_turn", "new"}) {
    EXPECT_EQ(ReadAnthropic(call + StopReasonIs(reason)).finish().reason, FinishReason::kToolUse);
  }
  const Reply paused = ReadAnthropic(server + StopReasonIs("pause_turn") + kMessageStop);
  EXPECT_EQ(paused.finish().reason, FinishReason::kEndTurn);
  EXPECT_EQ(paused.finish().details, "pause_turn");
}

TEST(AnthropicTools, I4_CutReplyLeavesItsLastCallUnfinished) {
  // The block stops although its input was cut.
  const std::string calls = ToolStart(0, "a", "f") + InputDelta(0, "{}") + BlockStop(0) +
                            ToolStart(1, "b", "f") + InputDelta(1, "{\\\"q") + BlockStop(1);
  const auto cut = ElementsAre(Call("a", "f", "{}"), Call("b", "f", "{\"q", false));
  const Reply at_length = ReadAnthropic(calls + StopReasonIs("max_tokens") + kMessageStop);
  EXPECT_THAT(at_length.parts(), cut);
  EXPECT_EQ(at_length.finish().reason, FinishReason::kMaxTokens);
  EXPECT_THAT(ReadAnthropic(calls).parts(), cut);
  EXPECT_THAT(Read(StreamFormat::kAnthropic, calls, {Code::kNetwork, "reset"}).parts(), cut);
  EXPECT_THAT(Read(StreamFormat::kAnthropic, calls, {Code::kAborted, "stop"}).parts(), cut);
  // Input that is no JSON: the provider says that the reply is whole.
  EXPECT_THAT(AnthropicParts(calls),
              ElementsAre(Call("a", "f", "{}"), Call("b", "f", "{\"q", true)));
}

TEST(AnthropicTools, I1_ACallWithoutAnIdTakesThePlaceOfNoStoredOne) {
  const auto reader =
      MakeStreamReader(StreamFormat::kAnthropic, {Call("call_1", "f", "{}"), Call("b", "f", "{}")});
  std::vector<Mutation> out;
  reader->Push(ToolStart(0, "", "f") + ToolStart(1, "b", "h"), out);
  EXPECT_THAT(out, ElementsAre(Mutation(PutToolCall{Call("call_2", "f", "", false)}),
                               Mutation(PutToolCall{Call("b", "h", "", false)})));
}

}  // namespace
}  // namespace millrace
