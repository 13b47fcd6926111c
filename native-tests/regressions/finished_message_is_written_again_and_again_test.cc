// The disk is busy and every listener wakes up although the chat finished long ago.
//
// Some designs send every message with a finish through at once. They write a finished message at
// every update, changed or not. Here an update that changes nothing writes nothing and tells
// nobody.

#include <gtest/gtest.h>

#include "support/store_fixture.h"

namespace millrace {
namespace {

class FinishedAgain : public StoreFixture {
 protected:
  void SetUp() override {
    StoreFixture::SetUp();
    OpenSession();
    CreateMessage("a");
    Append("a", "done");
    ASSERT_TRUE(Write("a", Finish{}).ok());
  }
  void ExpectHundredIdenticalUpdatesAreFree() {
    const Message message = **store_->messages().Get(MessageId("a"));
    const std::size_t commits = storage_->commits_seen();
    const std::int64_t bytes = storage_->bytes_written();
    events_.clear();
    for (int i = 0; i < 100; ++i) {
      Outcome outcome;
      store_->messages().Update(message, outcome.AsDoneMessage());
      ASSERT_TRUE(outcome.called() && outcome.status.ok()) << outcome.status.message();
      RunFor(40);
    }
    EXPECT_EQ(storage_->commits_seen(), commits);
    EXPECT_EQ(storage_->bytes_written(), bytes);
    EXPECT_TRUE(events_.empty());
    EXPECT_EQ(**store_->messages().Get(MessageId("a")), message);
  }
};

TEST_F(FinishedAgain, C2_IdenticalUpdatesWriteNothing) { ExpectHundredIdenticalUpdatesAreFree(); }

TEST_F(FinishedAgain, C8_NorDoTheyAfterARestart) {
  OpenStore({});
  ExpectHundredIdenticalUpdatesAreFree();
}

TEST_F(FinishedAgain, C2_AndARealChangeStillGoesThrough) {
  Message message = **store_->messages().Get(MessageId("a"));
  message.is_summary = true;
  Outcome outcome;
  store_->messages().Update(message, outcome.AsDoneMessage());
  ASSERT_TRUE(outcome.called() && outcome.status.ok()) << outcome.status.message();
  EXPECT_TRUE((*store_->messages().Get(MessageId("a"), {true}))->is_summary);
}

}  // namespace
}  // namespace millrace
