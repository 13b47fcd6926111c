// AG-UI: tool calls, state, activities and what else is kept.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "streams/event_streams.h"

namespace millrace {
namespace {

using testing::ElementsAre;

constexpr const char* kAgUiRun = R"({"type":"RUN_STARTED","threadId":"t","runId":"r"})";
constexpr const char* kAgUiRunEnd = R"({"type":"RUN_FINISHED","threadId":"t","runId":"r"})";

Reply ReadAgUiRun(std::vector<std::string_view> events) {
  events.insert(events.begin(), kAgUiRun);
  events.push_back(kAgUiRunEnd);
  return ReadHoweverSplit(StreamFormat::kAgUi, Events(events));
}

TEST(AgUiTools, I3_Row06_CallsInterleaved) {
  const Reply reply =
      ReadAgUiRun({R"({"type":"TOOL_CALL_START","toolCallId":"a","toolCallName":"f"})",
                   R"({"type":"TOOL_CALL_START","toolCallId":"b","toolCallName":"g"})",
                   R"({"type":"TOOL_CALL_ARGS","toolCallId":"a","delta":"{\"x\ud83d"})",
                   R"({"type":"TOOL_CALL_ARGS","toolCallId":"b","delta":"{"})",
                   R"({"type":"TOOL_CALL_ARGS","toolCallId":"a","delta":"\ude00\":1}"})",
                   R"({"type":"TOOL_CALL_END","toolCallId":"a"})",
                   R"({"type":"TOOL_CALL_ARGS","toolCallId":"b","delta":"}"})",
                   R"({"type":"TOOL_CALL_END","toolCallId":"b"})"});
  EXPECT_THAT(reply.parts(), ElementsAre(Call("a", "f", R"({"x😀":1})"), Call("b", "g", "{}")));
  EXPECT_EQ(reply.finish().reason, FinishReason::kToolUse);
}

TEST(AgUiTools, I3_Row07_NoIdIsTheNewestCall) {
  const Reply reply =
      ReadAgUiRun({R"({"type":"TOOL_CALL_START","toolCallId":null,"toolCallName":"f"})",
                   R"({"type":"TOOL_CALL_ARGS","delta":"{}"})", R"({"type":"TOOL_CALL_END"})"});
  EXPECT_THAT(reply.parts(), ElementsAre(Call("call_0", "f", "{}")));
}

TEST(AgUiTools, I3_Row08_StartMissingOrInputWhole) {
  const Reply reply =
      ReadAgUiRun({R"({"type":"TOOL_CALL_ARGS","toolCallId":"a","delta":"{}"})",
                   R"({"type":"TOOL_CALL_START","toolCallId":"b","toolCallName":"f"})",
                   R"({"type":"TOOL_CALL_ARGS","toolCallId":"b","delta":{ "x": 1 }})",
                   R"({"type":"TOOL_CALL_ARGS","toolCallId":"b","delta":""})"});
  EXPECT_THAT(reply.parts(), ElementsAre(Call("a", "", "{}"), Call("b", "f", R"({"x":1})")));
}

TEST(AgUiTools, I3_Chunks) {
  const Reply reply =
      ReadAgUiRun({R"({"type":"TOOL_CALL_CHUNK","toolCallId":"a","toolCallName":"f","delta":"{"})",
                   R"({"type":"TOOL_CALL_CHUNK","delta":"}"})",
                   R"({"type":"TOOL_CALL_CHUNK","toolCallId":"b","delta":"{}"})",
                   R"({"type":"TOOL_CALL_CHUNK","toolCallId":"b","toolCallName":"g"})",
                   R"({"type":"TEXT_MESSAGE_CHUNK","messageId":"m","delta":"x"})"});
  EXPECT_THAT(reply.parts(),
              ElementsAre(Call("a", "f", "{}"), Call("b", "g", "{}"), NamedText("m", "x")));
}

