// C2: which updates go through at once, and that each is saved and delivered before its completion.

#include <gtest/gtest.h>

#include "support/store_fixture.h"

namespace millrace {
namespace {

class Terminal : public StoreFixture {
 protected:
  void SetUp() override {
    StoreOptions options;
    options.window_ms = 3'600'000;
    OpenWith({"a"}, options);
    Append("a", "Hello");
    events_.clear();
  }

  // Applies the mutation. When its completion comes, the change must be on disk, synced, and
  // delivered as terminal.
  template <typename M>
  void ExpectAtOnce(M mutation) {
    events_.clear();
    int calls = 0;
    const auto done = [&](const Status& status) {
      ++calls;
      EXPECT_TRUE(status.ok()) << status.message();
      EXPECT_EQ(storage_->last_seen().durability, Durability::kPower);
      const auto updates = EventsOf<MessageUpdated>();
      ASSERT_FALSE(updates.empty());
      EXPECT_TRUE(updates.back().terminal);
      EXPECT_TRUE(updates.back().saved);
    };
    const Result<std::int64_t> accepted = Write("a", std::move(mutation), done);
    ASSERT_TRUE(accepted.ok()) << accepted.status().message();
    EXPECT_EQ(calls, 1);
    const auto saved = store_->messages().Get(MessageId("a"), {true});
    ASSERT_TRUE(saved.ok() && saved->has_value());
    EXPECT_EQ((*saved)->version, *accepted);
  }
};

TEST_F(Terminal, C2_FinishIsSavedAndDeliveredWithTheDeltasBeforeIt) {
  ExpectAtOnce(Finish{});
  EXPECT_EQ(SavedTextOf("a"), "Hello");
}

TEST_F(Terminal, C2_ToolCallsAddedReplacedAndFinished) {
  ToolCallPart call;
  call.id = "call_1";
  call.name = "search";
  ExpectAtOnce(PutToolCall{call});
  call.name = "find";
  ExpectAtOnce(PutToolCall{call});
  ExpectAtOnce(FinishToolCall{"call_1"});
}

TEST_F(Terminal, C2_ToolInputIsADeltaLikeText) {
  ToolCallPart call;
  call.id = "call_1";
  ExpectAtOnce(PutToolCall{call});
  const std::size_t commits = storage_->commits_seen();
  ASSERT_TRUE(Write("a", AppendToolInput{"call_1", "{\"q\":"}).ok());
  EXPECT_EQ(storage_->commits_seen(), commits);
}

TEST_F(Terminal, C2_ReasoningEnding) {
  ASSERT_TRUE(Write("a", AppendReasoning{"hm"}).ok());
  ExpectAtOnce(EndReasoning{"sig"});
  // A second section is a change of structure.
  ASSERT_TRUE(Write("a", AppendReasoning{"hm again"}).ok());
  ExpectAtOnce(EndReasoning{""});
}

TEST_F(Terminal, C2_ToolResultAndReset) {
  ToolResultPart result;
  result.tool_call_id = "call_1";
  ExpectAtOnce(AddPart{result});
  ExpectAtOnce(Reset{});
  EXPECT_EQ(SavedTextOf("a"), "");
}

// Known flaw: a finished message was written at every identical update.
TEST_F(Terminal, C2_AnUpdateThatChangesNothingWritesAndPublishesNothing) {
  Outcome finished;
  ASSERT_TRUE(Write("a", Finish{}, finished.AsDone()).ok());
  events_.clear();
  const std::size_t commits = storage_->commits_seen();
  const auto message = store_->messages().Get(MessageId("a"));
  for (int i = 0; i < 3; ++i) {
    Outcome outcome;
    store_->messages().Update(**message, outcome.AsDoneMessage());
    EXPECT_TRUE(outcome.called() && outcome.status.ok()) << outcome.status.message();
  }
  EXPECT_EQ(storage_->commits_seen(), commits);
  EXPECT_TRUE(events_.empty());
}

// Known flaw: only the number of parts was compared, so a replaced call went unseen.
TEST_F(Terminal, C2_ASnapshotWithAnotherCallOfTheSameCountIsTerminal) {
  ToolCallPart call;
  call.id = "call_1";
  ExpectAtOnce(PutToolCall{call});
  Message snapshot = **store_->messages().Get(MessageId("a"));
  std::get<ToolCallPart>(snapshot.parts.back()).id = "call_2";
  Outcome outcome;
  store_->messages().Update(snapshot, outcome.AsDoneMessage());
  ASSERT_TRUE(outcome.called() && outcome.status.ok()) << outcome.status.message();
  const auto saved = store_->messages().Get(MessageId("a"), {true});
  EXPECT_EQ(std::get<ToolCallPart>((*saved)->parts.back()).id, "call_2");
}

TEST_F(Terminal, C2_WithSlowStorageTheCompletionWaitsForTheDisk) {
  storage_->set_hold(true);
  Outcome outcome;
  ASSERT_TRUE(Write("a", Finish{}, outcome.AsDone()).ok());
  EXPECT_FALSE(outcome.called());
  EXPECT_TRUE(EventsOf<MessageUpdated>().empty());
  storage_->ReleaseOne();
  EXPECT_TRUE(outcome.called() && outcome.status.ok());
}

TEST_F(Terminal, C2_IsSyncedAlsoWhenNobodyWaits) {
  CreateMessage("n");
  ASSERT_TRUE(Write("n", Finish{}).ok());
  EXPECT_EQ(storage_->last_seen().durability, Durability::kPower);
}

TEST_F(Terminal, C2_ATerminalUpdateDuringAWriteGoesRightAfterIt) {
  storage_->set_hold(true);
  Outcome first;
  ASSERT_TRUE(Write("a", AddPart{ToolResultPart{}}, first.AsDone()).ok());
  Outcome second;
  ASSERT_TRUE(Write("a", Finish{}, second.AsDone()).ok());
  storage_->ReleaseOne();
  EXPECT_TRUE(first.called());
  EXPECT_FALSE(second.called());
  ASSERT_EQ(storage_->held(), 1U);
  storage_->ReleaseOne();
  EXPECT_TRUE(second.called() && second.status.ok());
}

TEST_F(Terminal, S3_CreateIsSyncedBeforeItsCompletion) {
  CreateMessage("b");
  EXPECT_EQ(storage_->last_seen().durability, Durability::kPower);
  Append("b", "x");
  EXPECT_EQ(SavedTextOf("b"), "");
}

}  // namespace
}  // namespace millrace
