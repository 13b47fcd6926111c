// After one failed save the reply is gone at the next start, and nothing said so.
//
// A write that a timer started has no caller who could get its error. Here the error is an event,
// and the write is tried again until it succeeds.

#include <gtest/gtest.h>

#include "support/store_fixture.h"

namespace millrace {
namespace {

class FailedSave : public StoreFixture {
 protected:
  void SetUp() override {
    StoreFixture::SetUp();
    OpenSession();
    for (int i = 0; i < kStreams; ++i) CreateMessage(Id(i));
    events_.clear();
  }
  static std::string Id(int i) { return "m" + std::to_string(i); }
  static constexpr int kStreams = 100;
};

TEST_F(FailedSave, C5_OneFailureOfTheTimersWriteIsMadeGoodWithoutAnyFurtherUpdate) {
  storage_->set_hold(true);
  for (int i = 0; i < kStreams; ++i) Append(Id(i), "text");
  Advance(33);
  storage_->set_hold(false);
  storage_->FailOne(Status(Code::kIo, "the cable was pulled"));
  ASSERT_EQ(EventsOf<StorageError>().size(), 1U);
  EXPECT_EQ(EventsOf<StorageError>()[0].status.code(), Code::kIo);
  ASSERT_EQ(EventsOf<MessageUpdated>().size(), static_cast<std::size_t>(kStreams));
  for (const MessageUpdated& update : EventsOf<MessageUpdated>()) EXPECT_FALSE(update.saved);
  EXPECT_EQ(store_->stats().pending, kStreams);
  ASSERT_NE(store_->NextDeadline(), kNever);
  Advance(store_->NextDeadline() - now_);
  EXPECT_EQ(store_->stats().pending, 0);
  EXPECT_EQ(EventsOf<StorageRecovered>().size(), 1U);
  OpenStore({});
  for (int i = 0; i < kStreams; ++i) EXPECT_EQ(TextOf(Id(i)), "text") << i;
}

TEST_F(FailedSave, C5_ALongSpellIsOneErrorAndEndsWithEverythingInOrder) {
  std::string expected;
  storage_->set_failure(Status(Code::kQuotaExceeded, "disk full"));
  for (int round = 0; round < 50; ++round) {
    const std::string piece = std::to_string(round) + " ";
    expected += piece;
    for (int i = 0; i < kStreams; i += 10) Append(Id(i), piece);
    RunFor(700);
    ASSERT_NE(store_->NextDeadline(), kNever) << "round " << round;
  }
  EXPECT_EQ(EventsOf<StorageError>().size(), 1U);
  storage_->set_failure(Status::Ok());
  RunFor(10'000);
  EXPECT_EQ(EventsOf<StorageRecovered>().size(), 1U);
  for (int i = 0; i < kStreams; i += 10) EXPECT_EQ(SavedTextOf(Id(i)), expected) << i;
}

TEST_F(FailedSave, C5_WhoWaitsForAFlushGetsTheError) {
  Append("m0", "text");
  storage_->set_failure(Status(Code::kQuotaExceeded, "disk full"));
  Outcome flushed;
  store_->messages().Flush(MessageId("m0"), kNever, flushed.AsDone());
  EXPECT_EQ(flushed.calls, 1);
  EXPECT_EQ(flushed.status.code(), Code::kQuotaExceeded);
  EXPECT_EQ(TextOf("m0"), "text") << "accepted is accepted";
}

}  // namespace
}  // namespace millrace
