// AI SDK: text, reasoning, files, data and metadata become parts (contract I3).

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "millrace/base/status.h"
#include "streams/event_streams.h"

namespace millrace {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kSdkStop = R"({"type":"finish","finishReason":"stop"})";

Reply ReadSdk(const std::string& bytes, const Status& end = BodyEnded()) {
  return ReadHoweverSplit(StreamFormat::kAiSdk, bytes, end);
}

Reply ReadSdkEvents(std::vector<std::string_view> events) {
  events.push_back(kSdkStop);
  return ReadSdk(Events(events) + kDone);
}

TEST(AiSdk, I2_FormatHasAName) { EXPECT_EQ(StreamFormatFromName("ai-sdk"), StreamFormat::kAiSdk); }

TEST(AiSdk, I3_Row01_TextHoweverItIsSplit) {
  const Reply reply = ReadSdk(
      "data: {\"type\":\"start\",\"messageId\":\"m\"}\r\n\r\n"
      "data: {\"type\":\"text-start\",\"id\":\"0\"}\r\n\r\n"
      "data: {\"type\":\"text-delta\",\"id\":\"0\",\"delta\":\"Zażółć 🌊\"}\r\n\r\n"
      "data: {\"type\":\"text-end\",\"id\":\"0\"}\r\n\r\n"
      "data: {\"type\":\"finish\",\"finishReason\":\"stop\"}\r\n\r\ndata: [DONE]\r\n\r\n");
  EXPECT_THAT(reply.parts(), ElementsAre(NamedText("0", "Zażółć 🌊")));
  EXPECT_EQ(reply.finish().reason, FinishReason::kEndTurn);
}

TEST(AiSdk, I3_Row02_CommentsPingsAndUnknownFields) {
  const Reply reply =
      ReadSdk(": hi\n\nevent: ping\ndata: {}\n\nretry: 5\n\n" +
              Events({R"({"type":"start","new":[1]})",
                      R"({"type":"text-delta","id":"0","delta":"a","more":{"x":1}})",
                      R"({"type":"pulse"})", R"({"type":"pulse","id":"7"})", kSdkStop}));
  EXPECT_THAT(reply.parts(), ElementsAre(NamedText("0", "a")));
  EXPECT_EQ(reply.outcome.skipped_lines, 0);
}

TEST(AiSdk, I3_UnknownTypesWithContentAreKept) {
  const Reply reply =
      ReadSdkEvents({R"({"type":"start"})", R"({"type":"hologram", "depth": 3})",
                     R"({"type":"finish_","a":1})", R"({"type":"tool_call","a":1})"});
  EXPECT_THAT(reply.parts(), ElementsAre(Custom("hologram", R"({"type":"hologram","depth":3})"),
                                         Custom("finish_", R"({"type":"finish_","a":1})"),
                                         Custom("x-tool_call", R"({"type":"tool_call","a":1})")));
}

TEST(AiSdk, I3_Row09_EmptyDeltasWriteNothing) {
  const Reply reply =
      ReadSdkEvents({R"({"type":"start"})", R"({"type":"text-start","id":"0"})",
                     R"({"type":"text-delta","id":"0","delta":""})",
                     R"({"type":"text-delta","id":"0","delta":null})",
                     R"({"type":"text-delta","id":"0"})", R"({"type":"text-end","id":"0"})",
                     R"({"type":"reasoning-start","id":"0","providerMetadata":null})",
                     R"({"type":"reasoning-end","id":"0"})"});
  EXPECT_THAT(reply.parts(), IsEmpty());
  EXPECT_EQ(reply.mutations.size(), 1u);
}

TEST(AiSdk, I3_Row12_TextsSideBySideAndAfterTools) {
  const Reply reply = ReadSdkEvents(
      {R"({"type":"text-start","id":"a"})", R"({"type":"text-start","id":"b"})",
       R"({"type":"text-delta","id":"a","delta":"1"})",
       R"({"type":"text-delta","id":"b","delta":"2"})",
       R"({"type":"reasoning-delta","id":"a","delta":"r"})",
       R"({"type":"text-delta","id":"a","delta":"3"})", R"({"type":"text-end","id":"a"})",
       R"({"type":"tool-input-available","toolCallId":"c","toolName":"f","input":{}})",
       R"({"type":"tool-output-available","toolCallId":"c","output":"ok"})",
       R"({"type":"text-delta","id":"c","delta":"4"})"});
  EXPECT_THAT(reply.parts(),
              ElementsAre(NamedText("a", "13"), NamedText("b", "2"), NamedReasoning("a", "r"),
                          Call("c", "f", "{}"), ResultPart("c", "f", "ok"), NamedText("c", "4")));
}

TEST(AiSdk, I3_IdsThatComeAgainAreOtherParts) {
  const Reply reply = ReadSdkEvents(
      {R"({"type":"text-start","id":"0"})", R"({"type":"text-delta","id":"0","delta":"a"})",
       R"({"type":"text-end","id":"0"})", R"({"type":"text-start","id":"0"})",
       R"({"type":"text-delta","id":"0","delta":"b"})", R"({"type":"text-start","id":"0"})",
       R"({"type":"text-delta","id":"0","delta":"c"})", R"({"type":"text-end","id":"0"})",
       R"({"type":"text-delta","id":"0~2","delta":"d"})"});
  EXPECT_THAT(reply.parts(), ElementsAre(NamedText("0", "a"), NamedText("0~2", "b"),
                                         NamedText("0~3", "c"), NamedText("0~2~2", "d")));
}

TEST(AiSdk, I3_ProviderMetadataOfReasoningIsItsSignature) {
  const Reply reply = ReadSdkEvents(
      {R"({"type":"reasoning-start","id":"r","providerMetadata":{"openai":{"itemId":"x"}}})",
       R"({"type":"reasoning-delta","id":"r","delta":"Hm"})",
       R"({"type":"reasoning-end","id":"r","providerMetadata":{"openai": {"enc": "A\u002b="}}})",
       R"({"type":"reasoning-start","id":"hidden"})",
       R"({"type":"reasoning-end","id":"hidden","providerMetadata":{"a":1}})",
       R"({"type":"text-delta","id":"t","delta":"x"})"});
  ReasoningPart hidden = NamedReasoning("hidden", "", R"({"a":1})");
  hidden.started_at.reset();  // it has no text, so it never began
  EXPECT_THAT(reply.parts(),
              ElementsAre(NamedReasoning("r", "Hm", R"({"openai":{"enc":"A\u002b="}})"), hidden,
                          NamedText("t", "x")));
}

TEST(AiSdk, I3_ProviderMetadataOfTextIsExtra) {
  const std::string early = R"({"providerMetadata":{"openai":{"itemId":"m"}}})";
  const std::string late = R"({"providerMetadata":{"openai":{"annotations":[1]}}})";
  const Reply reply = ReadSdkEvents(
      {R"({"type":"text-start","id":"a","providerMetadata":{"openai":{"itemId":"m"}}})",
       R"({"type":"text-delta","id":"a","delta":"x"})",
       R"({"type":"text-delta","id":"a","delta":"y"})",
       R"({"type":"text-end","id":"a","providerMetadata":{"openai":{"itemId":"m"}}})",
       R"({"type":"text-delta","id":"b","delta":"z"})",
       R"({"type":"text-end","id":"b","providerMetadata":{"openai":{"annotations":[1]}}})"});
  EXPECT_THAT(reply.parts(), ElementsAre(NamedText("a", "xy", early), NamedText("b", "z", late)));
  EXPECT_EQ(reply.mutations.size(), 5u) << "what is known from the beginning is not written again";
}

TEST(AiSdk, I3_Row14_SurrogatesAndNulsOfInterleavedTexts) {
  const Reply reply = ReadSdkEvents({R"({"type":"text-delta","id":"a","delta":"1\ud83d"})",
                                     R"({"type":"text-delta","id":"b","delta":"2\ud83d\u0000"})",
                                     R"({"type":"text-delta","id":"a","delta":"\ude00"})",
                                     R"({"type":"text-delta","id":"b","delta":"\ud83d"})",
                                     R"({"type":"text-delta","id":"b","delta":)", "nonsense"});
  EXPECT_THAT(reply.parts(),
              ElementsAre(NamedText("a", "1😀"), NamedText("b", std::string("2\uFFFD\0\uFFFD", 8))));
  EXPECT_EQ(reply.outcome.skipped_lines, 2);
}

TEST(AiSdk, I3_FilesAndSources) {
  const Reply reply = ReadSdkEvents(
      {R"({"type":"file","url":"data:image/png;base64,iVBORw==","mediaType":"image/png"})",
       R"({"type":"reasoning-file","url":"https://a/b","providerMetadata":{"g":1}})",
       R"({"type":"source-url", "sourceId":"1","url":"https://a"})",
       R"({"type":"source-document","sourceId":"2","title":"T","mediaType":"x/y"})",
       R"({"type":"custom","kind":"a.b"})", R"({"type":"file"})",
       R"({"type":"steering-message","id":"s","parts":[]})"});
  FilePart image;
  image.media_type = "image/png";
  image.url = "data:image/png;base64,iVBORw==";
  FilePart sketch;
  sketch.media_type = "application/octet-stream";
  sketch.url = "https://a/b";
  sketch.extra = R"({"providerMetadata":{"g":1},"reasoning":true})";
  EXPECT_THAT(
      reply.parts(),
      ElementsAre(
          image, sketch,
          Custom("source", R"({"type":"source-url","sourceId":"1","url":"https://a"})"),
          Custom("source",
                 R"({"type":"source-document","sourceId":"2","title":"T","mediaType":"x/y"})"),
          Custom("custom", R"({"type":"custom","kind":"a.b"})"),
          Custom("x-file", R"({"type":"file"})"),
          Custom("steering-message", R"({"type":"steering-message","id":"s","parts":[]})")));
}

TEST(AiSdk, I3_LargeFilesBecomeBlobs) {
  const std::string url = "data:image/png;base64," + std::string(kFileBase64Bytes, 'A');
  const Reply reply =
      Read(StreamFormat::kAiSdk,
           Events({R"({"type":"file","mediaType":"image/png","url":")" + url + "\"}", kSdkStop}));
  ASSERT_EQ(reply.files.size(), 1u);
  EXPECT_EQ(std::get<FilePart>(reply.message.parts[0]).blob, "blob1");
}

TEST(AiSdk, I3_Row11_DataWithTheSameIdReplaces) {
  const Reply reply = ReadSdkEvents(
      {R"({"type":"data-w","id":"1","data":{"t":1}})", R"({"type":"data-w","data":{"t":0}})",
       R"({"type":"data-w","id":"2","data":null})", R"({"type":"data-v","id":"1","data":[]})",
       R"({"type":"data-w","id":"1","data":{"t":2}})",
       R"({"type":"data-w","id":"1","data":{"t":2}})",
       R"({"type":"data-w","id":"1","data":3,"transient":true})"});
  EXPECT_THAT(reply.parts(),
              ElementsAre(Custom("data-w", R"({"t":2})", "1"), Custom("data-w", R"({"t":0})"),
                          Custom("data-w", "null", "2"), Custom("data-v", "[]", "1")));
  EXPECT_EQ(reply.mutations.size(), 6u) << "the same data is not written again";
}

TEST(AiSdk, I3_MetadataIsMerged) {
  const Reply reply =
      ReadSdk(Events({R"({"type":"start","messageMetadata":{"a":1,"b":{"c":2}}})",
                      R"({"type":"message-metadata","messageMetadata":{"b":{"d":3},"a":null}})",
                      R"({"type":"message-metadata","messageMetadata":{"b":{"d":3}}})",
                      R"({"type":"message-metadata","messageMetadata":"text"})",
                      R"({"type":"message-metadata","messageMetadata":null})",
                      R"({"type":"finish","messageMetadata":{"e":4}})"}));
  EXPECT_EQ(reply.message.metadata, R"({"b":{"c":2,"d":3},"e":4})");
  EXPECT_EQ(reply.mutations.size(), 4u);
}

TEST(AiSdk, I4_MetadataThatIsTooLongIsSkipped) {
  const Reply reply = Read(
      StreamFormat::kAiSdk,
      Events({R"({"type":"start","messageMetadata":{"a":")" + std::string(1 << 20, 'x') + "\"}}",
              R"({"type":"text-delta","id":"0","delta":"a"})", kSdkStop}));
  EXPECT_THAT(reply.parts(), ElementsAre(NamedText("0", "a")));
  EXPECT_EQ(reply.outcome.skipped_lines, 1);
}

