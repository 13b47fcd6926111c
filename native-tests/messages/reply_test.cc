// C14, I1: a reply begins in one step of the core, and a message has at most one stream.

#include <gtest/gtest.h>

#include "support/store_fixture.h"

namespace millrace {
namespace {

class BeginReply : public StoreFixture {
 protected:
  void SetUp() override {
    StoreFixture::SetUp();
    OpenSession();
  }

  static ReplyStart Start(const std::string& id, bool resume = false,
                          const std::string& writer = "stream", RunId run = kNoRun) {
    return {SessionId("s"), MessageId(id), resume, "model", "provider", {writer, run}};
  }
  Status Begin(const ReplyStart& start) {
    Outcome outcome;
    store_->messages().BeginReply(start, outcome.AsDoneMessage());
    EXPECT_EQ(outcome.calls, 1);
    return outcome.status;
  }
  Status WriteAs(const std::string& writer, std::int64_t version, Mutation mutation) {
    MessageWrite write;
    write.writer = writer;
    write.version = version;
    write.mutations.push_back(std::move(mutation));
    return store_->messages().Write(MessageId("a"), std::move(write)).status();
  }
  Status FinishAs(FinishReason reason) {
    Finish finish;
    finish.reason = reason;
    return Write("a", finish).status();
  }
  void ReleaseAll() {
    while (storage_->held() > 0) storage_->ReleaseOne();
  }
};

TEST_F(BeginReply, I1_CreatesTheMessageBeforeItIsTold) {
  for (const bool resume : {false, true}) {
    const std::string id = resume ? "b" : "a";
    ASSERT_TRUE(Begin(Start(id, resume)).ok());
    const auto saved = store_->messages().Get(MessageId(id), {true});
    ASSERT_TRUE(saved->has_value()) << "durable when told";
    EXPECT_EQ((*saved)->model, "model");
    EXPECT_EQ((*saved)->provider, "provider");
    EXPECT_FALSE((*saved)->finished());
  }
}

TEST_F(BeginReply, I1_GoesOnWithAMessageOnlyWhenAsked) {
  CreateMessage("a");
  Append("a", "kept ");
  ASSERT_TRUE(FinishAs(FinishReason::kInterrupted).ok());
  EXPECT_EQ(Begin(Start("a")).code(), Code::kInvalidArgument) << "the id is taken";
  ASSERT_TRUE(Begin(Start("a", true)).ok());
  EXPECT_FALSE((*store_->messages().Get(MessageId("a"), {true}))->finished()) << "durably resumed";
  const std::int64_t version = (*store_->messages().Get(MessageId("a")))->version;
  EXPECT_TRUE(WriteAs("stream", version + 1, AppendText{"and more", false}).ok());
  EXPECT_EQ(TextOf("a"), "kept and more");
}

TEST_F(BeginReply, I1_RefusesAMessageOfAnotherSession) {
  OpenSession("t");
  CreateMessage("a", "t");
  ASSERT_TRUE(FinishAs(FinishReason::kInterrupted).ok());
  EXPECT_EQ(Begin(Start("a", true)).code(), Code::kInvalidArgument);
  EXPECT_TRUE((*store_->messages().Get(MessageId("a")))->finished()) << "nothing has changed";
}

TEST_F(BeginReply, I1_AReplyThatEndedByItselfIsNotGoneOnWith) {
  CreateMessage("a");
  ASSERT_TRUE(FinishAs(FinishReason::kEndTurn).ok());
  EXPECT_EQ(Begin(Start("a", true)).code(), Code::kFinished);
}

TEST_F(BeginReply, C6_AMessageHasOneStreamAtMost) {
  ASSERT_TRUE(Begin(Start("a", false, "first")).ok());
  EXPECT_EQ(Begin(Start("a", true, "second")).code(), Code::kInUse);
  RunFor(200'000);  // however long nothing comes
  EXPECT_EQ(Begin(Start("a", true, "second")).code(), Code::kInUse);
  ASSERT_TRUE(FinishAs(FinishReason::kCanceled).ok());
  EXPECT_TRUE(Begin(Start("a", true, "second")).ok()) << "the first stream is over";
}

TEST_F(BeginReply, C6_AlsoWhileTheFirstIsStillBeingSaved) {
  storage_->set_hold(true);
  Outcome first;
  Outcome second;
  store_->messages().BeginReply(Start("a", true, "first"), first.AsDoneMessage());
  store_->messages().BeginReply(Start("a", true, "second"), second.AsDoneMessage());
  ReleaseAll();
  EXPECT_TRUE(first.called() && first.status.ok());
  EXPECT_EQ(second.status.code(), Code::kInUse);
}

TEST_F(BeginReply, C6_AStreamWhoseReplyIsOverWritesNoMore) {
  ASSERT_TRUE(Begin(Start("a", false, "first")).ok());
  ASSERT_TRUE(WriteAs("first", 2, AppendText{"1", false}).ok());
  ASSERT_TRUE(FinishAs(FinishReason::kInterrupted).ok());
  EXPECT_EQ(WriteAs("first", 3, AppendText{"late", false}).code(), Code::kFinished);
  ASSERT_TRUE(Begin(Start("a", true, "second")).ok());
  EXPECT_NE(WriteAs("first", 3, AppendText{"late", false}).code(), Code::kOk);
  const std::int64_t version = (*store_->messages().Get(MessageId("a")))->version;
  EXPECT_NE(WriteAs("first", version + 1, AppendText{"late", false}).code(), Code::kOk);
  EXPECT_TRUE(WriteAs("second", version + 1, AppendText{"2", false}).ok());
  EXPECT_EQ(TextOf("a"), "12");
}

// The message stays in memory the whole time, and with it the count of the first stream.
TEST_F(BeginReply, C6_AStreamWhoseReplyIsOverWritesNoMoreAlthoughItIsRemembered) {
  ASSERT_TRUE(Begin(Start("a", false, "first")).ok());
  ASSERT_TRUE(WriteAs("first", 2, AppendText{"1", false}).ok());
  storage_->set_hold(true);
  ASSERT_TRUE(FinishAs(FinishReason::kInterrupted).ok());
  Outcome second;
  store_->messages().BeginReply(Start("a", true, "second"), second.AsDoneMessage());
  EXPECT_EQ(WriteAs("first", 3, AppendText{"late", false}).code(), Code::kFinished);
  ReleaseAll();
  EXPECT_TRUE(second.called() && second.status.ok());
  EXPECT_EQ(WriteAs("first", 3, AppendText{"late", false}).code(), Code::kFinished);
  EXPECT_EQ(TextOf("a"), "1");
}

TEST_F(BeginReply, C6_WritesOfOthersAndOfTheStreamBothStay) {
  ASSERT_TRUE(Begin(Start("a")).ok());
  Append("a", "of others ");
  EXPECT_TRUE(WriteAs("stream", 2, AppendText{"of the stream", false}).ok());
  EXPECT_EQ(WriteAs("stream", 4, AppendText{"a gap", false}).code(), Code::kStale);
  EXPECT_EQ(TextOf("a"), "of others of the stream");
}

TEST_F(BeginReply, C14_ARunThatEndsMeanwhileFinishesItOnce) {
  for (const bool resume : {false, true}) {
    const std::string id = resume ? "b" : "a";
    if (resume) {
      CreateMessage(id);
      Finish interrupted;
      interrupted.reason = FinishReason::kInterrupted;
      ASSERT_TRUE(Write(id, interrupted).ok());
    }
    const RunId run = *store_->messages().BeginRun(SessionId("s"));
    storage_->set_hold(true);
    Outcome begun;
    Outcome ended;
    store_->messages().BeginReply(Start(id, resume, "stream", run), begun.AsDoneMessage());
    store_->messages().EndRun(run, RunExit::kReturned, ended.AsDone());
    ReleaseAll();
    storage_->set_hold(false);
    EXPECT_TRUE(ended.called() && ended.status.ok()) << ended.status.message();
    EXPECT_EQ(begun.status.code(), Code::kFinished) << "nothing is left to be written";
    const auto saved = store_->messages().Get(MessageId(id), {true});
    ASSERT_TRUE(saved->has_value() && (*saved)->finished());
    EXPECT_EQ(FinishOf(**saved)->reason, FinishReason::kUnknown);
    EXPECT_EQ(Begin(Start(id, true, "late", run)).code(), Code::kClosed);
    EXPECT_TRUE((*store_->messages().Get(MessageId(id)))->finished()) << "not un-finished";
  }
}

TEST_F(BeginReply, C14_ADeleteMeanwhileIsTold) {
  storage_->set_hold(true);
  Outcome begun;
  store_->messages().BeginReply(Start("a"), begun.AsDoneMessage());
  store_->messages().Delete(MessageId("a"), {});
  ReleaseAll();
  EXPECT_EQ(begun.calls, 1);
  EXPECT_EQ(begun.status.code(), Code::kNotFound);
}

TEST_F(BeginReply, C5_OneThatCouldNotBeSavedLeavesRoomForTheNext) {
  CreateMessage("a");
  ASSERT_TRUE(FinishAs(FinishReason::kInterrupted).ok());
  storage_->set_failure(Status(Code::kQuotaExceeded, "test"));
  EXPECT_EQ(Begin(Start("a", true, "first")).code(), Code::kQuotaExceeded);
  EXPECT_EQ(Begin(Start("b", true, "first")).code(), Code::kQuotaExceeded);
  storage_->set_failure(Status::Ok());
  EXPECT_TRUE(Begin(Start("a", true, "second")).ok());
  EXPECT_TRUE(Begin(Start("b", true, "second")).ok());
}

TEST_F(BeginReply, BadInputIsTyped) {
  EXPECT_EQ(Begin(Start("")).code(), Code::kInvalidArgument);
  EXPECT_EQ(Begin(Start("a", false, "")).code(), Code::kInvalidArgument);
  ReplyStart nowhere = Start("a");
  nowhere.session_id = SessionId("nowhere");
  EXPECT_EQ(Begin(nowhere).code(), Code::kNotFound);
}

}  // namespace
}  // namespace millrace
