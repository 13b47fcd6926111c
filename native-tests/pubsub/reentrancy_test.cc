// Contract B6: everything may be called inside a callback.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "pubsub/note.h"

namespace millrace {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class ReentrancyTest : public testing::Test {
 protected:
  // Subscribes a callback that records and then runs `action` once.
  Subscription Acting(Recorder& recorder, std::function<void()> action,
                      int credits = kUnlimitedCredits) {
    return broker_.Subscribe(
        std::nullopt,
        [&recorder, action = std::move(action)](Batch batch) mutable {
          recorder.batches.push_back(std::move(batch));
          if (action) std::exchange(action, nullptr)();
          return true;
        },
        credits);
  }

  NoteStore store_;
  Recorder first_, second_, third_;
  NoteBroker broker_{{.mailbox_capacity = 2, .must_deliver_timeout_ms = 50}, store_.Reader()};
};

TEST_F(ReentrancyTest, B6_NestedPublishKeepsTheOrderForEverySubscriber) {
  bool nested_had_returned = false;
  const Subscription a = Acting(first_, [&] {
    broker_.Publish({Updated(1, 2)});
    EXPECT_EQ(first_.batches.size(), 1u);  // only fills; the outermost call delivers
    EXPECT_THAT(second_.batches, IsEmpty());
    nested_had_returned = true;
  });
  const Subscription b = broker_.Subscribe(std::nullopt, second_.Callback());
  broker_.Publish({Updated(1, 1), Updated(2, 1)});
  EXPECT_TRUE(nested_had_returned);
  EXPECT_THAT(first_.batches,
              ElementsAre(Batch{Updated(1, 1), Updated(2, 1)}, Batch{Updated(1, 2)}));
  EXPECT_THAT(second_.batches, ElementsAre(Batch{Updated(1, 1), Updated(2, 1), Updated(1, 2)}));
}

TEST_F(ReentrancyTest, B6_UnsubscribingItselfInItsCallback) {
  Subscription self;
  auto held = std::make_shared<int>(7);
  int calls = 0;
  self = broker_.Subscribe(std::nullopt, [&calls, &self, held, this](const Batch&) {
    broker_.Publish({Updated(1, 2)});
    self.Unsubscribe();
    calls += *held == 7 ? 1 : 100;  // what the callback holds lives until the callback returns
    return true;
  });
  broker_.Publish({Updated(1, 1)});
  broker_.Publish({Updated(1, 3)});
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(held.use_count(), 1);
  EXPECT_EQ(broker_.counters().subscriber_count, 0);
}

TEST_F(ReentrancyTest, B6_RemovedInACallbackHearsNothingMore) {
  Subscription victim;
  const Subscription a = Acting(first_, [&] { victim.Unsubscribe(); });
  victim = broker_.Subscribe(std::nullopt, second_.Callback());
  const Subscription c = broker_.Subscribe(std::nullopt, third_.Callback());
  broker_.Publish({Updated(1, 1)});
  EXPECT_THAT(second_.batches, IsEmpty());
  EXPECT_THAT(third_.batches, ElementsAre(Batch{Updated(1, 1)}));
}

TEST_F(ReentrancyTest, B6_SubscribedInACallbackHearsWhatComesLater) {
  Subscription late;
  const Subscription a = Acting(first_, [&] {
    late = broker_.Subscribe(std::nullopt, second_.Callback());
    broker_.Publish({Updated(2, 1)});
  });
  broker_.Publish({Updated(1, 1)});
  EXPECT_THAT(second_.batches, ElementsAre(Batch{Updated(2, 1)}));
}

TEST_F(ReentrancyTest, B6_ManySubscribeInACallback) {
  std::vector<Subscription> many;
  const Subscription a = Acting(first_, [&] {
    for (int i = 0; i < 1000; ++i) {
      many.push_back(broker_.Subscribe(std::nullopt, second_.Callback()));
    }
    many.erase(many.begin(), many.begin() + 500);
  });
  broker_.Publish({Updated(1, 1)});
  EXPECT_THAT(second_.batches, IsEmpty());
  broker_.Publish({Updated(1, 2)});
  EXPECT_EQ(second_.batches.size(), 500u);
}

TEST_F(ReentrancyTest, B6_GrantInItsOwnCallback) {
  Subscription self;
  self = Acting(
      first_,
      [&] {
        self.Grant(1);
        broker_.Publish({Updated(1, 2)});
      },
      1);
  broker_.Publish({Updated(1, 1)});
  EXPECT_THAT(first_.batches, ElementsAre(Batch{Updated(1, 1)}, Batch{Updated(1, 2)}));
}

TEST_F(ReentrancyTest, B6_GrantToAnotherInACallback) {
  Subscription other = broker_.Subscribe(std::nullopt, second_.Callback(), 0);
  broker_.Publish({Updated(1, 1)});
  const Subscription a = Acting(first_, [&] { other.Grant(1); });
  broker_.Publish({Updated(1, 2)});
  EXPECT_THAT(second_.batches, ElementsAre(Batch{Updated(1, 2)}));
}

TEST_F(ReentrancyTest, B6_ShutdownInACallback) {
  const Subscription a = Acting(first_, [&] {
    broker_.Publish({Updated(1, 2)});
    broker_.Shutdown();
    broker_.Publish({Updated(1, 3)});
  });
  const Subscription b = broker_.Subscribe(std::nullopt, second_.Callback());
  broker_.Publish({Updated(1, 1)});
  EXPECT_THAT(first_.batches, ElementsAre(Batch{Updated(1, 1)}));
  EXPECT_THAT(second_.batches, IsEmpty());
  EXPECT_TRUE(a.closed());
  EXPECT_TRUE(b.closed());
}

TEST_F(ReentrancyTest, B6_BrokerDestroyedInACallback) {
  auto broker = std::make_unique<NoteBroker>(BrokerOptions{}, store_.Reader());
  const Subscription a = broker->Subscribe(std::nullopt, [&](const Batch&) {
    broker.reset();
    return true;
  });
  const Subscription b = broker->Subscribe(std::nullopt, second_.Callback());
  broker->Publish({Updated(1, 1)});
  EXPECT_EQ(broker, nullptr);
  EXPECT_TRUE(a.closed());
  EXPECT_THAT(second_.batches, IsEmpty());
}

TEST_F(ReentrancyTest, B6_TimePassesInACallback) {
  Subscription stuck = broker_.Subscribe(std::nullopt, second_.Callback(), 0);
  broker_.Publish({Updated(1, 1), Updated(2, 1), Final(3, 1)});
  const Subscription a = Acting(first_, [&] { broker_.AdvanceTo(broker_.NextDeadline()); });
  broker_.Publish({Updated(1, 2)});
  EXPECT_EQ(broker_.counters().must_deliver_drop_count, 1);
  EXPECT_EQ(broker_.NextDeadline(), kNever);
}

TEST_F(ReentrancyTest, B6_OneFailureTouchesNoOther) {
  first_.fails = true;
  const Subscription a = broker_.Subscribe(std::nullopt, first_.Callback());
  const Subscription b = broker_.Subscribe(std::nullopt, second_.Callback());
  broker_.Publish({Updated(1, 1)});
  broker_.Publish({Updated(1, 2)});
  EXPECT_THAT(second_.batches, ElementsAre(Batch{Updated(1, 1)}, Batch{Updated(1, 2)}));
}

TEST_F(ReentrancyTest, B6_FailureWhilePublishingStrandsNothing) {
  // The last credit comes back after the nested publish found none.
  int calls = 0;
  const Subscription a = broker_.Subscribe(
      std::nullopt,
      [&](Batch batch) {
        first_.batches.push_back(std::move(batch));
        if (++calls > 1) return true;
        broker_.Publish({Updated(2, 1)});
        return false;
      },
      1);
  broker_.Publish({Updated(1, 1)});
  EXPECT_THAT(first_.batches,
              ElementsAre(Batch{Updated(1, 1)}, Batch{LaggedBy(1, {"1"}), Updated(2, 1)}));
}

}  // namespace
}  // namespace millrace
