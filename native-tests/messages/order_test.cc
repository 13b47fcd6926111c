// C6, C7, C8: order, deletes, and what updates are compared with after a restart.

#include <gtest/gtest.h>

#include "support/store_fixture.h"

namespace millrace {
namespace {

class Order : public StoreFixture {
 protected:
  void SetUp() override { OpenWith({"a"}); }
};

// Known flaw: events could end with an older snapshot.
TEST_F(Order, C6_VersionsOnlyGoUp) {
  storage_->set_hold(true);
  for (int i = 0; i < 50; ++i) {
    Append("a", "x");
    if (i % 7 == 0) Write("a", AddPart{ToolResultPart{}}).status();
    Advance(11);
    if (storage_->held() > 0 && i % 3 == 0) storage_->ReleaseOne();
  }
  storage_->set_hold(false);
  while (storage_->held() > 0) storage_->ReleaseOne();
  RunFor(5000);
  std::int64_t last = 0;
  for (const MessageUpdated& event : EventsOf<MessageUpdated>()) {
    EXPECT_GT(event.version, last);
    last = event.version;
  }
  EXPECT_EQ(last, (*store_->messages().Get(MessageId("a")))->version);
}

TEST_F(Order, C6_UnknownIdsAreNotFound) {
  EXPECT_EQ(Write("nobody", AppendText{"x", false}).status().code(), Code::kNotFound);
  Outcome update;
  store_->messages().Update(Init("nobody"), update.AsDoneMessage());
  EXPECT_EQ(update.status.code(), Code::kNotFound);
  Outcome create;
  store_->messages().Create(Init("x", "no session"), create.AsDoneMessage());
  EXPECT_EQ(create.status.code(), Code::kNotFound);
}

// Known flaw: a stale copy overwrote newer text and un-finished the message without an error.
TEST_F(Order, C6_ASnapshotOlderThanAnotherWritersChangeIsStale) {
  Message copy = **store_->messages().Get(MessageId("a"));
  Append("a", "newer");
  copy.parts.emplace_back(TextPart{"older", false, ""});
  Outcome outcome;
  store_->messages().Update(copy, outcome.AsDoneMessage());
  EXPECT_EQ(outcome.status.code(), Code::kStale);
  EXPECT_EQ(TextOf("a"), "newer");
}

// The classic way to stream: one growing object, passed in again and again.
TEST_F(Order, C6_ASnapshotThatOnlyAddsIsNotStale) {
  Message copy = **store_->messages().Get(MessageId("a"));
  ToolCallPart call;
  call.id = "c";
  const auto update = [&] {
    Outcome outcome;
    store_->messages().Update(copy, outcome.AsDoneMessage());
    EXPECT_TRUE(outcome.called() && outcome.status.ok()) << outcome.status.message();
  };
  for (const char* text : {"1", "12", "123"}) {
    copy.parts = {ReasoningPart{text, "", 0, std::nullopt, ""}};
    update();
  }
  std::get<ReasoningPart>(copy.parts[0]).finished_at = 7;
  std::get<ReasoningPart>(copy.parts[0]).signature = "signed";
  update();
  copy.parts.emplace_back(call);
  update();
  std::get<ToolCallPart>(copy.parts[1]).finished = true;
  copy.model = "named late";
  update();
  copy.parts.emplace_back(FinishPart{});
  update();
  EXPECT_EQ(copy.version, 1);
  EXPECT_TRUE((*store_->messages().Get(MessageId("a"), {true}))->finished());
}

// Two places of one page that hold the message are two writers: the version says what each of them
// has seen.
TEST_F(Order, C6_ASnapshotThatWouldDropWhatIsNewerIsStaleWhoeverHoldsIt) {
  Message first = **store_->messages().Get(MessageId("a"));
  ToolCallPart call;
  call.id = "c";
  first.parts = {TextPart{"text", false, ""}, call};
  first.model = "model";
  const Message base = first;
  Outcome accepted;
  store_->messages().Update(first, accepted.AsDoneMessage());
  ASSERT_TRUE(accepted.status.ok());
  std::vector<Message> older(6, base);
  std::get<TextPart>(older[0].parts[0]).text = "tex";
  std::get<TextPart>(older[1].parts[0]).refusal = true;
  std::get<ToolCallPart>(older[2].parts[1]).name = "renamed";
  older[3].parts.pop_back();
  older[4].model = "another";
  older[5].is_summary = true;
  const Message before = **store_->messages().Get(MessageId("a"));
  for (Message& snapshot : older) {
    Outcome outcome;
    store_->messages().Update(snapshot, outcome.AsDoneMessage());
    EXPECT_EQ(outcome.status.code(), Code::kStale);
    EXPECT_EQ(**store_->messages().Get(MessageId("a")), before);
    snapshot.version = before.version;
  }
  Outcome of_now;
  store_->messages().Update(older[0], of_now.AsDoneMessage());
  EXPECT_TRUE(of_now.status.ok()) << "it has seen the newest";
}

TEST_F(Order, C6_ADraftGoesOnAfterTheUpdatesOfOthers) {
  for (const DurationMs idle : {DurationMs{0}, DurationMs{200'000}}) {
    for (const bool resumed : {false, true}) {
      const std::string id = std::to_string(idle) + (resumed ? "r" : "c");
      Message opened;
      const auto keep = [&opened](const Result<Message>& result) { opened = *result; };
      store_->messages().Create(Init(id), keep, {"draft"});
      if (resumed) {
        Finish finish;
        finish.reason = FinishReason::kCanceled;
        ASSERT_TRUE(Write(id, finish).ok());
        store_->messages().Open(MessageId(id), true, keep, "draft");
      }
      Message update = opened;
      update.model = "named by another";
      store_->messages().Update(update, [](const Result<Message>&) {});
      RunFor(idle);
      MessageWrite write;
      write.writer = "draft";
      write.version = opened.version + 1;
      write.mutations.emplace_back(AppendText{"text", false});
      EXPECT_TRUE(store_->messages().Write(MessageId(id), write).ok()) << id;
      EXPECT_EQ(TextOf(id), "text");
      EXPECT_EQ((*store_->messages().Get(MessageId(id)))->model, "named by another");
    }
  }
}

TEST_F(Order, C6_AFinishedMessageIsNeverUnfinishedButByResume) {
  Message before = **store_->messages().Get(MessageId("a"));
  Finish finish;
  finish.reason = FinishReason::kInterrupted;
  ASSERT_TRUE(Write("a", finish).ok());
  EXPECT_EQ(Write("a", AppendText{"x", false}).status().code(), Code::kFinished);
  Message after = **store_->messages().Get(MessageId("a"));
  after.parts.clear();
  Outcome update;
  store_->messages().Update(after, update.AsDoneMessage());
  EXPECT_EQ(update.status.code(), Code::kFinished);
  Outcome open;
  store_->messages().Open(MessageId("a"), false, open.AsDoneMessage());
  EXPECT_EQ(open.status.code(), Code::kFinished);
  Outcome resume;
  store_->messages().Open(MessageId("a"), true, resume.AsDoneMessage());
  EXPECT_TRUE(resume.status.ok()) << resume.status.message();
  Append("a", "more");
  RunFor(100);
  EXPECT_EQ(SavedTextOf("a"), "more");
  OpenStore({});
  EXPECT_EQ(TextOf("a"), "more");
}

TEST_F(Order, C6_AReplyThatEndedByItselfCannotBeResumed) {
  ASSERT_TRUE(Write("a", Finish{}).ok());
  Outcome resume;
  store_->messages().Open(MessageId("a"), true, resume.AsDoneMessage());
  EXPECT_EQ(resume.status.code(), Code::kFinished);
}

TEST_F(Order, C6_CountedWritesAreAppliedOnceAndNeverWithAGap) {
  const auto write = [&](std::int64_t version, const char* text, const char* writer = "draft") {
    MessageWrite w;
    w.writer = writer;
    w.version = version;
    w.mutations.emplace_back(AppendText{text, false});
    return store_->messages().Write(MessageId("a"), std::move(w)).status();
  };
  EXPECT_TRUE(write(2, "1").ok());
  EXPECT_TRUE(write(3, "2").ok());
  EXPECT_TRUE(write(2, "1").ok()) << "sent again";
  EXPECT_TRUE(write(3, "2").ok()) << "sent again";
  EXPECT_EQ(write(5, "gap").code(), Code::kStale);
  EXPECT_EQ(write(3, "other", "another draft").code(), Code::kStale);
  EXPECT_TRUE(write(4, "3").ok());
  EXPECT_EQ(TextOf("a"), "123");
}

TEST_F(Order, C6_AWritersCountGoesOnWhateverOthersWriteAndWhateverChangesNothing) {
  const auto write = [&](std::int64_t version, Mutation mutation) {
    MessageWrite w;
    w.writer = "draft";
    w.version = version;
    w.mutations.push_back(std::move(mutation));
    return store_->messages().Write(MessageId("a"), std::move(w)).status();
  };
  EXPECT_TRUE(write(2, AppendText{"1", false}).ok());
  EXPECT_TRUE(write(3, EndReasoning{""}).ok()) << "nothing to end";
  EXPECT_TRUE(write(4, AppendText{"2", false}).ok());
  Append("a", "3");
  EXPECT_TRUE(write(5, AppendText{"4", false}).ok());
  RunFor(100);
  EXPECT_EQ(TextOf("a"), "1234");
  EXPECT_EQ(SavedTextOf("a"), "1234");
  const auto saved = store_->messages().Get(MessageId("a"), {true});
  EXPECT_EQ((*saved)->version, (*store_->messages().Get(MessageId("a")))->version);
}

// Known flaw: a delete during a write was followed by `updated`, or the row came back.
TEST_F(Order, C7_ADeleteDuringAWriteNeitherResurrectsNorPublishes) {
  storage_->set_hold(true);
  Append("a", "1");
  Advance(33);
  Outcome outcome;
  store_->messages().Delete(MessageId("a"), outcome.AsDone());
  EXPECT_EQ(TextOf("a"), "");
  EXPECT_EQ(Write("a", AppendText{"late", false}).status().code(), Code::kNotFound);
  storage_->ReleaseOne();
  storage_->ReleaseOne();
  EXPECT_TRUE(outcome.called() && outcome.status.ok());
  EXPECT_TRUE(EventsOf<MessageUpdated>().empty());
  EXPECT_EQ(EventsOf<MessagesDeleted>().size(), 1U);
  RunFor(10'000);
  EXPECT_FALSE(store_->messages().Get(MessageId("a"))->has_value());
  EXPECT_EQ(store_->stats().live_messages, 0);
}

TEST_F(Order, C7_DeletingDropsPendingStateAndTheTimer) {
  Append("a", "1");
  Outcome outcome;
  store_->messages().Delete(MessageId("a"), outcome.AsDone());
  EXPECT_TRUE(outcome.status.ok());
  EXPECT_EQ(store_->NextDeadline(), kNever);
}

TEST_F(Order, C7_DeletingASessionCascadesAndIsToldOnce) {
  CreateMessage("b");
  Append("a", "1");
  Outcome outcome;
  store_->sessions().Delete(SessionId("s"), outcome.AsDone());
  EXPECT_TRUE(outcome.called() && outcome.status.ok());
  ASSERT_EQ(EventsOf<MessagesDeleted>().size(), 1U);
  EXPECT_EQ(EventsOf<MessagesDeleted>()[0].ids.size(), 2U);
  EXPECT_EQ(EventsOf<SessionDeleted>().size(), 1U);
  EXPECT_FALSE(store_->messages().Get(MessageId("a"))->has_value());
  EXPECT_EQ(Write("a", AppendText{"x", false}).status().code(), Code::kNotFound);
}

TEST_F(Order, C7_AFailedDeleteBringsTheMessageBackWithAllThatWasAccepted) {
  Append("a", "1");
  storage_->set_failure(Status(Code::kIo, "test"));
  Outcome outcome;
  store_->messages().Delete(MessageId("a"), outcome.AsDone());
  EXPECT_EQ(outcome.status.code(), Code::kIo);
  storage_->set_failure(Status::Ok());
  EXPECT_EQ(TextOf("a"), "1");
  RunFor(20'000);
  EXPECT_EQ(SavedTextOf("a"), "1");
  EXPECT_TRUE(EventsOf<MessagesDeleted>().empty());
}

TEST_F(Order, C7_WhoWaitsForADeletedMessageIsToldSo) {
  CreateMessage("m");
  storage_->set_hold(true);
  Append("m", "x");
  Advance(33);
  Outcome finished;
  ASSERT_TRUE(Write("m", Finish{}, finished.AsDone()).ok());
  Outcome deleted;
  store_->messages().Delete(MessageId("m"), deleted.AsDone());
  while (storage_->held() > 0) storage_->ReleaseOne();
  EXPECT_TRUE(deleted.called() && deleted.status.ok());
  EXPECT_EQ(finished.calls, 1);
  EXPECT_EQ(finished.status.code(), Code::kNotFound);
}

TEST_F(Order, C7_WhatIsCreatedAfterADeleteStays) {
  CreateMessage("old");
  storage_->set_hold(true);
  Append("old", "x");
  Advance(33);
  store_->messages().DeleteAll(SessionId("s"), {});
  store_->messages().Create(Init("new"), {});
  EXPECT_TRUE((*store_->messages().Get(MessageId("new"))).has_value());
  EXPECT_FALSE((*store_->messages().Get(MessageId("old"))).has_value());
  while (storage_->held() > 0) storage_->ReleaseOne();
  EXPECT_TRUE((*store_->messages().Get(MessageId("new"), {true})).has_value());
  EXPECT_FALSE((*store_->messages().Get(MessageId("old"), {true})).has_value());
  EXPECT_EQ(EventsOf<MessagesDeleted>().size(), 1U);
}

TEST_F(Order, C8_CreateSeedsTheBaseline) {
  Message init = Init("m");
  ToolCallPart call;
  call.id = "c";
  init.parts = {TextPart{"text", false, ""}, call};
  store_->messages().Create(init, {});
  const std::size_t commits = storage_->commits_seen();
  Outcome same;
  store_->messages().Update(**store_->messages().Get(MessageId("m")), same.AsDoneMessage());
  EXPECT_TRUE(same.called() && same.status.ok());
  EXPECT_EQ(storage_->commits_seen(), commits) << "it is on disk as it is";
  Message flipped = **store_->messages().Get(MessageId("m"));
  std::get<ToolCallPart>(flipped.parts[1]).finished = true;
  store_->messages().Update(flipped, {});
  EXPECT_EQ(storage_->commits_seen(), commits + 1) << "structure, so at once";
}

TEST_F(Order, C7_DeletingNothingIsNoError) {
  for (int i = 0; i < 2; ++i) {
    Outcome message;
    Outcome session;
    Outcome all;
    store_->messages().Delete(MessageId("nobody"), message.AsDone());
    store_->sessions().Delete(SessionId("nobody"), session.AsDone());
    store_->messages().DeleteAll(SessionId("nobody"), all.AsDone());
    EXPECT_TRUE(message.called() && message.status.ok());
    EXPECT_TRUE(session.called() && session.status.ok());
    EXPECT_TRUE(all.called() && all.status.ok()) << all.status.message();
  }
  EXPECT_TRUE(events_.empty());
}

TEST_F(Order, C8_AfterARestartTheBaselineIsWhatIsOnDisk) {
  ToolCallPart call;
  call.id = "call_1";
  Finish finish;
  finish.reason = FinishReason::kInterrupted;
  ASSERT_TRUE(Write("a", PutToolCall{call}).ok());
  ASSERT_TRUE(Write("a", finish).ok());
  OpenStore({});
  Outcome resumed;
  store_->messages().Open(MessageId("a"), true, resumed.AsDoneMessage());
  ASSERT_TRUE(resumed.status.ok());
  const std::size_t commits = storage_->commits_seen();
  ASSERT_TRUE(Write("a", PutToolCall{call}).ok());
  EXPECT_EQ(storage_->commits_seen(), commits) << "the same call is no change";
  ASSERT_TRUE(Write("a", FinishToolCall{"call_1"}).ok());
  EXPECT_EQ(storage_->commits_seen(), commits + 1);
}

TEST_F(Order, S4_UnfinishedMessagesOfADeadRunAreFinishedAsInterrupted) {
  CreateMessage("b");
  ASSERT_TRUE(Write("b", Finish{}).ok());
  Append("a", "up to the last window");
  Advance(33);
  Append("a", " and not this");
  OpenStore({});
  ASSERT_EQ(store_->recovered().size(), 1U);
  EXPECT_EQ(store_->recovered()[0].id, MessageId("a"));
  EXPECT_EQ(TextOf("a"), "up to the last window");
  const auto message = store_->messages().Get(MessageId("a"), {true});
  ASSERT_NE(FinishOf(**message), nullptr);
  EXPECT_EQ(FinishOf(**message)->reason, FinishReason::kInterrupted);
  OpenStore({});
  EXPECT_TRUE(store_->recovered().empty());
}

}  // namespace
}  // namespace millrace