TEST(AgUiTools, I4_CutReplyLeavesItsCallsUnfinished) {
  const Reply reply = ReadHoweverSplit(
      StreamFormat::kAgUi,
      Events({kAgUiRun, R"({"type":"TOOL_CALL_START","toolCallId":"a","toolCallName":"f"})",
              R"({"type":"TOOL_CALL_END","toolCallId":"a"})",
              R"({"type":"TOOL_CALL_CHUNK","toolCallId":"b","toolCallName":"f","delta":"{\"q"})"}));
  EXPECT_THAT(reply.parts(), ElementsAre(Call("a", "f", ""), Call("b", "f", "{\"q", false)));
  EXPECT_EQ(reply.finish().reason, FinishReason::kUnknown);
}

TEST(AgUiTools, I3_ResultsAndEncryptedValues) {
  const Reply reply = ReadAgUiRun(
      {R"({"type":"TOOL_CALL_START","toolCallId":"a","toolCallName":"f","parentMessageId":"m"})",
       R"({"type":"TOOL_CALL_END","toolCallId":"a"})",
       R"({"type":"REASONING_ENCRYPTED_VALUE","subtype":"tool-call","entityId":"a",)"
       R"("encryptedValue":"E"})",
       R"({"type":"TOOL_CALL_RESULT","toolCallId":"a","content":[ {"type":"text"} ]})",
       R"({"type":"TOOL_CALL_RESULT","toolCallId":"?","content":"x","error":"bad"})"});
  ToolCallPart call = Call("a", "f", "");
  call.extra = R"({"encryptedValue":"E","parentMessageId":"m"})";
  ToolResultPart failed = ResultPart("?", "", "x", /*is_error=*/true);
  failed.extra = R"({"error":"bad"})";
  EXPECT_THAT(reply.parts(),
              ElementsAre(call, ResultPart("a", "f", R"([{"type":"text"}])"), failed));
  EXPECT_EQ(reply.finish().reason, FinishReason::kEndTurn);
}

TEST(AgUiState, I3_StateIsOnePart) {
  const Reply reply = ReadAgUiRun(
      {R"({"type":"STATE_DELTA","delta":[{"op":"add","path":"/a","value":1}]})",
       R"({"type":"STATE_SNAPSHOT","snapshot":{ "n": [] }})",
       R"({"type":"STATE_DELTA","delta":[{"op":"add","path":"/n/-","value":1}]})",
       R"({"type":"STATE_DELTA","delta":[{"op":"add","path":"/n/-","value":2},)"
       R"({"op":"remove","path":"/x"}]})",
       R"({"type":"STATE_DELTA","delta":[]})", R"({"type":"STATE_DELTA","delta":null})"});
  EXPECT_THAT(reply.parts(), ElementsAre(Custom("state", R"({"n":[1]})", "state")));
  EXPECT_EQ(reply.outcome.skipped_lines, 2);
  EXPECT_EQ(reply.mutations.size(), 4u);
}

TEST(AgUiState, I3_StateMayBeAnyValue) {
  EXPECT_THAT(ReadAgUiRun({R"({"type":"STATE_SNAPSHOT","snapshot":null})"}).parts(),
              ElementsAre(Custom("state", "null", "state")));
}

TEST(AgUiState, I3_Row13_StateIsBounded) {
  const std::string large = std::string(std::size_t{5} << 20, 'x');
  const Reply reply =
      Read(StreamFormat::kAgUi,
           Events({kAgUiRun, R"({"type":"STATE_SNAPSHOT","snapshot":{"a":1}})",
                   R"({"type":"STATE_SNAPSHOT","snapshot":")" + large + "\"}", kAgUiRunEnd}));
  EXPECT_THAT(reply.parts(), ElementsAre(Custom("state", R"({"a":1})", "state")));
  EXPECT_EQ(reply.outcome.skipped_lines, 1);
}

TEST(AgUiState, I3_Activities) {
  const Reply reply = ReadAgUiRun(
      {R"({"type":"ACTIVITY_SNAPSHOT","messageId":"a","activityType":"P","content":{"n":1}})",
       R"({"type":"ACTIVITY_SNAPSHOT","messageId":"b","activityType":"Q","content":{}})",
       R"({"type":"ACTIVITY_DELTA","messageId":"a","activityType":"P",)"
       R"("patch":[{"op":"replace","path":"/n","value":2}]})",
       R"({"type":"ACTIVITY_SNAPSHOT","messageId":"a","activityType":"P","content":{},)"
       R"("replace":false})",
       R"({"type":"ACTIVITY_DELTA","messageId":"?","activityType":"P","patch":[]})"});
  EXPECT_THAT(reply.parts(),
              ElementsAre(Custom("activity", R"({"activityType":"P","content":{"n":2}})", "a"),
                          Custom("activity", R"({"activityType":"Q","content":{}})", "b")));
  EXPECT_EQ(reply.outcome.skipped_lines, 1);
}

TEST(AgUiState, I5_ContinuedReplyKeepsItsState) {
  EXPECT_THAT(
      Continue(StreamFormat::kAgUi,
               {Custom("state", R"({"n":1})", "state"), NamedText("m", "ha"),
                Custom("activity", R"({"activityType":"P","content":{"n":1}})", "a"),
                NamedReasoning("r", "old")},
               Events({kAgUiRun, R"({"type":"STATE_DELTA","delta":[{"op":"remove","path":"/n"}]})",
                       R"({"type":"TEXT_MESSAGE_CONTENT","messageId":"m","delta":"lf"})",
                       R"({"type":"ACTIVITY_DELTA","messageId":"a","activityType":"P",)"
                       R"("patch":[{"op":"add","path":"/m","value":2}]})",
                       R"({"type":"REASONING_MESSAGE_CONTENT","messageId":"r","delta":"new"})",
                       kAgUiRunEnd})),
      ElementsAre(Custom("state", "{}", "state"), NamedText("m", "half"),
                  Custom("activity", R"({"activityType":"P","content":{"n":1,"m":2}})", "a"),
                  NamedReasoning("r", "old"), NamedReasoning("r~2", "new")));
}

TEST(AgUiContent, I3_Row11_SnapshotsReplace) {
  const Reply reply = ReadAgUiRun({R"({"type":"MESSAGES_SNAPSHOT","messages":[{"id":"1"}]})",
                                   R"({"type":"MESSAGES_SNAPSHOT","messages":[{"id":"2"}]})",
                                   R"({"type":"MESSAGES_SNAPSHOT","messages":[{"id":"2"}]})"});
  EXPECT_THAT(reply.parts(),
              ElementsAre(Custom("messages_snapshot", R"([{"id":"2"}])", "messages_snapshot")));
  EXPECT_EQ(reply.mutations.size(), 3u);
}

TEST(AgUiContent, I3_Row11_ReplayedCallIsTheSameCall) {
  const std::vector<std::string_view> call = {
      R"({"type":"TOOL_CALL_START","toolCallId":"a","toolCallName":"f"})",
      R"({"type":"TOOL_CALL_ARGS","toolCallId":"a","delta":"{}"})",
      R"({"type":"TOOL_CALL_END","toolCallId":"a"})",
      R"({"type":"TOOL_CALL_RESULT","toolCallId":"a","content":"x"})"};
  std::vector<std::string_view> twice = call;
  twice.insert(twice.end(), call.begin(), call.end());
  EXPECT_THAT(ReadAgUiRun(twice).parts(),
              ElementsAre(Call("a", "f", "{}"), ResultPart("a", "f", "x")));
}

TEST(AgUiContent, I3_CustomEvents) {
  const Reply reply =
      ReadAgUiRun({R"({"type":"CUSTOM","name":"PredictState","value":[ 1 ]})",
                   R"({"type":"CUSTOM","name":"finish","value":{"reason":"end_turn"}})",
                   R"({"type":"CUSTOM","value":null})", R"({"type":"WEATHER","sky":"grey"})"});
  EXPECT_THAT(
      reply.parts(),
      ElementsAre(Custom("PredictState", "[1]"), Custom("x-finish", R"({"reason":"end_turn"})"),
                  Custom("x-", "null"), Custom("WEATHER", R"({"type":"WEATHER","sky":"grey"})")));
}

TEST(AgUiContent, I3_Subagents) {
  const Reply reply = ReadAgUiRun(
      {R"({"type":"SUBAGENT_STARTED","subagentRunId":"s","name":"n"})",
       R"({"type":"TEXT_MESSAGE_START","messageId":"m","subagentRunId":"s"})",
       R"({"type":"TEXT_MESSAGE_CONTENT","messageId":"m","delta":"a","subagentRunId":"s"})",
       R"({"type":"SUBAGENT_FINISHED","subagentRunId":"s"})"});
  EXPECT_THAT(
      reply.parts(),
      ElementsAre(
          Custom("subagent_started",
                 R"({"type":"SUBAGENT_STARTED","subagentRunId":"s","name":"n"})", "s"),
          NamedText("m", "a", R"({"subagentRunId":"s"})"),
          Custom("subagent_finished", R"({"type":"SUBAGENT_FINISHED","subagentRunId":"s"})", "s")));
}

}  // namespace
}  // namespace millrace
