#include "millrace/streams/sse_framer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace millrace {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// The items of `pieces`, each as "name|data", "field|line" or "stray|line".
std::vector<std::string> Items(SseFramer& framer, const std::vector<std::string_view>& pieces) {
  std::vector<std::string> items;
  const auto read = [&] {
    while (const auto item = framer.Next()) {
      const bool event = item->kind == SseFramer::Item::kEvent;
      const bool field = item->kind == SseFramer::Item::kField;
      items.push_back((event   ? std::string(item->name)
                       : field ? "field"
                               : "stray") +
                      "|" + std::string(item->text));
    }
  };
  for (const std::string_view piece : pieces) {
    framer.Push(piece);
    read();
  }
  framer.End();
  read();
  return items;
}

std::vector<std::string> Items(const std::vector<std::string_view>& pieces) {
  SseFramer framer;
  return Items(framer, pieces);
}

// The items of `bytes`. They must be the same however `bytes` is split in two, and byte by byte.
std::vector<std::string> ItemsHoweverSplit(std::string_view bytes) {
  const std::vector<std::string> whole = Items({bytes});
  std::vector<std::string_view> single;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    single.push_back(bytes.substr(at, 1));
    EXPECT_EQ(Items({bytes.substr(0, at), bytes.substr(at)}), whole) << "split at " << at;
  }
  EXPECT_EQ(Items(single), whole) << "byte by byte";
  return whole;
}

TEST(SseFramer, I3_EveryLineEndIsALineEnd) {
  for (const std::string end : {"\n", "\r\n", "\r"}) {
    EXPECT_THAT(ItemsHoweverSplit("data: a" + end + end + "event: x" + end + "data: b" + end + end),
                ElementsAre("|a", "x|b"));
  }
  EXPECT_THAT(ItemsHoweverSplit("data: a\r\n\rdata: b\n\r\n\n"), ElementsAre("|a", "|b"));
}

TEST(SseFramer, I3_EventIsGivenAsSoonAsItIsWhole) {
  SseFramer framer;
  framer.Push("data: a\r\n\r");  // the blank line has ended, but its LF still comes
  ASSERT_TRUE(framer.Next().has_value());
  framer.Push("\ndata: b");
  EXPECT_FALSE(framer.Next().has_value());
}

TEST(SseFramer, I3_DataLinesJoinAndKeepAllButOneSpace) {
  EXPECT_THAT(ItemsHoweverSplit("data:a\ndata: b\ndata:  c\ndata\n\n"), ElementsAre("|a\nb\n c\n"));
}

TEST(SseFramer, I3_CommentsAndEmptyEventsAreNothing) {
  EXPECT_THAT(ItemsHoweverSplit(": OPENROUTER PROCESSING\n\n:\n\n\n\nevent: ping\n\ndata: a\n\n"),
              ElementsAre("|a"));
}

TEST(SseFramer, I3_NameIsOfOneEventOnly) {
  EXPECT_THAT(ItemsHoweverSplit("event: one\nid: 7\nretry: 10\ndata: a\n\ndata: b\n\n"),
              ElementsAre("one|a", "|b"));
}

TEST(SseFramer, I3_ByteOrderMarkIsSkippedOnce) {
  EXPECT_THAT(ItemsHoweverSplit("\xEF\xBB\xBF"
                                "data: a\n\n\xEF\xBB\xBF"
                                "data: b\n\n"),
              ElementsAre("|a",
                          "stray|\xEF\xBB\xBF"
                          "data: b"));
}

TEST(SseFramer, I3_EndCompletesTheLastEvent) {
  EXPECT_THAT(ItemsHoweverSplit("data: a\n\ndata: b"), ElementsAre("|a", "|b"));
  EXPECT_THAT(ItemsHoweverSplit("data: a\n"), ElementsAre("|a"));
  EXPECT_THAT(ItemsHoweverSplit(""), IsEmpty());
}

TEST(SseFramer, I3_OtherLinesAreToldApart) {
  EXPECT_THAT(
      ItemsHoweverSplit("<html>\nx-field: 1\n{\"error\":1}\nhello\ndata: a\n\n"),
      ElementsAre("stray|<html>", "field|x-field: 1", "stray|{\"error\":1}", "stray|hello", "|a"));
}

TEST(SseFramer, I3_LineAndEventAreBounded) {
  SseFramer line(10);
  EXPECT_THAT(Items(line, {"data: 1234", "56789"}), IsEmpty());
  EXPECT_TRUE(line.too_long());

  SseFramer event(10);
  EXPECT_THAT(Items(event, {"data: 1\n\ndata: 2222\ndata: 3333\ndata: 4444\n\n"}),
              ElementsAre("|1"));
  EXPECT_TRUE(event.too_long());

  SseFramer many(10);  // the bound is for an event, not for one call
  EXPECT_THAT(Items(many, {"data: 1\n\ndata: 2\n\ndata: 3\n\n"}), ElementsAre("|1", "|2", "|3"));
  EXPECT_FALSE(many.too_long());
}

TEST(SseFramer, I3_LongLineInSmallPiecesIsLinear) {
  // With quadratic cost this would be 64 billion steps.
  SseFramer framer;
  const std::string piece(16, 'x');
  framer.Push("data: ");
  for (int i = 0; i < 32 * 1024; ++i) {
    framer.Push(piece);
    ASSERT_FALSE(framer.Next().has_value());
  }
  framer.Push("\n\n");
  const auto item = framer.Next();
  ASSERT_TRUE(item.has_value());
  EXPECT_EQ(item->text.size(), 512u * 1024);
}

}  // namespace
}  // namespace millrace
