// The last words of a reply are missing until something else is written to it.
//
// In some designs the end of a timer-fired write clears the timer. An update that lands during such
// a write then finds no timer to arm. Here the end of a write covers what came meanwhile.

#include <gtest/gtest.h>

#include "regressions/page.h"
#include "support/store_fixture.h"

namespace millrace {
namespace {

class StrandedUpdate : public StoreFixture {
 protected:
  static constexpr int kStreams = 300;

  void SetUp() override {
    StoreFixture::SetUp();
    OpenSession();
    page_feed_ = store_->OpenFeed(page_.Deliver());
  }
  void TearDown() override { page_feed_.reset(); }

  static std::string Id(int i) { return "m" + std::to_string(i); }
  void ExpectCovered() const {
    const bool covered = store_->NextDeadline() != kNever || storage_->held() > 0;
    ASSERT_TRUE(store_->stats().pending == 0 || covered) << "nothing will ever save it";
  }
  void ExpectSavedAndTold(int i, const std::string& text) {
    EXPECT_EQ(SavedTextOf(Id(i)), text) << i;
    EXPECT_EQ(page_.TextOf(Id(i)), text) << i;
  }

  Page page_;
  std::unique_ptr<EventFeed> page_feed_;
};

TEST_F(StrandedUpdate, C4_TheLastUpdateOfEachStreamArrivesWhileAllAreBeingWritten) {
  for (int i = 0; i < kStreams; ++i) CreateMessage(Id(i));
  storage_->set_hold(true);
  for (int i = 0; i < kStreams; ++i) Append(Id(i), "first, ");
  Advance(33);
  ASSERT_EQ(storage_->held(), 1U);
  for (int i = 0; i < kStreams; ++i) {
    Append(Id(i), "last");
    ExpectCovered();
  }
  storage_->set_hold(false);
  storage_->ReleaseOne();
  ExpectCovered();
  RunFor(1000);  // nothing is written any more: only the store's own deadlines
  for (int i = 0; i < kStreams; ++i) ExpectSavedAndTold(i, "first, last");
  EXPECT_EQ(page_.broken, "");
}

TEST_F(StrandedUpdate, C4_AtAnyMomentOfAWriteOfAnyLength) {
  for (int i = 0; i < kStreams; ++i) {
    CreateMessage(Id(i));
    storage_->set_hold(true);
    Append(Id(i), "first, ");
    Advance(33);
    Advance(i % 80);
    Append(Id(i), "last");
    Advance(i % 7 * 20);
    ASSERT_NO_FATAL_FAILURE(ExpectCovered()) << i;
    storage_->set_hold(false);
    storage_->ReleaseOne();
    ASSERT_NO_FATAL_FAILURE(ExpectCovered()) << i;
    RunFor(1000);
    ExpectSavedAndTold(i, "first, last");
  }
}

TEST_F(StrandedUpdate, C4_AlsoWhenTheWriteUnderWayFails) {
  for (int i = 0; i < kStreams; ++i) CreateMessage(Id(i));
  storage_->set_hold(true);
  for (int i = 0; i < kStreams; ++i) Append(Id(i), "first, ");
  Advance(33);
  for (int i = 0; i < kStreams; ++i) Append(Id(i), "last");
  storage_->set_hold(false);
  storage_->FailOne(Status(Code::kIo, "test"));
  ExpectCovered();
  RunFor(1000);
  for (int i = 0; i < kStreams; ++i) ExpectSavedAndTold(i, "first, last");
}

}  // namespace
}  // namespace millrace
