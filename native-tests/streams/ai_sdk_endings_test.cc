// AI SDK: how a reply ends, and what it is when it fails (contract I4).

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "streams/ai_sdk_reader.h"
#include "streams/event_streams.h"

namespace millrace {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string kSdkHalf =
    Events({R"({"type":"start"})", R"({"type":"text-delta","id":"0","delta":"half"})"});

Reply ReadSdkEnding(const std::string& bytes, const Status& end = BodyEnded()) {
  return ReadHoweverSplit(StreamFormat::kAiSdk, bytes, end);
}

std::string SdkFinish(const std::string& word) {
  return Data(R"({"type":"finish","finishReason":")" + word + "\"}");
}

TEST(AiSdkEndings, I3_FinishReasons) {
  const std::vector<std::pair<std::string, FinishReason>> reasons = {
      {"stop", FinishReason::kEndTurn},
      {"length", FinishReason::kMaxTokens},
      {"tool-calls", FinishReason::kToolUse},
      {"content-filter", FinishReason::kContentFilter},
      {"interrupted", FinishReason::kInterrupted},
      {"other", FinishReason::kUnknown},
      {"unknown", FinishReason::kUnknown},
  };
  for (const auto& [word, reason] : reasons) {
    const Reply reply = ReadSdkEnding(kSdkHalf + SdkFinish(word) + kDone);
    EXPECT_EQ(reply.finish().reason, reason) << word;
    EXPECT_TRUE(reply.outcome.status.ok()) << word;
  }
  EXPECT_EQ(ReadSdkEnding(SdkFinish("other")).finish().details, "finish reason: other");
  EXPECT_EQ(ReadSdkEnding(Data(R"({"type":"finish"})")).finish().reason, FinishReason::kEndTurn);
}

TEST(AiSdkEndings, I4_Row03_DoneMissingDoubledOrEarly) {
  const std::string stop = SdkFinish("stop");
  for (const std::string& stream :
       {kSdkHalf + stop, kSdkHalf + stop + kDone + kDone, kSdkHalf + kDone + stop,
        kSdkHalf + stop + "data: [DONE]\r\n\r\n", kSdkHalf + stop + "data:[DONE]"}) {
    const Reply reply = ReadSdkEnding(stream);
    EXPECT_THAT(reply.parts(), ElementsAre(NamedText("0", "half")));
    EXPECT_EQ(reply.finish().reason, FinishReason::kEndTurn) << stream;
  }
}

TEST(AiSdkEndings, I4_Row04_EndsWithoutAFinish) {
  for (const std::string& stream : {kSdkHalf, kSdkHalf + kDone}) {
    const Reply reply = ReadSdkEnding(stream);
    EXPECT_THAT(reply.parts(), ElementsAre(NamedText("0", "half")));
    EXPECT_EQ(reply.finish().reason, FinishReason::kUnknown);
    EXPECT_EQ(reply.finish().details, "stream ended without a finish");
    EXPECT_TRUE(reply.outcome.status.ok());
  }
  EXPECT_EQ(ReadSdkEnding("").finish().details, "stream ended without a finish: the body is empty");
}

TEST(AiSdkEndings, I4_Row05_Errors) {
  struct Case {
    std::string event, message, type;
  };
  const std::vector<Case> cases = {
      {Data(R"({"type":"error","errorText":"Overloaded"})"), "Overloaded", ""},
      {Data(R"({"type":"error","error":{"message":"Overloaded","type":"busy"}})"), "Overloaded",
       "busy"},
      {Data(R"({"error":{"message":"Overloaded","code":502}})"), "Overloaded", "502"},
      {"event: error\n" + Data(R"({"message":"Overloaded"})"), "Overloaded", ""},
      {"event: error\ndata: Overloaded\n\n", "Overloaded", ""},
      {Data(R"({"type":"error"})"), "the provider reported an error", ""},
      {SdkFinish("error") + kDone, "the provider reported an error", ""},
  };
  for (const Case& c : cases) {
    const Reply reply = ReadSdkEnding(kSdkHalf + c.event);
    EXPECT_THAT(reply.parts(), ElementsAre(NamedText("0", "half"))) << c.event;
    EXPECT_EQ(reply.finish().reason, FinishReason::kError) << c.event;
    EXPECT_EQ(reply.outcome.status, Status(Code::kProtocol, c.message)) << c.event;
    EXPECT_EQ(reply.outcome.provider_type, c.type) << c.event;
  }
}

