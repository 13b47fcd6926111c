// AI SDK: tool calls, approvals and results.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "streams/event_streams.h"

namespace millrace {
namespace {

using testing::ElementsAre;

Reply ReadSdkTools(std::vector<std::string_view> events) {
  events.insert(events.begin(), R"({"type":"start"})");
  events.push_back(R"({"type":"finish","finishReason":"stop"})");
  return ReadHoweverSplit(StreamFormat::kAiSdk, Events(events) + kDone);
}

ToolCallPart WithExtra(ToolCallPart call, std::string extra) {
  call.extra = std::move(extra);
  return call;
}

TEST(AiSdkTools, I3_Row06_CallsInterleaved) {
  const Reply reply =
      ReadSdkTools({R"({"type":"tool-input-start","toolCallId":"a","toolName":"f"})",
                    R"({"type":"tool-input-start","toolCallId":"b","toolName":"g"})",
                    R"({"type":"tool-input-delta","toolCallId":"a","inputTextDelta":"{\"x\": "})",
                    R"({"type":"tool-input-delta","toolCallId":"b","inputTextDelta":"{"})",
                    R"({"type":"tool-input-delta","toolCallId":"a","inputTextDelta":"1}"})",
                    R"({"type":"tool-input-delta","toolCallId":"b","inputTextDelta":"}"})",
                    R"({"type":"tool-input-available","toolCallId":"b","input":{}})",
                    R"({"type":"tool-input-available","toolCallId":"a","input":{"x":1}})"});
  EXPECT_THAT(reply.parts(), ElementsAre(Call("a", "f", R"({"x": 1})"), Call("b", "g", "{}")));
  EXPECT_EQ(reply.finish().reason, FinishReason::kToolUse);
}

TEST(AiSdkTools, I3_Row08_InputWholeOrRepairedOrWithoutAStart) {
  const Reply reply = ReadSdkTools(
      {R"({"type":"tool-input-available","toolCallId":"a","toolName":"f","input":{ "x": 1 }})",
       R"({"type":"tool-input-start","toolCallId":"b","toolName":"f"})",
       R"({"type":"tool-input-delta","toolCallId":"b","inputTextDelta":""})",
       R"({"type":"tool-input-delta","toolCallId":"b","inputTextDelta":"{\"x\":"})",
       R"({"type":"tool-input-available","toolCallId":"b","toolName":"f","input":{"x":2}})",
       R"({"type":"tool-input-delta","toolCallId":"c","inputTextDelta":"{"})",
       R"({"type":"tool-input-delta","toolCallId":"c","inputTextDelta":"}"})",
       R"({"type":"tool-input-available","toolCallId":"c","toolName":"g","input":{}})"});
  EXPECT_THAT(reply.parts(), ElementsAre(Call("a", "f", R"({"x":1})"), Call("b", "f", R"({"x":2})"),
                                         Call("c", "g", "{}")));
}

TEST(AiSdkTools, I3_Row07_NoIdIsTheNewestCall) {
  const Reply reply =
      ReadSdkTools({R"({"type":"tool-input-start","toolName":"f"})",
                    R"({"type":"tool-input-delta","toolCallId":"","inputTextDelta":"{}"})",
                    R"({"type":"tool-input-start","toolCallId":"b","toolName":"g"})",
                    R"({"type":"tool-input-delta","inputTextDelta":"{}"})"});
  EXPECT_THAT(reply.parts(), ElementsAre(Call("call_0", "f", "{}"), Call("b", "g", "{}")));
}

TEST(AiSdkTools, I3_Row09_EmptyInputBeginsNoCall) {
  const Reply reply =
      ReadSdkTools({R"({"type":"tool-input-delta","toolCallId":"a"})",
                    R"({"type":"tool-input-delta","toolCallId":"a","inputTextDelta":""})",
                    R"({"type":"tool-input-delta","toolCallId":"a","inputTextDelta":null})"});
  EXPECT_EQ(reply.mutations.size(), 1u);
  EXPECT_EQ(reply.finish().reason, FinishReason::kEndTurn);
}

