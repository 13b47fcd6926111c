// After a retried connection the reply begins twice: the first attempt is still there.
//
// A log that can only append cannot take text back. Here a reset is a change like any other: in the
// delta log, in patches and in what a slow page is told.

#include <gtest/gtest.h>

#include "regressions/page.h"
#include "support/store_fixture.h"

namespace millrace {
namespace {

class RetriedReply : public StoreFixture, public ::testing::WithParamInterface<DurationMs> {
 protected:
  void SetUp() override {
    Open();
    OpenSession();
    CreateMessage("a");
    live_ = store_->OpenFeed(page_.Deliver());
    slow_ = store_->OpenFeed(slow_page_.Deliver(), 1);
  }
  void TearDown() override { EndFeeds(); }
  void Open() {
    StoreOptions options;
    options.window_ms = GetParam();
    OpenStore(options);
  }
  void EndFeeds() {
    live_.reset();
    slow_.reset();
  }

  void Attempt(int attempt, const std::string& text) {
    if (attempt > 0) {
      ASSERT_TRUE(Write("a", Reset{}).ok());
    }
    ASSERT_TRUE(Write("a", AppendReasoning{"thinking"}).ok());
    for (const char c : text) Append("a", std::string(1, c));
    Advance(attempt % 3 * 20);
  }
  void ExpectEverywhere(const std::string& text) {
    RunFor(2 * 3'600'000LL);
    slow_->Grant(1);
    EXPECT_EQ(TextOf("a"), text);
    EXPECT_EQ(SavedTextOf("a"), text);
    EXPECT_EQ(page_.TextOf("a"), text);
    EXPECT_EQ(slow_page_.TextOf("a"), text);
    EXPECT_EQ(page_.broken, "");
    EXPECT_EQ(slow_page_.broken, "");
    EndFeeds();
    Open();
    EXPECT_EQ(TextOf("a"), text);
  }

  Page page_;
  Page slow_page_;
  std::unique_ptr<EventFeed> live_;
  std::unique_ptr<EventFeed> slow_;
};

TEST_P(RetriedReply, C2_OnlyTheLastAttemptStays) {
  for (int attempt = 0; attempt < 30; ++attempt) {
    Attempt(attempt, std::string(static_cast<std::size_t>(40 - attempt), 'x'));
    ASSERT_FALSE(HasFatalFailure());
  }
  Attempt(30, "short");
  ExpectEverywhere("short");
}

TEST_P(RetriedReply, C2_AResetIsOnDiskBeforeTheNextAttemptIs) {
  Attempt(0, "first attempt");
  Outcome reset;
  ASSERT_TRUE(Write("a", Reset{}, reset.AsDone()).ok());
  EXPECT_TRUE(reset.called() && reset.status.ok());
  EXPECT_EQ(SavedTextOf("a"), "");
  EXPECT_EQ(page_.TextOf("a"), "");
  Append("a", "second");
  ExpectEverywhere("second");
}

TEST_P(RetriedReply, C5_AlsoWhenSavingTheResetFailsAtFirst) {
  Attempt(0, "first attempt");
  storage_->set_failure(Status(Code::kIo, "test"));
  Attempt(1, "second");
  storage_->set_failure(Status::Ok());
  ExpectEverywhere("second");
}

INSTANTIATE_TEST_SUITE_P(Windows, RetriedReply, ::testing::Values(0, 33, 3'600'000));

}  // namespace
}  // namespace millrace
