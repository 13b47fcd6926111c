#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "streams/reply.h"

namespace millrace {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Reply ReadText(std::string_view bytes, const Status& end = BodyEnded()) {
  return ReadHoweverSplit(StreamFormat::kText, bytes, end);
}

TEST(TextReader, I2_BodyIsTheReply) {
  const Reply reply = ReadText("Grüße, 世界 😀\r\nline\n");
  EXPECT_THAT(reply.parts(), ElementsAre(Text("Grüße, 世界 😀\r\nline\n")));
  EXPECT_EQ(reply.finish().reason, FinishReason::kEndTurn);
  EXPECT_TRUE(reply.outcome.status.ok());
}

TEST(TextReader, I2_EmptyBodyIsAnEmptyReply) {
  const Reply reply = ReadText("");
  EXPECT_THAT(reply.parts(), IsEmpty());
  EXPECT_EQ(reply.finish().reason, FinishReason::kEndTurn);
}

TEST(TextReader, I3_ByteOrderMarkIsSkippedAtTheStartOnly) {
  EXPECT_THAT(ReadText("\uFEFFa\uFEFF").parts(), ElementsAre(Text("a\uFEFF")));
}

TEST(TextReader, I3_IllFormedBytesAreReplaced) {
  EXPECT_THAT(ReadText("a\xFF\xC3(b\xF0\x9F\x98").parts(),
              ElementsAre(Text("a\uFFFD\uFFFD(b\uFFFD")));
}

TEST(TextReader, I4_FailureKeepsWhatCame) {
  const Reply aborted = ReadText("half a\xF0\x9F", {Code::kAborted, "stopped by the user"});
  EXPECT_THAT(aborted.parts(), ElementsAre(Text("half a\uFFFD")));
  EXPECT_EQ(aborted.finish().reason, FinishReason::kCanceled);
  EXPECT_EQ(aborted.outcome.status.code(), Code::kAborted);

  const Reply failed = ReadText("half", {Code::kNetwork, "connection reset"});
  EXPECT_EQ(failed.finish().reason, FinishReason::kError);
  EXPECT_EQ(failed.finish().message, "connection reset");
  EXPECT_EQ(failed.outcome.status.code(), Code::kNetwork);
}

TEST(StreamFormats, I2_HaveNames) {
  EXPECT_EQ(StreamFormatFromName("openai-chat"), StreamFormat::kOpenAiChat);
  EXPECT_EQ(StreamFormatFromName("text"), StreamFormat::kText);
  EXPECT_EQ(StreamFormatFromName("Text"), std::nullopt);
}

}  // namespace
}  // namespace millrace