TEST(AiSdkTools, I3_Row11_ReplayedCallIsTheSameCall) {
  const std::vector<std::string_view> call = {
      R"({"type":"tool-input-start","toolCallId":"a","toolName":"f"})",
      R"({"type":"tool-input-delta","toolCallId":"a","inputTextDelta":"{}"})",
      R"({"type":"tool-input-available","toolCallId":"a","toolName":"f","input":{}})",
      R"({"type":"tool-output-available","toolCallId":"a","output":"x"})"};
  std::vector<std::string_view> twice = call;
  twice.insert(twice.end(), call.begin(), call.end());
  EXPECT_THAT(ReadSdkTools(twice).parts(),
              ElementsAre(Call("a", "f", "{}"), ResultPart("a", "f", "x")));
  // A start without an end begins the input again.
  EXPECT_THAT(ReadSdkTools({call[0], call[1], call[0], call[1]}).parts(),
              ElementsAre(Call("a", "f", "{}")));
}

TEST(AiSdkTools, I3_CallIdOfAnEarlierStepIsAnotherCall) {
  const Reply reply = ReadSdkTools(
      {R"({"type":"tool-input-available","toolCallId":"0","toolName":"f","input":1})",
       R"({"type":"tool-output-available","toolCallId":"0","output":"x"})",
       R"({"type":"start-step"})", R"({"type":"tool-input-start","toolCallId":"0","toolName":"g"})",
       R"({"type":"tool-input-available","toolCallId":"0","input":2})",
       R"({"type":"tool-output-available","toolCallId":"0","output":"y"})"});
  EXPECT_THAT(reply.parts(), ElementsAre(Call("0", "f", "1"), ResultPart("0", "f", "x"),
                                         Call("0~2", "g", "2"), ResultPart("0~2", "g", "y")));
  EXPECT_EQ(reply.finish().reason, FinishReason::kEndTurn);
}

TEST(AiSdkTools, I3_FreeTextInput) {
  const Reply reply = ReadSdkTools(
      {R"({"type":"tool-input-start","toolCallId":"a","toolName":"sql","inputEncoding":"text"})",
       R"({"type":"tool-input-delta","toolCallId":"a","inputTextDelta":"SELECT"})",
       R"({"type":"tool-input-available","toolCallId":"a","input":"SELECT"})"});
  EXPECT_THAT(reply.parts(),
              ElementsAre(WithExtra(Call("a", "sql", "SELECT"), R"({"inputEncoding":"text"})")));
}

TEST(AiSdkTools, I3_WhatTheProviderWantsBackIsExtra) {
  const Reply reply = ReadSdkTools(
      {R"({"type":"tool-input-start","toolCallId":"a","toolName":"f","title":"T","dynamic":true})",
       R"({"type":"tool-input-available","toolCallId":"a","input":{},"providerExecuted":true,)"
       R"("providerMetadata":{"p":{"sig":"x"}}})",
       R"({"type":"tool-output-available","toolCallId":"a","output":null,)"
       R"("providerMetadata":{"q":1}})"});
  ToolCallPart call = Call("a", "f", "{}");
  call.provider_executed = true;
  call.extra = R"({"dynamic":true,"providerMetadata":{"p":{"sig":"x"}},"title":"T"})";
  ToolResultPart result = ResultPart("a", "f", "null");
  result.extra = R"({"providerMetadata":{"q":1}})";
  EXPECT_THAT(reply.parts(), ElementsAre(call, result));
}

TEST(AiSdkTools, I3_Approvals) {
  const Reply reply = ReadSdkTools(
      {R"({"type":"tool-input-available","toolCallId":"a","toolName":"f","input":{}})",
       R"({"type":"tool-approval-request","approvalId":"p","toolCallId":"a","isAutomatic":true,)"
       R"("signature":"s"})",
       R"({"type":"tool-approval-response","approvalId":"p","approved":false,"reason":"no"})",
       R"({"type":"tool-output-denied","toolCallId":"a"})",
       R"({"type":"tool-approval-response","approvalId":"?","approved":true})"});
  ToolCallPart call = Call("a", "f", "{}");
  call.approval = R"({"id":"p","approved":false,"reason":"no"})";
  call.extra = R"({"approvalRequest":{"isAutomatic":true,"signature":"s"}})";
  ToolResultPart denied = ResultPart("a", "f", "the tool call was denied", /*is_error=*/true);
  denied.extra = R"({"denied":true})";
  EXPECT_THAT(
      reply.parts(),
      ElementsAre(call, denied,
                  Custom("tool-approval-response",
                         R"({"type":"tool-approval-response","approvalId":"?","approved":true})")));
  EXPECT_EQ(reply.finish().reason, FinishReason::kEndTurn);
}

