// C14: what a run leaves behind, however it ends. And sessions.

#include <gtest/gtest.h>

#include "support/store_fixture.h"

namespace millrace {
namespace {

class Run : public StoreFixture {
 protected:
  void SetUp() override {
    StoreFixture::SetUp();
    OpenSession();
  }
  FinishReason ReasonAfter(RunExit how) {
    const std::string id = "m" + std::to_string(++count_);
    const std::unique_ptr<RunScope> run = store_->BeginRun();
    CreateMessage(id);
    run->Add(MessageId(id));
    Append(id, "text");
    Outcome outcome;
    run->End(how, outcome.AsDone());
    EXPECT_TRUE(outcome.called() && outcome.status.ok());
    EXPECT_EQ(SavedTextOf(id), "text");
    const auto message = store_->messages().Get(MessageId(id), {true});
    const FinishPart* finish = FinishOf(**message);
    EXPECT_NE(finish, nullptr);
    return finish == nullptr ? FinishReason::kEndTurn : finish->reason;
  }
  int count_ = 0;
};

TEST_F(Run, C14_FinishesWhatIsLeftByHowItEnded) {
  EXPECT_EQ(ReasonAfter(RunExit::kReturned), FinishReason::kUnknown);
  EXPECT_EQ(ReasonAfter(RunExit::kThrew), FinishReason::kError);
  EXPECT_EQ(ReasonAfter(RunExit::kAborted), FinishReason::kCanceled);
}

TEST_F(Run, C14_LeavesFinishedAndDeletedMessagesAlone) {
  const std::unique_ptr<RunScope> run = store_->BeginRun();
  for (const char* id : {"a", "b"}) {
    CreateMessage(id);
    run->Add(MessageId(id));
  }
  ASSERT_TRUE(Write("a", Finish{}).ok());
  store_->messages().Delete(MessageId("b"), [](const Status&) {});
  Outcome outcome;
  run->End(RunExit::kThrew, outcome.AsDone());
  EXPECT_TRUE(outcome.called() && outcome.status.ok()) << outcome.status.message();
  EXPECT_EQ(FinishOf(**store_->messages().Get(MessageId("a")))->reason, FinishReason::kEndTurn);
}

TEST_F(Run, C14_EndsAllItsMessagesAndWaitsForThoseFinishedAlready) {
  const std::unique_ptr<RunScope> run = store_->BeginRun();
  for (const char* id : {"a", "b", "c"}) {
    CreateMessage(id);
    run->Add(MessageId(id));
  }
  storage_->set_hold(true);
  ASSERT_TRUE(Write("a", Finish{}).ok());  // in flight
  Outcome outcome;
  run->End(RunExit::kReturned, outcome.AsDone());
  while (storage_->held() > 0) {
    EXPECT_FALSE(outcome.called());
    storage_->ReleaseOne();
  }
  EXPECT_TRUE(outcome.called() && outcome.status.ok());
  for (const char* id : {"a", "b", "c"}) {
    EXPECT_TRUE((**store_->messages().Get(MessageId(id), {true})).finished()) << id;
  }
}

TEST_F(Run, C14_AlsoWaitsForAFinishThatItDidNotMake) {
  const std::unique_ptr<RunScope> run = store_->BeginRun();
  CreateMessage("a");
  run->Add(MessageId("a"));
  storage_->set_hold(true);
  ASSERT_TRUE(Write("a", Finish{}).ok());
  Outcome outcome;
  run->End(RunExit::kReturned, outcome.AsDone());
  EXPECT_FALSE(outcome.called());
  storage_->ReleaseOne();
  EXPECT_TRUE(outcome.called() && outcome.status.ok());
}

TEST_F(Run, C14_TellsWhenItCouldNotBeSaved) {
  const std::unique_ptr<RunScope> run = store_->BeginRun();
  CreateMessage("a");
  run->Add(MessageId("a"));
  storage_->set_failure(Status(Code::kQuotaExceeded, "test"));
  Outcome outcome;
  run->End(RunExit::kReturned, outcome.AsDone());
  EXPECT_EQ(outcome.status.code(), Code::kQuotaExceeded);
}

using Sessions = Run;

TEST_F(Sessions, AreUpdatedListedAndTold) {
  OpenSession("t");
  Advance(10);
  SessionChange change;
  change.title = "A title";
  Outcome outcome;
  store_->sessions().Update(SessionId("s"), change, outcome.AsDoneSession());
  EXPECT_TRUE(outcome.called() && outcome.status.ok());
  const auto list = store_->sessions().List({});
  ASSERT_EQ(list->size(), 2U);
  EXPECT_EQ((*list)[0].id, SessionId("s")) << "most recently updated first";
  EXPECT_EQ((*list)[0].title, "A title");
  EXPECT_EQ(EventsOf<SessionUpdated>().back().session.title, "A title");
}

TEST_F(Sessions, CountTheirMessagesAndTell) {
  CreateMessage("a");
  EXPECT_EQ(EventsOf<SessionUpdated>().back().session.message_count, 1);
  store_->messages().Delete(MessageId("a"), [](const Status&) {});
  EXPECT_EQ(EventsOf<SessionUpdated>().back().session.message_count, 0);
}

TEST_F(Sessions, TwoChangesInFlightLoseNothing) {
  storage_->set_hold(true);
  SessionChange title;
  title.title = "T";
  SessionChange cost;
  cost.cost = 1.5;
  Outcome first;
  Outcome second;
  store_->sessions().Update(SessionId("s"), title, first.AsDoneSession());
  store_->sessions().Update(SessionId("s"), cost, second.AsDoneSession());
  while (storage_->held() > 0) storage_->ReleaseOne();
  EXPECT_TRUE(first.status.ok() && second.status.ok());
  const auto session = store_->sessions().Get(SessionId("s"));
  EXPECT_EQ((*session)->title, "T");
  EXPECT_EQ((*session)->cost, 1.5);
}

TEST_F(Sessions, BadInputIsTyped) {
  Outcome taken;
  Session again;
  again.id = SessionId("s");
  store_->sessions().Create(again, taken.AsDoneSession());
  EXPECT_EQ(taken.status.code(), Code::kInvalidArgument);
  Outcome unknown;
  store_->sessions().Update(SessionId("nobody"), {}, unknown.AsDoneSession());
  EXPECT_EQ(unknown.status.code(), Code::kNotFound);
  Outcome orphan;
  Session child;
  child.id = SessionId("child");
  child.parent_id = SessionId("nobody");
  store_->sessions().Create(child, orphan.AsDoneSession());
  EXPECT_EQ(orphan.status.code(), Code::kNotFound);
  CreateMessage("a");
  Outcome duplicate;
  store_->messages().Create(Init("a"), duplicate.AsDoneMessage());
  EXPECT_EQ(duplicate.status.code(), Code::kInvalidArgument);
}

TEST_F(Sessions, UsageIsAddedByTheCommitThatFinishes) {
  CreateMessage("a");
  MessageWrite write;
  write.mutations.emplace_back(Finish{});
  write.usage = Usage{9, 12};
  ASSERT_TRUE(store_->messages().Write(MessageId("a"), std::move(write)).ok());
  const auto session = store_->sessions().Get(SessionId("s"));
  EXPECT_EQ((*session)->prompt_tokens, 9);
  EXPECT_EQ((*session)->completion_tokens, 12);
}

}  // namespace
}  // namespace millrace