TEST(AiSdkEndings, I4_Row15_EachWayToStopHasItsReason) {
  const Reply aborted = ReadSdkEnding(kSdkHalf, {Code::kAborted, "stopped"});
  EXPECT_EQ(aborted.finish().reason, FinishReason::kCanceled);
  EXPECT_EQ(aborted.finish().message, "stopped");
  const Reply by_provider =
      ReadSdkEnding(kSdkHalf + Data(R"({"type":"abort","reason":"the user left"})"));
  EXPECT_EQ(by_provider.finish().reason, FinishReason::kCanceled);
  EXPECT_EQ(by_provider.finish().message, "the user left");
  EXPECT_EQ(by_provider.outcome.status, Status(Code::kAborted, "the user left"));
  const Reply cut = ReadSdkEnding(kSdkHalf, {Code::kNetwork, "reset"});
  EXPECT_EQ(cut.finish().reason, FinishReason::kError);
  EXPECT_EQ(cut.outcome.status.code(), Code::kNetwork);
  const Reply after = ReadSdkEnding(kSdkHalf + SdkFinish("stop"), {Code::kNetwork, "reset"});
  EXPECT_EQ(after.finish().reason, FinishReason::kEndTurn);
}

TEST(AiSdkEndings, I4_WhatIsNoSuchStreamIsProtocol) {
  for (const std::string& body :
       {std::string("<html></html>\n"), Data(R"({"type":"message_start","message":{}})"),
        Data(R"({"type":"RUN_STARTED","threadId":"t"})"), Data(R"({"choices":[]})")}) {
    const Reply reply = ReadSdkEnding(body);
    EXPECT_THAT(reply.parts(), IsEmpty()) << body;
    EXPECT_EQ(reply.outcome.status.code(), Code::kProtocol) << body;
    EXPECT_THAT(reply.finish().message, HasSubstr("not a UI message stream of the AI SDK"));
  }
}

TEST(AiSdkEndings, I4_EndingUntilContentComes) {
  const auto reader = MakeStreamReader(StreamFormat::kAiSdk);
  std::vector<Mutation> out;
  reader->Push(kSdkHalf + SdkFinish("stop"), out);
  EXPECT_TRUE(reader->ending());
  reader->Push(Data(R"({"type":"text-delta","id":"1","delta":"x"})"), out);
  EXPECT_FALSE(reader->ending());
}

TEST(AiSdkEndings, I4_Row13_EventTooLongIsProtocol) {
  AiSdkReader reader({}, /*max_event_bytes=*/1000);
  std::vector<Mutation> out;
  reader.Push(kSdkHalf + "data: " + std::string(2000, 'x'), out);
  EXPECT_TRUE(reader.done());
  EXPECT_EQ(reader.outcome().status.code(), Code::kProtocol);
}

// Ids that come again in each of many steps, each found at once.
TEST(AiSdkEndings, I2_Row13_ManyEventsInLinearTime) {
  std::string stream;
  for (int i = 0; i < 20'000; ++i) {
    stream += Events(
        {R"({"type":"text-start","id":"0"})", R"({"type":"text-delta","id":"0","delta":"a"})"});
  }
  const auto reader = MakeStreamReader(StreamFormat::kAiSdk);
  std::vector<Mutation> out;
  reader->Push(stream, out);
  reader->Finish(out);
  EXPECT_EQ(out.size(), 20'001u);
  EXPECT_EQ(std::get<AppendText>(out[19'999]).part, "0~20000");
}

}  // namespace
}  // namespace millrace
