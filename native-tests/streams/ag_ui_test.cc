// AG-UI: runs, texts, reasoning and how a reply ends.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "streams/ag_ui_reader.h"
#include "streams/event_streams.h"

namespace millrace {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kRun = R"({"type":"RUN_STARTED","threadId":"t","runId":"r"})";
constexpr const char* kRunEnd = R"({"type":"RUN_FINISHED","threadId":"t","runId":"r"})";
const std::string kAgUiHalf =
    Events({kRun, R"({"type":"TEXT_MESSAGE_START","messageId":"m","role":"assistant"})",
            R"({"type":"TEXT_MESSAGE_CONTENT","messageId":"m","delta":"half"})"});

Reply ReadAgUi(const std::string& bytes, const Status& end = BodyEnded()) {
  return ReadHoweverSplit(StreamFormat::kAgUi, bytes, end);
}

Reply ReadRun(std::vector<std::string_view> events) {
  events.insert(events.begin(), kRun);
  events.push_back(kRunEnd);
  return ReadAgUi(Events(events));
}

TEST(AgUi, I2_FormatHasAName) { EXPECT_EQ(StreamFormatFromName("ag-ui"), StreamFormat::kAgUi); }

TEST(AgUi, I3_Row01_TextHoweverItIsSplit) {
  std::string stream =
      kAgUiHalf + Events({R"({"type":"TEXT_MESSAGE_CONTENT","messageId":"m","delta":" łódź 🌊"})",
                          R"({"type":"TEXT_MESSAGE_END","messageId":"m"})", kRunEnd});
  std::string crlf;
  for (const char c : stream) crlf += c == '\n' ? std::string("\r\n") : std::string(1, c);
  for (const std::string& bytes : {stream, crlf}) {
    const Reply reply = ReadAgUi(bytes);
    EXPECT_THAT(reply.parts(), ElementsAre(NamedText("m", "half łódź 🌊")));
    EXPECT_EQ(reply.finish().reason, FinishReason::kEndTurn);
  }
}

TEST(AgUi, I3_Row02_CommentsMarkersAndUnknownFields) {
  const Reply reply = ReadAgUi(
      ": hi\n\nevent: ping\ndata: {}\n\n" +
      Events({kRun, R"({"type":"STEP_STARTED","stepName":"s"})",
              R"({"type":"TEXT_MESSAGE_CONTENT","messageId":"m","delta":"a","rawEvent":{"x":1}})",
              R"({"type":"RAW","event":{"delta":"a"}})", R"({"type":"HEARTBEAT","timestamp":1})",
              R"({"type":"STEP_FINISHED","stepName":"s"})", kRunEnd}));
  EXPECT_THAT(reply.parts(), ElementsAre(NamedText("m", "a")));
  EXPECT_EQ(reply.outcome.skipped_lines, 0);
}

TEST(AgUi, I4_Row03_DoneIsNotNeededAndDoesNoHarm) {
  for (const std::string& stream :
       {kAgUiHalf + Data(kRunEnd), kAgUiHalf + Data(kRunEnd) + kDone + kDone,
        kAgUiHalf + kDone + Data(kRunEnd), kAgUiHalf + Data(kRunEnd) + "data: [DONE]\r\n\r\n"}) {
    const Reply reply = ReadAgUi(stream);
    EXPECT_THAT(reply.parts(), ElementsAre(NamedText("m", "half")));
    EXPECT_EQ(reply.finish().reason, FinishReason::kEndTurn);
  }
}

TEST(AgUi, I4_Row04_EndsWithoutAFinish) {
  for (const std::string& stream :
       {kAgUiHalf, kAgUiHalf + kDone, kAgUiHalf + Data(kRunEnd) + Data(kRun)}) {
    const Reply reply = ReadAgUi(stream);
    EXPECT_THAT(reply.parts(), ElementsAre(NamedText("m", "half")));
    EXPECT_EQ(reply.finish().reason, FinishReason::kUnknown);
    EXPECT_EQ(reply.finish().details, "stream ended without a finish");
    EXPECT_TRUE(reply.outcome.status.ok());
  }
}

TEST(AgUi, I4_Row05_Errors) {
  struct Case {
    std::string event, message, type;
  };
  const std::vector<Case> cases = {
      {Data(R"({"type":"RUN_ERROR","message":"Overloaded","code":"BUSY"})"), "Overloaded", "BUSY"},
      {Data(R"({"type":"RUN_ERROR","message":"Overloaded","code":null})"), "Overloaded", ""},
      {Data(R"({"type":"RUN_ERROR"})"), "the provider reported an error", ""},
      {Data(R"({"error":{"message":"Overloaded","code":502}})"), "Overloaded", "502"},
      {"event: error\ndata: Overloaded\n\n", "Overloaded", ""},
  };
  for (const Case& c : cases) {
    const Reply reply = ReadAgUi(kAgUiHalf + c.event);
    EXPECT_THAT(reply.parts(), ElementsAre(NamedText("m", "half"))) << c.event;
    EXPECT_EQ(reply.finish().reason, FinishReason::kError) << c.event;
    EXPECT_EQ(reply.outcome.status, Status(Code::kProtocol, c.message)) << c.event;
    EXPECT_EQ(reply.outcome.provider_type, c.type) << c.event;
  }
}

TEST(AgUi, I3_Row09_EmptyDeltasAndNulls) {
  const Reply reply =
      ReadRun({R"({"type":"TEXT_MESSAGE_START","messageId":"m","role":null,"name":null})",
               R"({"type":"TEXT_MESSAGE_CONTENT","messageId":"m","delta":""})",
               R"({"type":"TEXT_MESSAGE_CONTENT","messageId":"m","delta":null})",
               R"({"type":"TEXT_MESSAGE_END","messageId":"m"})",
               R"({"type":"TEXT_MESSAGE_CHUNK","messageId":"n","delta":""})",
               R"({"type":"REASONING_START","messageId":"r"})",
               R"({"type":"REASONING_MESSAGE_START","messageId":"r","role":"reasoning"})",
               R"({"type":"REASONING_MESSAGE_END","messageId":"r"})",
               R"({"type":"REASONING_END","messageId":"r"})"});
  EXPECT_THAT(reply.parts(), IsEmpty());
  EXPECT_EQ(reply.mutations.size(), 1u);
}

TEST(AgUi, I3_Row12_PartsInOrder) {
  const Reply reply =
      ReadRun({R"({"type":"TEXT_MESSAGE_CONTENT","messageId":"m","delta":"1"})",
               R"({"type":"REASONING_MESSAGE_CONTENT","messageId":"r","delta":"2"})",
               R"({"type":"TEXT_MESSAGE_CONTENT","messageId":"m","delta":"3"})",
               R"({"type":"TOOL_CALL_START","toolCallId":"c","toolCallName":"f"})",
               R"({"type":"TOOL_CALL_RESULT","messageId":"x","toolCallId":"c","content":"ok"})",
               R"({"type":"TEXT_MESSAGE_END","messageId":"m"})",
               R"({"type":"TEXT_MESSAGE_START","messageId":"m"})",
               R"({"type":"TEXT_MESSAGE_CONTENT","messageId":"m","delta":"4"})",
               R"({"type":"TEXT_MESSAGE_CONTENT","delta":"5"})"});
  ToolResultPart result = ResultPart("c", "f", "ok");
  result.extra = R"({"messageId":"x"})";
  EXPECT_THAT(reply.parts(), ElementsAre(NamedText("m", "13"), NamedReasoning("r", "2"),
                                         Call("c", "f", ""), result, NamedText("m~2", "45")));
}

TEST(AgUi, I3_ReasoningAndItsEncryptedValue) {
  const Reply reply =
      ReadRun({R"({"type":"REASONING_START","messageId":"r"})",
               R"({"type":"REASONING_MESSAGE_START","messageId":"r1"})",
               R"({"type":"REASONING_MESSAGE_CONTENT","messageId":"r1","delta":"Hm"})",
               R"({"type":"REASONING_MESSAGE_END","messageId":"r1"})",
               R"({"type":"REASONING_ENCRYPTED_VALUE","subtype":"message","entityId":"r1",)"
               R"("encryptedValue":"A\u002b="})",
               R"({"type":"REASONING_END","messageId":"r"})",
               R"({"type":"REASONING_ENCRYPTED_VALUE","subtype":"message","entityId":"r2",)"
               R"("encryptedValue":"B"})"});
  EXPECT_THAT(
      reply.parts(),
      ElementsAre(NamedReasoning("r1", "Hm", "A+="),
                  Custom("redacted_reasoning",
                         R"({"subtype":"message","entityId":"r2","encryptedValue":"B"})", "r2")));
}

TEST(AgUi, I3_ThinkingIsReasoning) {
  const Reply reply = ReadRun(
      {R"({"type":"THINKING_START"})", R"({"type":"THINKING_TEXT_MESSAGE_START"})",
       R"({"type":"THINKING_TEXT_MESSAGE_CONTENT","delta":"a"})",
       R"({"type":"THINKING_TEXT_MESSAGE_END"})", R"({"type":"THINKING_TEXT_MESSAGE_START"})",
       R"({"type":"THINKING_TEXT_MESSAGE_CONTENT","delta":"b"})", R"({"type":"THINKING_END"})"});
  EXPECT_THAT(reply.parts(),
              ElementsAre(NamedReasoning("reasoning", "a"), NamedReasoning("reasoning~2", "b")));
}

TEST(AgUi, I3_ChunksEndWhereAnotherBegins) {
  const Reply reply =
      ReadRun({R"({"type":"TEXT_MESSAGE_CHUNK","messageId":"m","role":"assistant","delta":"1"})",
               R"({"type":"TEXT_MESSAGE_CHUNK","messageId":null,"delta":"2"})",
               R"({"type":"TEXT_MESSAGE_CHUNK","messageId":"n","delta":"3"})",
               R"({"type":"REASONING_MESSAGE_CHUNK","messageId":"r","delta":"4"})",
               R"({"type":"REASONING_MESSAGE_CHUNK","delta":"5"})",
               R"({"type":"REASONING_ENCRYPTED_VALUE","entityId":"r","encryptedValue":"E"})",
               R"({"type":"TEXT_MESSAGE_CHUNK","messageId":"m","delta":"6"})"});
  EXPECT_THAT(reply.parts(), ElementsAre(NamedText("m", "12"), NamedText("n", "3"),
                                         NamedReasoning("r", "45", "E"), NamedText("m~2", "6")));
}

TEST(AgUi, I3_TextsOfOthersAreMessages) {
  const Reply reply =
      ReadRun({R"({"type":"TEXT_MESSAGE_START","messageId":"u","role":"user"})",
               R"({"type":"TEXT_MESSAGE_CONTENT","messageId":"u","delta":"a\ud83d"})",
               R"({"type":"TEXT_MESSAGE_CONTENT","messageId":"m","delta":"b"})",
               R"({"type":"TEXT_MESSAGE_CONTENT","messageId":"u","delta":"\ude00"})",
               R"({"type":"TEXT_MESSAGE_END","messageId":"u"})",
               R"({"type":"TEXT_MESSAGE_CHUNK","messageId":"s","role":"system","delta":"c"})"});
  EXPECT_THAT(reply.parts(),
              ElementsAre(NamedText("m", "b"),
                          Custom("message", R"({"id":"u","role":"user","content":"a😀"})", "u"),
                          Custom("message", R"({"id":"s","role":"system","content":"c"})", "s")));
}

TEST(AgUi, I3_Row14_SurrogatesAndBadEvents) {
  const Reply reply =
      ReadRun({R"({"type":"TEXT_MESSAGE_CONTENT","messageId":"m","delta":"1\ud83d"})",
               R"({"type":"TEXT_MESSAGE_CONTENT","messageId":"n","delta":"2\ud83d"})",
               R"({"type":"TEXT_MESSAGE_CONTENT","messageId":"m","delta":"\ude00"})",
               R"({"type":"TEXT_MESSAGE_CONTENT",)", "nonsense"});
  EXPECT_THAT(reply.parts(), ElementsAre(NamedText("m", "1😀"), NamedText("n", "2\uFFFD")));
  EXPECT_EQ(reply.outcome.skipped_lines, 2);
}

TEST(AgUi, I3_Row10_UsageOfRunsIsSummed) {
  const Reply reply = ReadAgUi(Events(
      {kRun,
       R"({"type":"RUN_FINISHED","usage":[{"inputTokens":1,"outputTokens":2,"reasoningTokens":1},)"
       R"({"inputTokens":10,"outputTokens":20}]})",
       R"({"type":"RUN_FINISHED","usage":[{"inputTokens":12,"outputTokens":22}]})", kRun,
       R"({"type":"RUN_FINISHED","usage":[{"inputTokens":100,"cachedInputTokens":7}]})"}));
  ASSERT_TRUE(reply.outcome.usage.has_value());
  EXPECT_EQ(*reply.outcome.usage, (Usage{112, 22, 7}));
}

TEST(AgUi, I4_OutcomesOfTheRun) {
  const std::string call =
      kAgUiHalf + Events({R"({"type":"TOOL_CALL_START","toolCallId":"c","toolCallName":"f"})"});
  const std::string interrupt =
      Data(R"({"type":"RUN_FINISHED","result":[1],"outcome":{"type":"interrupt",)"
           R"("interrupts":[{"id":"i"}]}})");
  const Reply asks = ReadAgUi(call + interrupt);
  EXPECT_EQ(asks.finish().reason, FinishReason::kToolUse);
  EXPECT_EQ(asks.finish().details, "interrupt");
  EXPECT_THAT(asks.parts(),
              ElementsAre(NamedText("m", "half"), Call("c", "f", ""), Custom("result", "[1]"),
                          Custom("interrupt", R"([{"id":"i"}])")));
  EXPECT_EQ(ReadAgUi(kAgUiHalf + interrupt).finish().reason, FinishReason::kEndTurn);
  const Reply success = ReadAgUi(call + Data(R"({"type":"RUN_FINISHED","outcome":"success"})"));
  EXPECT_EQ(success.finish().reason, FinishReason::kToolUse);
  EXPECT_EQ(success.finish().details, "");
  for (const std::string outcome : {"\"cancelled\"", R"({"type":"cancelled"})"}) {
    const Reply reply =
        ReadAgUi(call + Data(R"({"type":"RUN_FINISHED","outcome":)" + outcome + "}"));
    EXPECT_EQ(reply.finish().reason, FinishReason::kCanceled);
    EXPECT_EQ(reply.outcome.status.code(), Code::kAborted);
    EXPECT_FALSE(std::get<ToolCallPart>(reply.message.parts[1]).finished);
  }
}

TEST(AgUi, I4_Row15_EachWayToStopHasItsReason) {
  EXPECT_EQ(ReadAgUi(kAgUiHalf, {Code::kAborted, "stopped"}).finish().reason,
            FinishReason::kCanceled);
  const Reply cut = ReadAgUi(kAgUiHalf, {Code::kNetwork, "reset"});
  EXPECT_EQ(cut.finish().reason, FinishReason::kError);
  EXPECT_EQ(cut.outcome.status.code(), Code::kNetwork);
  EXPECT_EQ(ReadAgUi(kAgUiHalf + Data(kRunEnd), {Code::kNetwork, "reset"}).finish().reason,
            FinishReason::kEndTurn);
}

TEST(AgUi, I4_EndingUntilAnotherRunStarts) {
  const auto reader = MakeStreamReader(StreamFormat::kAgUi);
  std::vector<Mutation> out;
  reader->Push(kAgUiHalf + Data(kRunEnd), out);
  EXPECT_TRUE(reader->ending());
  EXPECT_FALSE(reader->done());
  reader->Push(Data(kRun), out);
  EXPECT_FALSE(reader->ending());
}

TEST(AgUi, I4_WhatIsNoSuchStreamIsProtocol) {
  for (const std::string& body :
       {Data(R"({"type":"start"})"), Data(R"({"choices":[]})"), std::string("Not found")}) {
    const Reply reply = ReadAgUi(body);
    EXPECT_EQ(reply.outcome.status.code(), Code::kProtocol) << body;
    EXPECT_THAT(reply.finish().message, HasSubstr("not an AG-UI stream"));
  }
}

TEST(AgUi, I4_Row13_EventTooLongIsProtocol) {
  AgUiReader reader({}, /*max_event_bytes=*/1000);
  std::vector<Mutation> out;
  reader.Push(kAgUiHalf + "data: " + std::string(2000, 'x'), out);
  EXPECT_TRUE(reader.done());
  EXPECT_EQ(reader.outcome().status.code(), Code::kProtocol);
}

// Ids that come again in each of many runs, each found at once.
TEST(AgUi, I2_Row13_ManyEventsInLinearTime) {
  std::string stream = Data(kRun);
  for (int i = 0; i < 20'000; ++i) {
    stream += Events({R"({"type":"TEXT_MESSAGE_START","messageId":"m"})",
                      R"({"type":"TEXT_MESSAGE_CONTENT","messageId":"m","delta":"a"})"});
  }
  const auto reader = MakeStreamReader(StreamFormat::kAgUi);
  std::vector<Mutation> out;
  reader->Push(stream, out);
  reader->Finish(out);
  EXPECT_EQ(out.size(), 20'001u);
  EXPECT_EQ(std::get<AppendText>(out[19'999]).part, "m~20000");
}

}  // namespace
}  // namespace millrace
