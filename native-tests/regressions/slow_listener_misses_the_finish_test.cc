// A busy page shows a spinner for ever: of a hundred updates it saw 64, and never the finish.
//
// A full queue that keeps the oldest events ends with old news. Here updates of one message wait as
// one. A page that comes back late finds the newest state and learns that it is final.

#include <gtest/gtest.h>

#include "regressions/page.h"
#include "support/store_fixture.h"

namespace millrace {
namespace {

class SlowListener : public StoreFixture {
 protected:
  void SetUp() override {
    StoreFixture::SetUp();
    OpenSession();
  }
  static std::string Id(int i) { return "m" + std::to_string(i); }

  // 100 updates of each message, one window after another, and a finish.
  void Stream(int messages) {
    for (int i = 0; i < messages; ++i) CreateMessage(Id(i));
    for (int update = 0; update < 100; ++update) {
      for (int i = 0; i < messages; ++i) Append(Id(i), std::to_string(update) + " ");
      Advance(33);
    }
    for (int i = 0; i < messages; ++i) ASSERT_TRUE(Write(Id(i), Finish{}).ok());
  }
  void ExpectAllFinal(const Page& page, int messages) {
    EXPECT_EQ(page.broken, "");
    for (int i = 0; i < messages; ++i) {
      const MessageId id(Id(i));
      ASSERT_TRUE(page.copies.contains(id)) << i;
      EXPECT_EQ(page.copies.at(id), **store_->messages().Get(id)) << i;
      EXPECT_EQ(page.last.at(id), (Page::Heard{Page::Heard::kUpdated, true})) << i;
      EXPECT_EQ(page.finishes.at(id), 1) << i << ": told exactly once";
    }
  }
};

TEST_F(SlowListener, B2_AfterAHundredUpdatesItHasTheLastAndTheFinish) {
  Page page;
  const auto feed = store_->OpenFeed(page.Deliver(), 1);
  Stream(1);
  ASSERT_EQ(page.batches, 1);
  feed->Grant(1);
  EXPECT_EQ(page.lagged, 0) << "one message needs no room";
  EXPECT_EQ(page.batches, 2);
  ExpectAllFinal(page, 1);
}

TEST_F(SlowListener, B3_AlsoOfMoreMessagesThanItsMailboxHolds) {
  constexpr int kMessages = 200;
  Page page;
  const auto feed = store_->OpenFeed(page.Deliver(), 0);
  Stream(kMessages);
  RunFor(1000);
  feed->Grant(1);
  EXPECT_EQ(page.lagged, 1) << "what did not fit is told, not hidden";
  EXPECT_EQ(page.batches, 1);
  ExpectAllFinal(page, kMessages);
}

TEST_F(SlowListener, B7_AlsoWhenItTakesOneBatchNowAndThen) {
  Page page;
  const auto feed = store_->OpenFeed(page.Deliver(), 2);
  CreateMessage("m0");
  for (int update = 0; update < 100; ++update) {
    Append("m0", std::to_string(update) + " ");
    Advance(33);
    if (update % 9 == 0) feed->Grant(1);
  }
  ASSERT_TRUE(Write("m0", Finish{}).ok());
  feed->Grant(1);
  ExpectAllFinal(page, 1);
}

}  // namespace
}  // namespace millrace
