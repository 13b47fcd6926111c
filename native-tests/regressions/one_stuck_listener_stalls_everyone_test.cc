// One frozen tab makes the whole application stand still, for longer with each further one.
//
// Some designs wait for each slow listener in turn, under the lock that subscribing and closing
// need. They stop the publisher for the sum of all waits. Here nobody waits: one deadline serves
// all.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <vector>

#include "pubsub/note.h"

namespace millrace {
namespace {

class StuckListener : public testing::Test {
 protected:
  static constexpr int kStuck = 100;

  // A healthy listener after each stuck one.
  void SetUp() override {
    for (int i = 0; i < kStuck; ++i) {
      stuck_.push_back(broker_.Subscribe(std::nullopt, frozen_.Callback(), 0));
      healthy_.push_back(std::make_unique<Recorder>());
      subscriptions_.push_back(broker_.Subscribe(std::nullopt, healthy_.back()->Callback()));
    }
    broker_.AdvanceTo(1000);
    broker_.Publish({Updated(1, 1), Updated(2, 1)});  // fills the stuck listeners' mailboxes
  }
  std::size_t HeardByHealthy(std::size_t i) const { return healthy_[i]->batches.size(); }

  NoteStore store_;
  Recorder frozen_;
  std::vector<std::unique_ptr<Recorder>> healthy_;
  NoteBroker broker_{{.mailbox_capacity = 2, .must_deliver_timeout_ms = 50}, store_.Reader()};
  std::vector<Subscription> stuck_;
  std::vector<Subscription> subscriptions_;
};

TEST_F(StuckListener, B3_PublishingTakesNoTimeAndSkipsNobodyWhoIsWell) {
  for (int version = 1; version <= 10; ++version) broker_.Publish({Final(3, version)});
  // No time has passed, and every healthy listener has everything.
  for (std::size_t i = 0; i < healthy_.size(); ++i) EXPECT_EQ(HeardByHealthy(i), 11U) << i;
  EXPECT_EQ(broker_.counters().must_deliver_drop_count, 0);
  EXPECT_EQ(broker_.NextDeadline(), 1050) << "one wait for all, from the first publish";
  broker_.AdvanceTo(1049);
  EXPECT_EQ(broker_.counters().must_deliver_drop_count, 0);
  broker_.AdvanceTo(1050);
  EXPECT_EQ(broker_.NextDeadline(), kNever);
  EXPECT_EQ(broker_.counters().must_deliver_drop_count, kStuck) << "each loss is counted";
  store_.Set(Final(3, 10));
  for (Subscription& subscription : stuck_) subscription.Grant(1);
  ASSERT_EQ(frozen_.batches.size(), static_cast<std::size_t>(kStuck));
  for (const Batch& batch : frozen_.batches) {
    ASSERT_EQ(batch.size(), 4U);
    EXPECT_EQ(batch[0].kind, Note::kLagged) << "and told";
    EXPECT_EQ(batch[1], Final(3, 10));
  }
}

TEST_F(StuckListener, B6_SubscribingAndLeavingWorkWhileOthersAreWaitedFor) {
  broker_.Publish({Final(3, 1)});
  Recorder newcomer;
  const Subscription late = broker_.Subscribe(std::nullopt, newcomer.Callback());
  broker_.Publish({Final(4, 1)});
  EXPECT_EQ(newcomer.batches.size(), 1U);
  for (Subscription& subscription : stuck_) subscription.Unsubscribe();
  EXPECT_EQ(broker_.NextDeadline(), kNever) << "nobody is waited for any more";
  EXPECT_EQ(broker_.counters().subscriber_count, kStuck + 1);
}

TEST_F(StuckListener, B6_ShuttingDownWorksWhileOthersAreWaitedFor) {
  broker_.Publish({Final(3, 1)});
  broker_.Shutdown();
  EXPECT_EQ(broker_.NextDeadline(), kNever);
  for (const Subscription& subscription : stuck_) EXPECT_TRUE(subscription.closed());
  for (const Subscription& subscription : subscriptions_) EXPECT_TRUE(subscription.closed());
  EXPECT_TRUE(frozen_.batches.empty());
}

TEST_F(StuckListener, B3_ARelayKeepsTheClassOfWhatItPassesOn) {
  NoteBroker second({.mailbox_capacity = 2, .must_deliver_timeout_ms = 50}, store_.Reader());
  const Subscription relay = broker_.Subscribe(std::nullopt, [&](Batch batch) {
    second.Publish(std::move(batch));
    return true;
  });
  Recorder end;
  Subscription slow = second.Subscribe(std::nullopt, end.Callback(), 0);
  // Two updates fill its mailbox, and as many must-deliver events wait for room.
  broker_.Publish({Updated(1, 2), Updated(2, 2), Created(3), Final(4, 1), Deleted(5)});
  slow.Grant(1);
  ASSERT_EQ(end.batches.size(), 1U);
  EXPECT_EQ(end.batches[0].size(), 5U) << "and the two that filled the mailbox";
  EXPECT_THAT(end.batches[0], testing::Contains(LaggedBy(1, {"5"}))) << "the third is told";
  EXPECT_THAT(end.batches[0], testing::Contains(Created(3)));
  EXPECT_THAT(end.batches[0], testing::Contains(Final(4, 1)));
}

}  // namespace
}  // namespace millrace
