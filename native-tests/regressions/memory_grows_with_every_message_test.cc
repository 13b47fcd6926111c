// A page that stays open for a day takes more memory with every message, until the tab dies.
//
// Some designs keep the last snapshot of each message for comparison and never drop it. Here a
// message leaves memory in every way in which it can end.

#include <gtest/gtest.h>

#include "support/store_fixture.h"

namespace millrace {
namespace {

class GrowingMemory : public StoreFixture {
 protected:
  static constexpr int kMessages = 500;

  void SetUp() override {
    StoreFixture::SetUp();
    OpenSession();
  }
  static std::string Id(int i) { return "m" + std::to_string(i); }
  void Stream(int i) {
    CreateMessage(Id(i));
    Append(Id(i), "some text");
  }
  std::int64_t Live() const { return store_->stats().live_messages; }
};

TEST_F(GrowingMemory, C9_FinishedOverTroubleAndSlowCommits) {
  for (int i = 0; i < kMessages; ++i) {
    Stream(i);
    storage_->set_hold(i % 2 == 0);
    if (i % 2 != 0) storage_->set_failure(Status(Code::kIo, "test"));
    Finish finish;
    finish.reason = i % 3 == 0 ? FinishReason::kCanceled : FinishReason::kEndTurn;
    ASSERT_TRUE(Write(Id(i), finish).ok());
    if (storage_->held() > 0) storage_->FailOne(Status(Code::kIo, "test"));
    storage_->set_hold(false);
    storage_->set_failure(Status::Ok());
    RunFor(400);
  }
  RunFor(10'000);
  EXPECT_EQ(Live(), 0);
  EXPECT_EQ(store_->NextDeadline(), kNever);
}

TEST_F(GrowingMemory, C9_UpdatedReadAndListedAfterTheirFinish) {
  for (int i = 0; i < kMessages; ++i) {
    Stream(i);
    ASSERT_TRUE(Write(Id(i), Finish{}).ok());
    const Message message = **store_->messages().Get(MessageId(Id(i)));
    for (int again = 0; again < 2; ++again) {
      Outcome outcome;
      store_->messages().Update(message, outcome.AsDoneMessage());
      ASSERT_TRUE(outcome.called() && outcome.status.ok()) << outcome.status.message();
    }
    if (i % 100 == 0) {
      ASSERT_TRUE(store_->messages().List(SessionId("s")).ok());
    }
  }
  RunFor(200'000);
  EXPECT_EQ(Live(), 0);
}

TEST_F(GrowingMemory, C9_DeletedOrLeftAlone) {
  for (int i = 0; i < kMessages; ++i) {
    Stream(i);
    if (i % 2 == 0) store_->messages().Delete(MessageId(Id(i)), {});
  }
  EXPECT_EQ(Live(), kMessages / 2) << "those that may still grow";
  RunFor(200'000);
  EXPECT_EQ(Live(), 0);
  EXPECT_EQ(TextOf("m1"), "some text");
}

}  // namespace
}  // namespace millrace
