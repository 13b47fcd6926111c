// Contract B4: a subscriber that lost anything is told so and gets the newest state. It never sees
// an older one afterwards (C6).

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "pubsub/note.h"

namespace millrace {
namespace {

using testing::ElementsAre;

class LaggedTest : public testing::Test {
 protected:
  void Fill() { broker_.Publish({Updated(1, 1), Updated(2, 1)}); }

  NoteStore store_;
  Recorder recorder_;
  NoteBroker broker_{{.mailbox_capacity = 2, .must_deliver_timeout_ms = 50}, store_.Reader()};
  Subscription slow_ = broker_.Subscribe(std::nullopt, recorder_.Callback(), 0);
};

TEST_F(LaggedTest, B4_DroppedUpdateIsToldOnceWithTheNewestState) {
  Fill();
  broker_.Publish({Updated(3, 1)});
  broker_.Publish({Updated(3, 2)});
  store_.Set(Updated(3, 2));
  slow_.Grant(2);
  broker_.Publish({Updated(1, 2)});
  EXPECT_THAT(recorder_.batches,
              ElementsAre(Batch{LaggedBy(2, {"3"}), Updated(3, 2), Updated(1, 1), Updated(2, 1)},
                          Batch{Updated(1, 2)}));
  EXPECT_EQ(broker_.counters().drop_count, 2);
}

TEST_F(LaggedTest, B4_SubjectThatIsGoneHasNoNewestState) {
  Fill();
  broker_.Publish({Updated(3, 1)});
  slow_.Grant(1);
  EXPECT_THAT(recorder_.batches,
              ElementsAre(Batch{LaggedBy(1, {"3"}), Updated(1, 1), Updated(2, 1)}));
}

TEST_F(LaggedTest, B4_NewestStatePassesTheFilter) {
  Recorder only_one;
  Subscription one = broker_.Subscribe(1, only_one.Callback(), 1);
  only_one.fails = true;
  broker_.Publish({Updated(1, 1)});
  store_.newest["1"] = Updated(7, 7);
  only_one.fails = false;
  one.Grant(1);
  EXPECT_EQ(only_one.batches.back(), Batch{LaggedBy(1, {"1"})});
}

TEST_F(LaggedTest, B4_TimedOutFinalIsToldWithTheNewestState) {
  Fill();
  broker_.Publish({Final(3, 4)});
  store_.Set(Final(3, 4));
  broker_.AdvanceTo(50);
  EXPECT_TRUE(recorder_.batches.empty());
  slow_.Grant(1);
  EXPECT_THAT(recorder_.batches,
              ElementsAre(Batch{LaggedBy(1, {"3"}), Final(3, 4), Updated(1, 1), Updated(2, 1)}));
}

TEST_F(LaggedTest, B4_CreatedComesBeforeTheNewestState) {
  Fill();
  broker_.Publish({Created(3)});     // waits for room
  broker_.Publish({Updated(3, 2)});  // lost
  store_.Set(Updated(3, 2));
  slow_.Grant(1);
  EXPECT_THAT(recorder_.batches, ElementsAre(Batch{LaggedBy(1, {"3"}), Updated(1, 1), Updated(2, 1),
                                                   Created(3), Updated(3, 2)}));
}

TEST_F(LaggedTest, B4_WaitingFinalMergesIntoTheNewestState) {
  // Subject 3: one final update is lost by time-out, then another one waits.
  Fill();
  broker_.Publish({Final(3, 2)});
  broker_.AdvanceTo(50);
  broker_.Publish({Final(3, 3)});
  store_.Set(Updated(3, 5));
  slow_.Grant(1);
  EXPECT_THAT(recorder_.batches,
              ElementsAre(Batch{LaggedBy(1, {"3"}), Final(3, 5), Updated(1, 1), Updated(2, 1)}));
}

TEST_F(LaggedTest, B4_DeletedIsNeverFollowedByAnUpdate) {
  Fill();
  broker_.Publish({Updated(3, 1)});
  Note deleted = Deleted(2);
  deleted.subjects = {"2", "3"};
  broker_.Publish({deleted});
  slow_.Grant(1);
  EXPECT_THAT(recorder_.batches,
              ElementsAre(Batch{LaggedBy(1, {"3"}), Updated(1, 1), Updated(2, 1), deleted}));
}

TEST_F(LaggedTest, B4_FailedBatchIsToldWithTheNextEvent) {
  Recorder failing;
  failing.fails = true;
  const Subscription subscription = broker_.Subscribe(std::nullopt, failing.Callback());
  broker_.Publish({Updated(1, 1), Final(2, 1)});
  EXPECT_EQ(failing.batches.size(), 1u);  // not tried again at once
  EXPECT_EQ(broker_.counters().drop_count, 1);
  EXPECT_EQ(broker_.counters().must_deliver_drop_count, 1);
  EXPECT_EQ(broker_.counters().delivered_batches, 0);
  failing.fails = false;
  store_.Set(Updated(1, 2));
  store_.Set(Final(2, 1));
  broker_.Publish({Updated(1, 2)});
  EXPECT_EQ(failing.batches.back(), (Batch{LaggedBy(2, {"1", "2"}), Updated(1, 2), Final(2, 1)}));
}

TEST_F(LaggedTest, B4_FailedBatchUsesNoCreditAndLosesNoOlderLoss) {
  Fill();
  broker_.Publish({Updated(3, 1)});
  recorder_.fails = true;
  slow_.Grant(1);
  EXPECT_EQ(recorder_.batches.size(), 1u);
  recorder_.fails = false;
  broker_.Publish({Updated(4, 1)});
  ASSERT_EQ(recorder_.batches.size(), 2u);
  EXPECT_EQ(recorder_.batches[1], (Batch{LaggedBy(3, {"1", "2", "3"}), Updated(4, 1)}));
  broker_.Publish({Updated(4, 2)});
  EXPECT_EQ(recorder_.batches.size(), 2u);  // the one credit is used
}

TEST_F(LaggedTest, B4_GrantTellsOfAFailure) {
  recorder_.fails = true;
  Fill();
  slow_.Grant(1);
  recorder_.fails = false;
  slow_.Grant(1);
  EXPECT_EQ(recorder_.batches.back(), Batch{LaggedBy(2, (std::vector<std::string>{"1", "2"}))});
}

TEST_F(LaggedTest, B4_TooManySubjectsAreToldWithoutNames) {
  Fill();
  const int lost = static_cast<int>(kMaxLaggedSubjects) + 1;
  for (int subject = 3; subject < 3 + lost; ++subject) broker_.Publish({Updated(subject, 1)});
  broker_.Publish({Updated(3, 2)});
  store_.Set(Updated(3, 2));
  slow_.Grant(1);
  EXPECT_THAT(recorder_.batches,
              ElementsAre(Batch{LaggedBy(lost + 1, {}), Updated(1, 1), Updated(2, 1)}));
  // After the subscriber was told, the next loss has names again.
  Fill();
  broker_.Publish({Updated(3, 3)});
  store_.Set(Updated(3, 3));
  slow_.Grant(1);
  EXPECT_EQ(recorder_.batches.back(),
            (Batch{LaggedBy(1, {"3"}), Updated(3, 3), Updated(1, 1), Updated(2, 1)}));
}

TEST_F(LaggedTest, B4_LossesOfAThousandSubjectsAreAllNamed) {
  Fill();
  for (int subject = 3; subject < 1003; ++subject) broker_.Publish({Updated(subject, 1)});
  slow_.Grant(1);
  EXPECT_EQ(recorder_.batches.back()[0].subjects.size(), 1000u);
}

}  // namespace
}  // namespace millrace
