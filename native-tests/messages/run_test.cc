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
  RunId Begin() {
    const Result<RunId> run = store_->messages().BeginRun(SessionId("s"));
    EXPECT_TRUE(run.ok());
    return *run;
  }
  void CreateIn(RunId run, const std::string& id) {
    Outcome created;
    store_->messages().Create(Init(id), created.AsDoneMessage(), {"", run});
    ASSERT_TRUE(created.called() && created.status.ok()) << created.status.message();
  }
  std::optional<FinishReason> SavedReasonOf(const std::string& id) {
    const auto message = store_->messages().Get(MessageId(id), {true});
    if (!message.ok() || !message->has_value() || FinishOf(**message) == nullptr) return {};
    return FinishOf(**message)->reason;
  }
  std::optional<FinishReason> ReasonAfter(RunExit how) {
    const std::string id = "m" + std::to_string(++count_);
    const RunId run = Begin();
    CreateIn(run, id);
    Append(id, "text");
    Outcome outcome;
    store_->messages().EndRun(run, how, outcome.AsDone());
    EXPECT_TRUE(outcome.called() && outcome.status.ok());
    EXPECT_EQ(SavedTextOf(id), "text");
    return SavedReasonOf(id);
  }
  int count_ = 0;
};

TEST_F(Run, C14_FinishesWhatIsLeftByHowItEnded) {
  EXPECT_EQ(ReasonAfter(RunExit::kReturned), FinishReason::kUnknown);
  EXPECT_EQ(ReasonAfter(RunExit::kThrew), FinishReason::kError);
  EXPECT_EQ(ReasonAfter(RunExit::kAborted), FinishReason::kCanceled);
}

TEST_F(Run, C14_LeavesFinishedAndDeletedMessagesAlone) {
  const RunId run = Begin();
  for (const char* id : {"a", "b"}) CreateIn(run, id);
  ASSERT_TRUE(Write("a", Finish{}).ok());
  store_->messages().Delete(MessageId("b"), [](const Status&) {});
  Outcome outcome;
  store_->messages().EndRun(run, RunExit::kThrew, outcome.AsDone());
  EXPECT_TRUE(outcome.called() && outcome.status.ok()) << outcome.status.message();
  EXPECT_EQ(FinishOf(**store_->messages().Get(MessageId("a")))->reason, FinishReason::kEndTurn);
}

TEST_F(Run, C14_EndsAllItsMessagesAndWaitsForThoseFinishedAlready) {
  const RunId run = Begin();
  for (const char* id : {"a", "b", "c"}) CreateIn(run, id);
  storage_->set_hold(true);
  ASSERT_TRUE(Write("a", Finish{}).ok());  // in flight
  Outcome outcome;
  store_->messages().EndRun(run, RunExit::kReturned, outcome.AsDone());
  while (storage_->held() > 0) {
    EXPECT_FALSE(outcome.called());
    storage_->ReleaseOne();
  }
  EXPECT_TRUE(outcome.called() && outcome.status.ok());
  for (const char* id : {"a", "b", "c"}) EXPECT_TRUE(SavedReasonOf(id)) << id;
}

TEST_F(Run, C14_AlsoWaitsForAFinishThatItDidNotMake) {
  const RunId run = Begin();
  CreateIn(run, "a");
  storage_->set_hold(true);
  ASSERT_TRUE(Write("a", Finish{}).ok());
  Outcome outcome;
  store_->messages().EndRun(run, RunExit::kReturned, outcome.AsDone());
  EXPECT_FALSE(outcome.called());
  storage_->ReleaseOne();
  EXPECT_TRUE(outcome.called() && outcome.status.ok());
}

TEST_F(Run, C14_TellsWhenItCouldNotBeSaved) {
  const RunId run = Begin();
  CreateIn(run, "a");
  storage_->set_failure(Status(Code::kQuotaExceeded, "test"));
  Outcome outcome;
  store_->messages().EndRun(run, RunExit::kReturned, outcome.AsDone());
  EXPECT_EQ(outcome.status.code(), Code::kQuotaExceeded);
}

TEST_F(Run, C14_FinishesWhatIsOnlyJustBeingCreated) {
  const RunId run = Begin();
  storage_->set_hold(true);
  Outcome created;
  store_->messages().Create(Init("a"), created.AsDoneMessage(), {"", run});
  Outcome ended;
  store_->messages().EndRun(run, RunExit::kAborted, ended.AsDone());
  while (storage_->held() > 0) storage_->ReleaseOne();
  EXPECT_TRUE(created.status.ok() && ended.called() && ended.status.ok());
  EXPECT_EQ(SavedReasonOf("a"), FinishReason::kCanceled);
}

TEST_F(Run, C14_NeverFinishesAMessageOfSomebodyElse) {
  CreateMessage("a");
  RunFor(200'000);
  ASSERT_EQ(store_->stats().live_messages, 0) << "so that only the storage knows the id";
  for (const bool at_once : {false, true}) {
    const RunId run = Begin();
    Outcome taken;
    Outcome ended;
    std::optional<Store::HeldTurn> turn;
    if (at_once) turn.emplace(*store_);
    store_->messages().Create(Init("a"), taken.AsDoneMessage(), {"", run});
    store_->messages().EndRun(run, RunExit::kThrew, ended.AsDone());
    turn.reset();
    EXPECT_EQ(taken.status.code(), Code::kInvalidArgument);
    EXPECT_TRUE(ended.called() && ended.status.ok());
    EXPECT_FALSE((*store_->messages().Get(MessageId("a")))->finished());
  }
}

TEST_F(Run, C14_ARunThatIsOverBeginsNothing) {
  const RunId run = Begin();
  store_->messages().EndRun(run, RunExit::kReturned, {});
  Outcome created;
  store_->messages().Create(Init("a"), created.AsDoneMessage(), {"", run});
  EXPECT_EQ(created.status.code(), Code::kClosed);
  Outcome again;
  store_->messages().EndRun(run, RunExit::kReturned, again.AsDone());
  EXPECT_EQ(again.status.code(), Code::kNotFound);
  EXPECT_EQ(store_->messages().BeginRun(SessionId("nowhere")).status().code(), Code::kNotFound);
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
