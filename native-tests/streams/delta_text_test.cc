#include "streams/delta_text.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace millrace {
namespace {

// The text of JSON strings, given without their quotes.
std::string Joined(const std::vector<std::string_view>& insides) {
  DeltaText deltas;
  std::string text;
  for (const std::string_view inside : insides) {
    text += deltas.Take("\"" + std::string(inside) + "\"");
  }
  return text + deltas.Finish();
}

TEST(DeltaText, I3_PairSplitBetweenDeltasIsJoined) {
  EXPECT_EQ(Joined({"a\\ud83d", "\\ude00b"}), "a😀b");
  EXPECT_EQ(Joined({"\\uD83D", "", "\\uDE00"}), "😀");
  EXPECT_EQ(Joined({"\\ud83d", "\\ude00\\ud83d", "\\ude00"}), "😀😀");
  EXPECT_EQ(Joined({"\\ud83d\\ude00"}), "😀");
}

TEST(DeltaText, I3_LoneSurrogateIsReplaced) {
  EXPECT_EQ(Joined({"a\\ud83d", "b"}), "a\uFFFDb");
  EXPECT_EQ(Joined({"a\\ud83d"}), "a\uFFFD");
  EXPECT_EQ(Joined({"\\ude00b"}), "\uFFFDb");
  EXPECT_EQ(Joined({"\\ud83d", "\\ud83d\\ude00"}), "\uFFFD😀");
}

TEST(DeltaText, I3_EscapedBackslashIsNoEscape) {
  EXPECT_EQ(Joined({"\\\\ud83d", "\\ude00"}), "\\ud83d\uFFFD");
  EXPECT_EQ(Joined({"\\\\\\ud83d", "\\ude00"}), "\\😀");
}

TEST(DeltaText, I3_OtherTextIsNotHeldBack) {
  DeltaText deltas;
  EXPECT_EQ(deltas.Take("\"\\u00e9\""), "é");
  EXPECT_EQ(deltas.Take("\"\\ud7ff\""), "\uD7FF");
  EXPECT_EQ(deltas.Take("\"\\u0000\""), std::string(1, '\0'));
  EXPECT_EQ(deltas.Take("\"\""), "");
  EXPECT_EQ(deltas.Finish(), "");
}

}  // namespace
}  // namespace millrace