TEST(AiSdk, I3_Row10_UsageInTheMetadataIsOverwritten) {
  const Reply reply = ReadSdk(Events(
      {R"({"type":"message-metadata","messageMetadata":{"usage":{"inputTokens":1,"outputTokens":1}}})",
       R"({"type":"finish","finishReason":"stop"})",
       R"({"type":"message-metadata","messageMetadata":{"usage":{"inputTokens":2},"totalUsage":)"
       R"({"inputTokens":5,"outputTokens":6,"inputTokenDetails":{"cacheReadTokens":4},)"
       R"("outputTokenDetails":{"reasoningTokens":3}}}})"}));
  ASSERT_TRUE(reply.outcome.usage.has_value());
  EXPECT_EQ(*reply.outcome.usage, (Usage{5, 6, 4, 3}));
  EXPECT_EQ(reply.parts().back(), Part(UsagePart(R"({"inputTokens":5,"outputTokens":6})")));
}

TEST(AiSdk, I3_ResetDropsTheStep) {
  const Reply reply = ReadSdkEvents(
      {R"({"type":"start-step"})", R"({"type":"text-delta","id":"0","delta":"first"})",
       R"({"type":"text-end","id":"0"})", R"({"type":"finish-step"})", R"({"type":"start-step"})",
       R"({"type":"reset-step"})", R"({"type":"text-delta","id":"0","delta":"wrong"})",
       R"({"type":"reasoning-delta","id":"0","delta":"wrong"})",
       R"({"type":"tool-input-start","toolCallId":"c","toolName":"f"})",
       R"({"type":"data-w","id":"1","data":1})", R"({"type":"reset-step"})",
       R"({"type":"text-delta","id":"0","delta":"second"})",
       R"({"type":"data-w","id":"1","data":1})"});
  EXPECT_THAT(reply.parts(), ElementsAre(NamedText("0", "first"), NamedText("0~2", "second"),
                                         Custom("data-w", "1", "1")));
  EXPECT_EQ(reply.finish().reason, FinishReason::kEndTurn) << "the call was dropped too";
}

TEST(AiSdk, I5_ContinuedReplyKeepsItsParts) {
  const std::vector<Part> parts = Continue(
      StreamFormat::kAiSdk,
      {NamedText("0", "old"), NamedText("1", "ope"), Call("c", "f", "{}"),
       Custom("data-w", "1", "w")},
      Events(
          {R"({"type":"tool-output-available","toolCallId":"c","output":{"a":1}})",
           R"({"type":"text-start","id":"0"})", R"({"type":"text-delta","id":"0","delta":"new"})",
           R"({"type":"text-delta","id":"1","delta":"n"})", R"({"type":"reset-step"})",
           R"({"type":"text-start","id":"0"})", R"({"type":"text-delta","id":"0","delta":"newer"})",
           R"({"type":"data-w","id":"w","data":2})", kSdkStop}));
  EXPECT_THAT(parts,
              ElementsAre(NamedText("0", "old"), NamedText("1", "open"), Call("c", "f", "{}"),
                          Custom("data-w", "2", "w"), NamedText("0~2", "newer")));
}

}  // namespace
}  // namespace millrace
