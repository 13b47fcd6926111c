#include "millrace/pubsub/broker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "pubsub/note.h"

namespace millrace {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class BrokerTest : public testing::Test {
 protected:
  // Room for two keys, and a time-out of 50 ms.
  BrokerOptions options_{.mailbox_capacity = 2, .must_deliver_timeout_ms = 50};
  NoteStore store_;
  Recorder recorder_;
  NoteBroker broker_{options_, store_.Reader()};
};

TEST_F(BrokerTest, B1_FilterChoosesWhatIsHeard) {
  const Subscription all = broker_.Subscribe(std::nullopt, recorder_.Callback());
  Recorder only_two;
  const Subscription two = broker_.Subscribe(2, only_two.Callback());
  broker_.Publish({Updated(1, 1), Updated(2, 1)});
  EXPECT_THAT(recorder_.batches, ElementsAre(Batch{Updated(1, 1), Updated(2, 1)}));
  EXPECT_THAT(only_two.batches, ElementsAre(Batch{Updated(2, 1)}));
}

TEST_F(BrokerTest, B1_MailboxIsBounded) {
  Subscription stuck = broker_.Subscribe(std::nullopt, recorder_.Callback(), 0);
  for (int subject = 0; subject < 100; ++subject) broker_.Publish({Updated(subject, 1)});
  EXPECT_EQ(broker_.counters().drop_count, 98);
  stuck.Grant(1);
  ASSERT_EQ(recorder_.batches.size(), 1u);
  EXPECT_EQ(recorder_.batches[0][0].dropped, 98);
  EXPECT_EQ(recorder_.batches[0].size(), 3u);  // lagged, and the two events that fitted
}

TEST_F(BrokerTest, B1_BatchLargerThanAMailboxReachesSubscriberThatIsNotBehind) {
  Subscription subscription = broker_.Subscribe(std::nullopt, recorder_.Callback(), 1);
  Batch batch;
  for (int subject = 0; subject < 1000; ++subject) batch.push_back(Updated(subject, 1));
  broker_.Publish(batch);
  EXPECT_THAT(recorder_.batches, ElementsAre(batch));
  EXPECT_EQ(broker_.counters().drop_count, 0);
}

TEST_F(BrokerTest, B2_SameKeyConflatesInPlaceAndEndsNewest) {
  Subscription slow = broker_.Subscribe(std::nullopt, recorder_.Callback(), 0);
  broker_.Publish({Updated(1, 1)});
  broker_.Publish({Updated(2, 1)});
  for (int version = 2; version <= 10; ++version) broker_.Publish({Updated(1, version)});
  EXPECT_EQ(broker_.counters().conflated_count, 9);
  EXPECT_EQ(broker_.counters().drop_count, 0);
  slow.Grant(1);
  EXPECT_THAT(recorder_.batches, ElementsAre(Batch{Updated(1, 10), Updated(2, 1)}));
}

TEST_F(BrokerTest, B2_WhoKeepsUpHearsOfEachOfABatch) {
  Recorder behind;
  const Subscription keeps_up = broker_.Subscribe(std::nullopt, recorder_.Callback(), 1);
  Subscription slow = broker_.Subscribe(std::nullopt, behind.Callback(), 0);
  const Batch batch = {Updated(1, 1), Updated(2, 1), Updated(1, 2), Updated(1, 3)};
  broker_.Publish(batch);
  EXPECT_THAT(recorder_.batches, ElementsAre(batch));
  broker_.Publish({Updated(1, 4)});
  EXPECT_EQ(recorder_.batches.size(), 1U) << "behind, from now on";
  slow.Grant(1);
  EXPECT_THAT(behind.batches, ElementsAre(Batch{Updated(1, 4), Updated(2, 1)}));
}

TEST_F(BrokerTest, B2_EachCreditIsOneBatch) {
  Subscription slow = broker_.Subscribe(std::nullopt, recorder_.Callback(), 2);
  for (int version = 1; version <= 5; ++version) broker_.Publish({Updated(1, version)});
  EXPECT_THAT(recorder_.batches, ElementsAre(Batch{Updated(1, 1)}, Batch{Updated(1, 2)}));
  slow.Grant(2);
  EXPECT_EQ(recorder_.batches.size(), 3u);  // one batch waited; the other credit is kept
  EXPECT_EQ(recorder_.batches.back(), Batch{Updated(1, 5)});
  broker_.Publish({Updated(1, 6)});
  EXPECT_EQ(recorder_.batches.back(), Batch{Updated(1, 6)});
  broker_.Publish({Updated(1, 7)});
  EXPECT_EQ(recorder_.batches.size(), 4u);
}

TEST_F(BrokerTest, B2_GrantOfNothingOrOverTheTopIsHarmless) {
  Subscription slow = broker_.Subscribe(std::nullopt, recorder_.Callback(), 0);
  broker_.Publish({Updated(1, 1)});
  slow.Grant(0);
  slow.Grant(-5);
  EXPECT_THAT(recorder_.batches, IsEmpty());
  slow.Grant(std::numeric_limits<int>::max());
  slow.Grant(std::numeric_limits<int>::max());
  EXPECT_EQ(recorder_.batches.size(), 1u);
  Recorder unlimited;
  Subscription never_behind = broker_.Subscribe(std::nullopt, unlimited.Callback());
  never_behind.Grant(1);
  for (int version = 2; version <= 5; ++version) broker_.Publish({Updated(1, version)});
  EXPECT_EQ(unlimited.batches.size(), 4u);
}

TEST_F(BrokerTest, B3_FinalUpdateMergesWithOthersAndStaysFinal) {
  Subscription slow = broker_.Subscribe(std::nullopt, recorder_.Callback(), 0);
  broker_.Publish({Updated(1, 1)});
  broker_.Publish({Final(1, 2)});
  broker_.Publish({Updated(1, 3)});
  slow.Grant(1);
  EXPECT_THAT(recorder_.batches, ElementsAre(Batch{Final(1, 3)}));
}

TEST_F(BrokerTest, B3_MustDeliverWaitsForRoomAndKeepsItsOrder) {
  Subscription slow = broker_.Subscribe(std::nullopt, recorder_.Callback(), 0);
  broker_.Publish({Updated(1, 1), Updated(2, 1), Final(3, 1), Deleted(4)});
  EXPECT_EQ(broker_.counters().must_deliver_drop_count, 0);
  slow.Grant(1);
  EXPECT_THAT(recorder_.batches,
              ElementsAre(Batch{Updated(1, 1), Updated(2, 1), Final(3, 1), Deleted(4)}));
  EXPECT_EQ(broker_.NextDeadline(), kNever);
}

TEST_F(BrokerTest, B3_TheClassIsKeptWhenALaterOneIsLossy) {
  // A failed batch is counted by class.
  bool fails = true;
  Subscription slow = broker_.Subscribe(
      std::nullopt, [&fails](const Batch&) { return !fails; }, 0);
  broker_.Publish({Final(1, 1)});
  broker_.Publish({Updated(1, 2)});
  slow.Grant(1);
  EXPECT_EQ(broker_.counters().must_deliver_drop_count, 1);
  EXPECT_EQ(broker_.counters().drop_count, 0);
}

TEST_F(BrokerTest, B3_WaitingMustDeliverConflates) {
  Subscription slow = broker_.Subscribe(std::nullopt, recorder_.Callback(), 0);
  broker_.Publish({Updated(1, 1), Updated(2, 1), Final(3, 1)});
  broker_.AdvanceTo(20);
  broker_.Publish({Final(3, 2)});
  EXPECT_EQ(broker_.NextDeadline(), 50);  // the deadline of the event that it merged into
  slow.Grant(1);
  EXPECT_THAT(recorder_.batches, ElementsAre(Batch{Updated(1, 1), Updated(2, 1), Final(3, 2)}));
}

TEST_F(BrokerTest, B3_OneDeadlineForAllSubscribersAtOnce) {
  std::vector<Subscription> stuck;
  for (int i = 0; i < 1000; ++i) {
    stuck.push_back(broker_.Subscribe(std::nullopt, recorder_.Callback(), 0));
  }
  broker_.AdvanceTo(1000);
  broker_.Publish({Updated(1, 1), Updated(2, 1), Final(3, 1)});
  EXPECT_EQ(broker_.NextDeadline(), 1050);
  broker_.AdvanceTo(1049);
  EXPECT_EQ(broker_.counters().must_deliver_drop_count, 0);
  broker_.AdvanceTo(1050);
  EXPECT_EQ(broker_.counters().must_deliver_drop_count, 1000);
  EXPECT_EQ(broker_.counters().drop_count, 0);
  EXPECT_EQ(broker_.NextDeadline(), kNever);
}

TEST_F(BrokerTest, B3_NextDeadlineFollowsWhatStillWaits) {
  Subscription early = broker_.Subscribe(std::nullopt, recorder_.Callback(), 0);
  broker_.Publish({Updated(1, 1), Updated(2, 1), Final(3, 1)});
  broker_.AdvanceTo(10);
  broker_.Publish({Final(4, 1)});
  Subscription late = broker_.Subscribe(std::nullopt, recorder_.Callback(), 0);
  broker_.AdvanceTo(20);
  broker_.Publish({Updated(1, 2), Updated(2, 2), Final(3, 2)});
  EXPECT_EQ(broker_.NextDeadline(), 50);
  broker_.AdvanceTo(50);
  EXPECT_EQ(broker_.NextDeadline(), 60);
  early.Unsubscribe();
  EXPECT_EQ(broker_.NextDeadline(), 70);
  late.Grant(1);
  EXPECT_EQ(broker_.NextDeadline(), kNever);
  EXPECT_EQ(broker_.counters().must_deliver_drop_count, 1);
}

TEST_F(BrokerTest, B3_TimeNeverGoesBack) {
  Subscription slow = broker_.Subscribe(std::nullopt, recorder_.Callback(), 0);
  broker_.AdvanceTo(100);
  broker_.AdvanceTo(40);
  broker_.Publish({Updated(1, 1), Updated(2, 1), Final(3, 1)});
  EXPECT_EQ(broker_.NextDeadline(), 150);
}

TEST_F(BrokerTest, B3_WaitingForRoomIsBounded) {
  Subscription slow = broker_.Subscribe(std::nullopt, recorder_.Callback(), 0);
  broker_.Publish({Updated(1, 1), Updated(2, 1)});
  for (int subject = 3; subject <= 10; ++subject) broker_.Publish({Deleted(subject)});
  EXPECT_EQ(broker_.counters().must_deliver_drop_count, 6);
  slow.Grant(1);
  ASSERT_EQ(recorder_.batches.size(), 1u);
  EXPECT_EQ(recorder_.batches[0][0], LaggedBy(6, {"10", "5", "6", "7", "8", "9"}));
}

TEST_F(BrokerTest, B3_TheHostHearsOnceThatASubscriberLosesMustDeliverEvents) {
  int told = 0;
  BrokerOptions options = options_;
  options.on_must_deliver_drop = [&told] { ++told; };
  NoteBroker broker(options, store_.Reader());
  Subscription stuck = broker.Subscribe(std::nullopt, recorder_.Callback(), 0);
  for (int subject = 0; subject < 10; ++subject) broker.Publish({Created(subject)});
  EXPECT_EQ(told, 1);
  broker.AdvanceTo(50);
  EXPECT_EQ(told, 1);
  stuck.Grant(1);
  for (int subject = 0; subject < 3; ++subject) broker.Publish({Created(subject)});
  EXPECT_EQ(told, 1);
  broker.AdvanceTo(100);
  EXPECT_EQ(told, 2);
}

TEST_F(BrokerTest, B5_CountersStartAtZeroAndCount) {
  EXPECT_EQ(broker_.counters().subscriber_count, 0);
  Subscription one = broker_.Subscribe(std::nullopt, recorder_.Callback());
  {
    Subscription two = broker_.Subscribe(std::nullopt, recorder_.Callback());
    EXPECT_EQ(broker_.counters().subscriber_count, 2);
    broker_.Publish({Updated(1, 1)});
    EXPECT_EQ(broker_.counters().delivered_batches, 2);
  }
  EXPECT_EQ(broker_.counters().subscriber_count, 1);
  one.Unsubscribe();
  EXPECT_TRUE(one.closed());
  EXPECT_EQ(broker_.counters().subscriber_count, 0);
  broker_.Publish({Updated(1, 2)});
  EXPECT_EQ(broker_.counters().delivered_batches, 2);
}

TEST_F(BrokerTest, B6_ShutdownClosesAndSilences) {
  Subscription open = broker_.Subscribe(std::nullopt, recorder_.Callback(), 1);
  Subscription waiting = broker_.Subscribe(std::nullopt, recorder_.Callback(), 0);
  broker_.Publish({Updated(1, 1)});
  broker_.Shutdown();
  broker_.Shutdown();
  EXPECT_TRUE(open.closed());
  EXPECT_TRUE(waiting.closed());
  broker_.Publish({Final(1, 2)});
  waiting.Grant(1);
  broker_.AdvanceTo(1000);
  EXPECT_EQ(recorder_.batches.size(), 1u);
  EXPECT_EQ(broker_.NextDeadline(), kNever);
  EXPECT_EQ(broker_.counters().subscriber_count, 0);
  EXPECT_TRUE(broker_.Subscribe(std::nullopt, recorder_.Callback()).closed());
}

TEST_F(BrokerTest, B6_SubscriptionOutlivesTheBroker) {
  Subscription subscription;
  EXPECT_TRUE(subscription.closed());
  {
    NoteBroker broker(options_, store_.Reader());
    subscription = broker.Subscribe(std::nullopt, recorder_.Callback(), 0);
    broker.Publish({Updated(1, 1)});
  }
  EXPECT_TRUE(subscription.closed());
  subscription.Grant(1);
  subscription.Unsubscribe();
  EXPECT_THAT(recorder_.batches, IsEmpty());
}

TEST_F(BrokerTest, B6_ClosingFreesWhatTheCallbackHolds) {
  auto held = std::make_shared<int>(1);
  Subscription subscription =
      broker_.Subscribe(std::nullopt, [held](const Batch&) { return true; });
  EXPECT_EQ(held.use_count(), 2);
  Subscription moved = std::move(subscription);
  EXPECT_EQ(held.use_count(), 2);
  moved = broker_.Subscribe(std::nullopt, recorder_.Callback());  // closes the first one
  EXPECT_EQ(held.use_count(), 1);
  static_assert(!std::is_copy_constructible_v<Subscription>);
}

}  // namespace
}  // namespace millrace
