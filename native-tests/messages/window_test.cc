// C1, C4, C10, C12: what a window collects, when it closes, and that nothing is left behind.

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "support/store_fixture.h"

namespace millrace {
namespace {

class Window : public StoreFixture {
 protected:
  void SetUp() override {
    OpenWith({"a", "b"});
    commits_before_ = storage_->commits_seen();
  }
  // A store in which nothing is coalesced, with the message "c".
  void OpenWithoutWindow(DurationMs window_ms = 0) {
    StoreOptions options;
    options.window_ms = window_ms;
    OpenStore(options);
    CreateMessage("c");
  }
  std::size_t commits() const { return storage_->commits_seen() - commits_before_; }
  // The updates of each transaction that reached the storage since `first`, a commit's number.
  std::vector<int> UpdatesByTransaction(std::size_t first) const {
    std::vector<int> updates;
    for (std::size_t i = first; i < storage_->commits_seen(); ++i) {
      updates.push_back(0);
      for (const StorageOp& op : storage_->seen(i).batch) {
        if (std::holds_alternative<AppendDelta>(op)) ++updates.back();
      }
    }
    return updates;
  }

  std::size_t commits_before_ = 0;
};

TEST_F(Window, C1_AllUpdatesOfAllMessagesBecomeOneCommitAndOneBatch) {
  for (int i = 0; i < 13; ++i) {
    Append("a", "x");
    Append("b", "y");
    Advance(1);
  }
  EXPECT_EQ(commits(), 0U);
  Advance(33 - 13);
  EXPECT_EQ(commits(), 1U);
  EXPECT_EQ(batches_, 1);
  ASSERT_EQ(EventsOf<MessageUpdated>().size(), 2U);
  EXPECT_EQ(SavedTextOf("a"), std::string(13, 'x'));
  EXPECT_EQ(SavedTextOf("b"), std::string(13, 'y'));
}

TEST_F(Window, C1_LaterUpdatesDoNotPushTheDeadlineBack) {
  Append("a", "1");
  const TimeMs due = store_->NextDeadline();
  EXPECT_EQ(due, now_ + 33);
  Advance(20);
  Append("a", "2");
  EXPECT_EQ(store_->NextDeadline(), due);
}

TEST_F(Window, C1_OpensAtTheFirstUpdateAfterAFlushNotOnABeat) {
  RunFor(1000);
  EXPECT_EQ(commits(), 0U);
  Append("a", "1");
  EXPECT_EQ(store_->NextDeadline(), now_ + 33);
}

TEST_F(Window, C1_AtMostThirtyOneCommitsAndBatchesASecondWhateverTheRate) {
  for (int ms = 0; ms < 10'000; ++ms) {
    for (const char* id : {"a", "b"}) Append(id, "tok ");
    RunFor(1);
  }
  RunFor(100);
  EXPECT_LE(commits(), 310U);
  EXPECT_LE(batches_, 310);
  EXPECT_GE(commits(), 285U);
  EXPECT_EQ(SavedTextOf("a").size(), 40'000U);
}

TEST_F(Window, C1_ANewWindowOpensOnlyAfterTheLastCommitEnded) {
  storage_->set_hold(true);
  Append("a", "1");
  Advance(33);
  ASSERT_EQ(storage_->held(), 1U);
  Append("a", "2");
  Advance(500);
  EXPECT_EQ(storage_->held(), 1U);
  storage_->ReleaseOne();
  EXPECT_EQ(SavedTextOf("a"), "1");
  EXPECT_EQ(storage_->held(), 0U);
  EXPECT_EQ(store_->NextDeadline(), now_ + 500) << "as long as the commit took";
  Advance(499);
  EXPECT_EQ(storage_->held(), 0U);
  Advance(1);
  ASSERT_EQ(storage_->held(), 1U);
  storage_->ReleaseOne();
  EXPECT_EQ(SavedTextOf("a"), "12");
}

TEST_F(Window, C1_StretchesSoThatSavingTakesAtMostHalfOfTheTime) {
  storage_->set_took(200);
  Append("a", "1");
  Advance(33);
  Append("a", "2");
  EXPECT_EQ(store_->NextDeadline(), now_ + 200);
  Advance(200);
  EXPECT_EQ(SavedTextOf("a"), "12");
  storage_->set_took(1);
  Append("a", "3");
  Advance(200);
  Append("a", "4");
  EXPECT_EQ(store_->NextDeadline(), now_ + 33);
}

// Known flaw: an update that arrived while a timer-fired write was under way was stranded until the
// next update.
TEST_F(Window, C4_AnUpdateDuringAWriteIsCoveredByItsEnd) {
  storage_->set_hold(true);
  Append("a", "1");
  Advance(33);
  Append("a", "2");
  storage_->set_hold(false);
  storage_->ReleaseOne();
  ASSERT_NE(store_->NextDeadline(), kNever);
  Advance(33);
  EXPECT_EQ(SavedTextOf("a"), "12");
}

TEST_F(Window, C4_AFailedWriteSetsADeadlineOfItsOwn) {
  storage_->set_failure(Status(Code::kIo, "test"));
  Append("a", "1");
  Advance(33);
  const TimeMs retry = store_->NextDeadline();
  ASSERT_LE(retry, now_ + 100);
  storage_->set_failure(Status::Ok());
  Advance(retry - now_);
  EXPECT_EQ(SavedTextOf("a"), "1");
}

TEST_F(Window, C10_AWindowWritesOnlyWhatCameInIt) {
  Append("a", std::string(1'000'000, 'x'));
  Advance(33);
  const std::int64_t before = storage_->bytes_written();
  Append("a", "tail");
  Advance(33);
  EXPECT_LE(storage_->bytes_written() - before, 3 * 4120);
  const auto updates = EventsOf<MessageUpdated>();
  ASSERT_NE(updates.back().patch, nullptr);
  EXPECT_LE(updates.back().patch->ByteSize(), 64U);
}

TEST_F(Window, C12_WithoutAWindowEachUpdateIsSavedAndToldByItself) {
  OpenWithoutWindow();
  const std::size_t before = storage_->commits_seen();
  MessageWrite write;
  for (const char* text : {"1", "2", "3"}) write.mutations.emplace_back(AppendText{text, false});
  ASSERT_TRUE(store_->messages().Write(MessageId("c"), std::move(write)).ok());
  EXPECT_EQ(UpdatesByTransaction(before), (std::vector<int>{1, 1, 1}));
  EXPECT_EQ(EventsOf<MessageUpdated>().size(), 3U);
  EXPECT_EQ(SavedTextOf("c"), "123");
}

TEST_F(Window, C12_AWindowBelowZeroIsNone) {
  OpenWithoutWindow(-1);
  const std::size_t before = storage_->commits_seen();
  MessageWrite write;
  for (const char* text : {"1", "2"}) write.mutations.emplace_back(AppendText{text, false});
  ASSERT_TRUE(store_->messages().Write(MessageId("c"), std::move(write)).ok());
  EXPECT_EQ(UpdatesByTransaction(before), (std::vector<int>{1, 1}));
  EXPECT_EQ(SavedTextOf("c"), "12");
}

TEST_F(Window, C12_WithoutAWindowATransactionHasOneUpdateHoweverManyWait) {
  OpenWithoutWindow();
  const std::size_t before = storage_->commits_seen();
  const std::int64_t saves = store_->stats().commits;
  storage_->set_hold(true);
  for (int i = 0; i < 100; ++i) Append("c", "x");
  std::size_t released = 0;
  for (; storage_->held() > 0; ++released) storage_->ReleaseOne();
  EXPECT_EQ(UpdatesByTransaction(before), std::vector<int>(100, 1));
  EXPECT_EQ(released, 100U);
  EXPECT_EQ(store_->stats().commits - saves, 100);
  EXPECT_EQ(EventsOf<MessageUpdated>().size(), 100U);
  EXPECT_EQ(SavedTextOf("c"), std::string(100, 'x'));
}

// A sync takes longest of all, and one sync makes every earlier save safe from power loss.
TEST_F(Window, C12_WithoutAWindowOnlyTheSaveThatIsWaitedForIsSynced) {
  OpenWithoutWindow();
  for (const bool by_flush : {true, false}) {
    const std::size_t before = storage_->commits_seen();
    storage_->set_hold(true);
    Outcome awaited;
    for (int i = 0; i < 50; ++i) Append("c", "x");
    if (by_flush) {
      store_->messages().FlushAll(kNever, awaited.AsDone());
    } else {
      ASSERT_TRUE(Write("c", Finish{}, awaited.AsDone()).ok());
    }
    while (storage_->held() > 0) {
      EXPECT_FALSE(awaited.called());
      storage_->ReleaseOne();
    }
    EXPECT_TRUE(awaited.called() && awaited.status.ok());
    ASSERT_GE(storage_->commits_seen() - before, 50U);
    for (std::size_t i = before; i + 1 < storage_->commits_seen(); ++i) {
      EXPECT_EQ(storage_->seen(i).durability, Durability::kProcess) << i - before;
    }
    EXPECT_EQ(storage_->last_seen().durability, Durability::kPower);
    storage_->set_hold(false);
  }
}

TEST_F(Window, C12_WithoutAWindowMessagesTakeTurns) {
  OpenWithoutWindow();
  CreateMessage("d");
  storage_->set_hold(true);
  for (const char* text : {"1", "2", "3"}) Append("c", text);
  Append("d", "4");
  Outcome finished;
  ASSERT_TRUE(Write("c", Finish{}, finished.AsDone()).ok());
  std::size_t released = 0;
  while (storage_->held() > 0) {
    EXPECT_EQ(storage_->held(), 1U);
    storage_->ReleaseOne();
    ++released;
  }
  for (std::size_t i = 0; i < storage_->commits_seen(); ++i) {
    std::set<std::int64_t> messages;
    for (const StorageOp& op : storage_->seen(i).batch) {
      if (const auto* append = std::get_if<AppendDelta>(&op)) messages.insert(append->seq);
      if (const auto* put = std::get_if<PutMessage>(&op)) messages.insert(put->message->seq);
    }
    EXPECT_LE(messages.size(), 1U) << "and with it, waits for no other";
  }
  EXPECT_EQ(released, 5U) << "each update is a commit of its own, the finish too";
  EXPECT_EQ(SavedTextOf("c"), "123");
  EXPECT_EQ(SavedTextOf("d"), "4");
  EXPECT_TRUE(finished.called() && finished.status.ok());
}

}  // namespace
}  // namespace millrace
