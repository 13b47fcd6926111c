// Leaving the page hangs on a save with a deadline of three seconds, and then loses it.
//
// Here a deadline ends only the wait. And a flush waits for what was accepted before it, not for
// streams that go on.

#include <gtest/gtest.h>

#include <deque>

#include "support/store_fixture.h"

namespace millrace {
namespace {

class FlushDeadline : public StoreFixture {
 protected:
  static constexpr int kStreams = 50;

  void SetUp() override {
    StoreFixture::SetUp();
    OpenSession();
    OpenSession("other");
    CreateMessage("a");
    for (int i = 0; i < kStreams; ++i) CreateMessage(Id(i), "other");
  }
  static std::string Id(int i) { return "other" + std::to_string(i); }
  void AppendToOthers() {
    for (int i = 0; i < kStreams; ++i) Append(Id(i), "x");
  }
};

TEST_F(FlushDeadline, C3_EachWaitEndsAtItsOwnDeadlineAndTheWriteGoesOn) {
  storage_->set_hold(true);
  Append("a", "first, ");
  std::deque<Outcome> outcomes(20);
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const TimeMs deadline = now_ + 3000 + static_cast<TimeMs>(i);
    if (i % 2 == 0) {
      store_->messages().Flush(MessageId("a"), deadline, outcomes[i].AsDone());
    } else {
      store_->messages().FlushAll(deadline, outcomes[i].AsDone());
    }
  }
  Append("a", "last");
  Advance(2999);
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    EXPECT_FALSE(outcomes[i].called()) << i;
    EXPECT_LE(store_->NextDeadline(), now_ + 1) << "the host knows when";
    Advance(1);
    EXPECT_EQ(outcomes[i].status.code(), Code::kTimeout) << i;
  }
  storage_->set_hold(false);
  storage_->ReleaseOne();
  RunFor(10'000);
  EXPECT_EQ(SavedTextOf("a"), "first, last") << "nobody waits, and it is saved";
  for (const Outcome& outcome : outcomes) EXPECT_EQ(outcome.calls, 1);
}

TEST_F(FlushDeadline, C3_ACallerThatGivesUpAtOnceDisarmsNothing) {
  Append("a", "text");
  const TimeMs due = store_->NextDeadline();
  storage_->set_hold(true);
  Outcome expired;
  store_->messages().Flush(MessageId("a"), now_, expired.AsDone());
  Advance(0);
  EXPECT_EQ(expired.status.code(), Code::kTimeout);
  storage_->set_hold(false);
  while (storage_->held() > 0) storage_->FailOne(Status(Code::kIo, "and this write fails, too"));
  Append("a", " and more");
  ASSERT_NE(store_->NextDeadline(), kNever);
  RunFor(due - now_ + 1000);
  EXPECT_EQ(SavedTextOf("a"), "text and more");
}

TEST_F(FlushDeadline, C3_OtherSessionsStreamingOnHoldNoFlushUp) {
  storage_->set_hold(true);
  Append("a", "text");
  AppendToOthers();
  Outcome one;
  Outcome all;
  store_->messages().Flush(MessageId("a"), kNever, one.AsDone());
  store_->messages().FlushAll(kNever, all.AsDone());
  const std::size_t commits = storage_->commits_seen();
  for (int round = 0; round < 3; ++round) {
    AppendToOthers();  // before each end of a commit, like fast streams
    ASSERT_EQ(storage_->held(), 1U);
    storage_->ReleaseOne();
    if (one.called() && all.called()) break;
  }
  EXPECT_TRUE(one.called() && one.status.ok());
  EXPECT_TRUE(all.called() && all.status.ok());
  EXPECT_LE(storage_->commits_seen() - commits, 1U);
  EXPECT_EQ(SavedTextOf("a"), "text");
}

TEST_F(FlushDeadline, C3_OfACleanMessageIsFreeWhileOthersStream) {
  Append("a", "text");
  Outcome first;
  store_->messages().Flush(MessageId("a"), kNever, first.AsDone());
  ASSERT_TRUE(first.called() && first.status.ok());
  const std::size_t commits = storage_->commits_seen();
  for (int i = 0; i < 10; ++i) {
    Outcome outcome;
    store_->messages().Flush(MessageId("a"), kNever, outcome.AsDone());
    EXPECT_TRUE(outcome.called() && outcome.status.ok());
  }
  EXPECT_EQ(storage_->commits_seen(), commits);
}

}  // namespace
}  // namespace millrace
