// A second tab saves what it had open, and the newer reply, or its end, is gone without a word.
//
// A whole-message update without a base version takes everything back. Here an older copy is
// refused with an error that says what to do, and it never undoes a finish.

#include <gtest/gtest.h>

#include "support/store_fixture.h"

namespace millrace {
namespace {

class StaleCopy : public StoreFixture {
 protected:
  void SetUp() override {
    StoreFixture::SetUp();
    OpenSession();
    CreateMessage("a");
    Append("a", "Hello");
    RunFor(100);
    stale_ = **store_->messages().Get(MessageId("a"));
    std::get<TextPart>(stale_.parts[0]).text = "Hell";
  }
  Status Update(const Message& message) {
    Outcome outcome;
    store_->messages().Update(message, outcome.AsDoneMessage());
    EXPECT_EQ(outcome.calls, 1);
    return outcome.status;
  }
  void ExpectNothingChanged(const std::string& text) {
    const Message before = **store_->messages().Get(MessageId("a"));
    const std::size_t commits = storage_->commits_seen();
    events_.clear();
    const Status refused = Update(stale_);
    EXPECT_EQ(refused.code(), Code::kStale);
    EXPECT_NE(refused.message().find("read it again"), std::string::npos) << refused.message();
    EXPECT_EQ(**store_->messages().Get(MessageId("a")), before);
    RunFor(1000);
    EXPECT_EQ(SavedTextOf("a"), text);
    EXPECT_TRUE(events_.empty());
    EXPECT_EQ(storage_->commits_seen(), commits);
  }

  Message stale_;
};

TEST_F(StaleCopy, C6_IsRefusedWhileTheNewerTextWaits) {
  Append("a", ", world");
  EXPECT_EQ(Update(stale_).code(), Code::kStale);
  RunFor(100);
  EXPECT_EQ(SavedTextOf("a"), "Hello, world");
}

TEST_F(StaleCopy, C6_IsRefusedWhenTheNewerTextIsSavedOrOutOfMemory) {
  Append("a", ", world");
  RunFor(100);
  ExpectNothingChanged("Hello, world");
  RunFor(300'000);
  ASSERT_EQ(store_->stats().live_messages, 0);
  ExpectNothingChanged("Hello, world");
}

TEST_F(StaleCopy, C6_UndoesNoFinishBeforeOrAfterARestart) {
  Append("a", ", world");
  ASSERT_TRUE(Write("a", Finish{}).ok());
  ExpectNothingChanged("Hello, world");
  OpenStore({});
  ExpectNothingChanged("Hello, world");
  // Nor does a copy that knows the newest version and only lacks the finish.
  Message unfinished = **store_->messages().Get(MessageId("a"));
  unfinished.parts.pop_back();
  unfinished.finished_at.reset();
  EXPECT_EQ(Update(unfinished).code(), Code::kFinished);
  EXPECT_TRUE((*store_->messages().Get(MessageId("a"), {true}))->finished());
}

}  // namespace
}  // namespace millrace