TEST(AiSdkTools, I5_ApprovalOfAStoredCallIsAnswered) {
  ToolCallPart call = Call("a", "f", "{}");
  call.approval = R"({"id":"p"})";
  ToolCallPart approved = call;
  approved.approval = R"({"id":"p","approved":true})";
  EXPECT_THAT(
      Continue(StreamFormat::kAiSdk, {call},
               Events({R"({"type":"tool-approval-response","approvalId":"p","approved":true})",
                       R"({"type":"tool-output-available","toolCallId":"a","output":"x"})"})),
      ElementsAre(approved, ResultPart("a", "f", "x")));
}

TEST(AiSdkTools, I3_Results) {
  ToolResultPart second = ResultPart("a", "f", R"({"n":2})");
  const Reply reply = ReadSdkTools(
      {R"({"type":"tool-input-available","toolCallId":"a","toolName":"f","input":{}})",
       R"({"type":"tool-output-available","toolCallId":"a","output":{"n":1},"preliminary":true})",
       R"({"type":"tool-output-available","toolCallId":"a","output":{"n":1},"preliminary":true})",
       R"({"type":"tool-output-available","toolCallId":"a","output":{ "n": 2 }})",
       R"({"type":"tool-input-error","toolCallId":"b","toolName":"g","input":7,"errorText":"bad"})",
       R"({"type":"tool-output-error","toolCallId":"b","errorText":"bad"})",
       R"({"type":"tool-output-available","toolCallId":"?","output":"late"})"});
  EXPECT_THAT(reply.parts(), ElementsAre(Call("a", "f", "{}"), second, Call("b", "g", "7"),
                                         ResultPart("b", "g", "bad", /*is_error=*/true),
                                         ResultPart("?", "", "late")));
  EXPECT_EQ(reply.finish().reason, FinishReason::kEndTurn);
}

TEST(AiSdkTools, I3_PreliminaryResultStaysOne) {
  const Reply reply = ReadSdkTools(
      {R"({"type":"tool-input-available","toolCallId":"a","toolName":"f","input":{}})",
       R"({"type":"tool-output-available","toolCallId":"a","output":"..","preliminary":true})"});
  EXPECT_TRUE(std::get<ToolResultPart>(reply.message.parts[1]).preliminary);
  EXPECT_EQ(reply.finish().reason, FinishReason::kToolUse) << "there is no result yet";
}

TEST(AiSdkTools, I4_CutReplyLeavesItsCallsUnfinished) {
  const std::string stream =
      Events({R"({"type":"tool-input-start","toolCallId":"a","toolName":"f"})",
              R"({"type":"tool-input-start","toolCallId":"b","toolName":"f"})",
              R"({"type":"tool-input-delta","toolCallId":"a","inputTextDelta":"{\"q\ud83d"})",
              R"({"type":"tool-input-available","toolCallId":"c","toolName":"f","input":{}})"});
  const auto cut = ElementsAre(Call("a", "f", "{\"q\uFFFD", false), Call("b", "f", "", false),
                               Call("c", "f", "{}"));
  for (const std::string end : {"", R"({"type":"finish","finishReason":"length"})",
                                R"({"type":"abort"})", R"({"type":"error","errorText":"x"})"}) {
    const Reply reply =
        ReadHoweverSplit(StreamFormat::kAiSdk, stream + (end.empty() ? "" : Data(end)));
    EXPECT_THAT(reply.parts(), cut) << end;
    EXPECT_NE(reply.finish().reason, FinishReason::kToolUse) << end;
  }
}

TEST(AiSdkTools, I4_ACallIsRewrittenABoundedNumberOfTimes) {
  std::string stream = Data(R"({"type":"tool-input-start","toolCallId":"a","toolName":"f"})");
  for (int i = 0; i < 1000; ++i) {
    stream += Data(R"({"type":"tool-approval-request","toolCallId":"a","approvalId":)" +
                   std::to_string(i) + "}");
  }
  stream += Data(R"({"type":"tool-input-available","toolCallId":"a","input":{}})");
  const Reply reply = Read(StreamFormat::kAiSdk, stream);
  EXPECT_LT(reply.mutations.size(), 110u);
  EXPECT_TRUE(std::get<ToolCallPart>(reply.message.parts[0]).finished);
}

}  // namespace
}  // namespace millrace
