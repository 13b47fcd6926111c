// D1, D2: who follows whom, which path is shown, and what deletes leave of it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "messages/tree_fixture.h"

namespace millrace {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST_F(Tree, D1_ASessionThatNeverBranchedReadsAsBefore) {
  for (const char* id : {"a", "b", "c"}) ASSERT_TRUE(Create(id).ok());
  EXPECT_THAT(Path(), ElementsAre("a", "b", "c"));
  EXPECT_EQ(Head(), "c");
  EXPECT_EQ(ParentOf("a"), "");
  EXPECT_EQ(ParentOf("c"), "b");
  EXPECT_THAT(Branches(), IsEmpty());
}

TEST_F(Tree, D1_ACreateContinuesAtTheHeadAndBecomesIt) {
  Fork();
  EXPECT_THAT(Path(), ElementsAre("a", "b", "e", "f"));
  EXPECT_EQ(Head(), "f");
  EXPECT_EQ(ParentOf("e"), "b");
  EXPECT_THAT(Branches(), ElementsAre("b: c e"));
  EXPECT_THAT(PathTo("d"), ElementsAre("a", "b", "c", "d"));
  EXPECT_THAT(PathTo("c"), ElementsAre("a", "b", "c"));
}

TEST_F(Tree, D1_AListOfAllIsInTheOrderOfCreation) {
  Fork();
  ListOptions all;
  all.all = true;
  EXPECT_THAT(Path(all), ElementsAre("a", "b", "c", "d", "e", "f"));
}

TEST_F(Tree, D1_ASwitchShowsThePathThroughTheMessageDownToWhereItWasLastShown) {
  Fork();
  ASSERT_TRUE(Create("g", "c").ok());  // a second version of d
  EXPECT_THAT(Path(), ElementsAre("a", "b", "c", "g"));
  ASSERT_TRUE(SwitchTo("d").ok());
  EXPECT_THAT(Path(), ElementsAre("a", "b", "c", "d"));
  ASSERT_TRUE(SwitchTo("e").ok());
  EXPECT_THAT(Path(), ElementsAre("a", "b", "e", "f"));
  EXPECT_EQ(Head(), "f");
  ASSERT_TRUE(SwitchTo("c").ok());
  EXPECT_THAT(Path(), ElementsAre("a", "b", "c", "d")) << "where it was last shown";
  EXPECT_EQ(SwitchTo("nobody").code(), Code::kNotFound);
}

TEST_F(Tree, D1_ASwitchIsHeardAsASessionUpdate) {
  Fork();
  events_.clear();
  ASSERT_TRUE(SwitchTo("c").ok());
  const auto updates = EventsOf<SessionUpdated>();
  ASSERT_EQ(updates.size(), 1u);
  EXPECT_EQ(updates[0].session.head_id.value, "d");
}

TEST_F(Tree, D1_AMessageCanBeginTheSessionAnew) {
  Fork();
  ASSERT_TRUE(Create("x", "").ok());
  ASSERT_TRUE(Create("y").ok());
  EXPECT_THAT(Path(), ElementsAre("x", "y"));
  EXPECT_EQ(ParentOf("x"), "");
  EXPECT_THAT(Branches(), ElementsAre(": a x", "b: c e"));
  ASSERT_TRUE(SwitchTo("a").ok());
  EXPECT_THAT(Path(), ElementsAre("a", "b", "e", "f"));
}

TEST_F(Tree, D1_AParentIsOfTheSameSessionAndThere) {
  OpenSession("t");
  ASSERT_TRUE(Create("a").ok());
  EXPECT_EQ(Create("b", "nobody").code(), Code::kNotFound);
  EXPECT_EQ(Create("b", "a", "t").code(), Code::kInvalidArgument);
  EXPECT_TRUE(Create("b").ok());
  EXPECT_THAT(Path(), ElementsAre("a", "b"));
}

TEST_F(Tree, D1_ADeleteMovesTheChildrenUp) {
  Fork();
  Delete("b");
  EXPECT_THAT(Path(), ElementsAre("a", "e", "f"));
  EXPECT_THAT(PathTo("d"), ElementsAre("a", "c", "d"));
  EXPECT_THAT(Branches(), ElementsAre("a: c e"));
  Delete("a");
  EXPECT_THAT(Path(), ElementsAre("e", "f"));
  EXPECT_THAT(Branches(), ElementsAre(": c e"));
  EXPECT_EQ(ParentOf("c"), "");
}

TEST_F(Tree, D1_ADeletedHeadGivesWayToWhatIsShownBesideItOrItsParent) {
  Fork();
  Delete("f");
  EXPECT_THAT(Path(), ElementsAre("a", "b", "e"));
  Delete("e");
  EXPECT_THAT(Path(), ElementsAre("a", "b", "c", "d")) << "the other version";
  Delete("d");
  Delete("c");
  EXPECT_EQ(Head(), "b");
  Delete("b");
  Delete("a");
  EXPECT_THAT(Path(), IsEmpty());
  EXPECT_EQ(Head(), "");
  EXPECT_TRUE(Create("z").ok());
  EXPECT_THAT(Path(), ElementsAre("z"));
}

TEST_F(Tree, D1_ABranchGoesWithAllThatFollow) {
  Fork();
  Delete("c", /*branch=*/true);
  EXPECT_THAT(Path(), ElementsAre("a", "b", "e", "f"));
  EXPECT_EQ((**store_->sessions().Get(SessionId("s"))).message_count, 4);
  events_.clear();
  Delete("b", /*branch=*/true);
  EXPECT_THAT(Path(), ElementsAre("a"));
  const auto deleted = EventsOf<MessagesDeleted>();
  ASSERT_EQ(deleted.size(), 1u);
  EXPECT_EQ(deleted[0].ids.size(), 3u);
}

TEST_F(Tree, D1_ADraftWhoseParentGoesKnowsItsNewParent) {
  CreateMessage("a");
  CreateMessage("b");
  CreateMessage("c");
  Append("c", "text");
  Delete("b");
  EXPECT_EQ(ParentOf("c"), "a");
  RunFor(100);
  OpenStore({});
  EXPECT_EQ(ParentOf("c"), "a");
}

TEST_F(Tree, D2_AClockThatGoesBackChangesNoOrder) {
  ASSERT_TRUE(Create("a").ok());
  for (const char* id : {"b", "c"}) {
    Message init = Init(id);
    init.created_at = 1000;  // from another machine
    Outcome outcome;
    store_->messages().Create(init, outcome.AsDoneMessage());
    ASSERT_TRUE(outcome.status.ok());
  }
  EXPECT_THAT(Path(), ElementsAre("a", "b", "c"));
  EXPECT_EQ((**store_->messages().Get(MessageId("c"))).created_at, 1000);
}

TEST_F(Tree, C11_WhatIsBeingCreatedIsOnThePath) {
  Fork();
  storage_->set_hold(true);
  Message init = Init("g");
  store_->messages().Create(init, {});
  store_->messages().Create({Init("h"), MessageId("c")}, {});
  store_->messages().Create(Init("i"), {});
  EXPECT_THAT(Path(), ElementsAre("a", "b", "c", "h", "i"));
  EXPECT_THAT(PathTo("g"), ElementsAre("a", "b", "e", "f", "g"));
  EXPECT_THAT(Branches(), ElementsAre("b: c e", "c: d h"));
  ListOptions after;
  after.after = MessageId("c");
  EXPECT_THAT(Path(after), ElementsAre("h", "i"));
  after.after = MessageId("h");
  EXPECT_THAT(Path(after), ElementsAre("i"));
  ListOptions before;
  before.before = MessageId("i");
  before.limit = 2;
  EXPECT_THAT(Path(before), ElementsAre("c", "h"));
  storage_->set_hold(false);
  while (storage_->held() > 0) storage_->ReleaseOne();
  EXPECT_THAT(Path(), ElementsAre("a", "b", "c", "h", "i"));
  EXPECT_EQ(Head(), "i");
}

TEST_F(Tree, C11_WhatIsBeingDeletedIsNotOnThePath) {
  Fork();
  storage_->set_hold(true);
  store_->messages().Delete(MessageId("e"), {});
  EXPECT_THAT(Path(), ElementsAre("a", "b", "f"));
  storage_->ReleaseOne();
  store_->messages().Delete(MessageId("b"), {}, /*branch=*/true);
  EXPECT_THAT(Path(), ElementsAre("a"));
  Outcome created;
  store_->messages().Create(Init("g"), created.AsDoneMessage());
  EXPECT_THAT(Path(), ElementsAre("a", "g"));
  storage_->set_hold(false);
  while (storage_->held() > 0) storage_->ReleaseOne();
  EXPECT_TRUE(created.status.ok()) << created.status.message();
  EXPECT_THAT(Path(), ElementsAre("a", "g"));
}

// The message before it could not be created, so the next one follows the one before that.
TEST_F(Tree, D1_ACreateWhoseParentFailedFollowsTheHead) {
  ASSERT_TRUE(Create("a").ok());
  storage_->set_hold(true);
  Outcome first;
  Outcome second;
  store_->messages().Create(Init("b"), first.AsDoneMessage());
  store_->messages().Create(Init("c"), second.AsDoneMessage());
  storage_->FailOne(Status(Code::kQuotaExceeded, "full"));
  storage_->set_hold(false);
  while (storage_->held() > 0) storage_->ReleaseOne();
  EXPECT_FALSE(first.status.ok());
  EXPECT_TRUE(second.status.ok()) << second.status.message();
  EXPECT_THAT(Path(), ElementsAre("a", "c"));
  EXPECT_EQ(ParentOf("c"), "a");
}

// The newest one is refused while an older one is on its way.
TEST_F(Tree, C11_AfterTheNewestCreateFailedTheOneBeforeItIsStillOnThePath) {
  OpenSession("t");
  ASSERT_TRUE(Create("taken", std::nullopt, "t").ok());
  storage_->set_hold(true);
  store_->messages().Create(Init("a"), {});
  Outcome outcome;
  store_->messages().Create(Init("b"), {});
  store_->messages().Create(Init("taken"), outcome.AsDoneMessage());
  storage_->ReleaseOne();
  EXPECT_TRUE(outcome.called());
  EXPECT_FALSE(outcome.status.ok());
  ASSERT_EQ(storage_->held(), 1u) << "b is on its way";
  EXPECT_THAT(Path(), ElementsAre("a", "b"));
  storage_->set_hold(false);
  storage_->ReleaseOne();
  EXPECT_THAT(Path(), ElementsAre("a", "b"));
}

TEST_F(Tree, D1_TheLastReplyIsThatOfTheShownPath) {
  CreateMessage("a");
  ASSERT_TRUE(Create("b").ok());
  ASSERT_TRUE(Create("x", "").ok());
  EXPECT_EQ(*store_->messages().LastAssistant(SessionId("s")), std::nullopt);
  ASSERT_TRUE(SwitchTo("a").ok());
  EXPECT_EQ((**store_->messages().LastAssistant(SessionId("s"))).id.value, "a");
}

TEST_F(Tree, D1_ASearchSaysWhatIsHidden) {
  for (const char* id : {"a", "b"}) {
    Message init = Init(id);
    init.role = Role::kUser;
    init.parts.emplace_back(TextPart{"water wheel", false, ""});
    store_->messages().Create({init, MessageId()}, {});
  }
  const auto page = store_->Search({"wheel", {}, {}, {}, {}});
  ASSERT_EQ(page->hits.size(), 2u);
  EXPECT_EQ(page->hits[0].message_id.value, "b");
  EXPECT_FALSE(page->hits[0].hidden);
  EXPECT_TRUE(page->hits[1].hidden);
}

TEST_F(Tree, D1_AForkHasCopiesOfThePath) {
  Fork();
  Outcome forked;
  Session init;
  init.id = SessionId("t");
  store_->messages().Fork(MessageId("c"), init, forked.AsDoneSession());
  ASSERT_TRUE(forked.status.ok()) << forked.status.message();
  EXPECT_THAT(IdsOf(store_->messages().List(SessionId("t"))), ElementsAre("t.1", "t.2", "t.3"));
  EXPECT_EQ((**store_->sessions().Get(SessionId("t"))).head_id.value, "t.3");
  EXPECT_THAT(Path(), ElementsAre("a", "b", "e", "f"));
}

TEST_F(Tree, D6_HistoryComesInOneCommitWithItsOwnTimes) {
  std::vector<NewMessage> history;
  for (int i = 0; i < 5; ++i) {
    Message message = Init("h" + std::to_string(i));
    message.created_at = 1000 + i;
    history.emplace_back(std::move(message));
  }
  history[4].parent = MessageId("h1");
  const std::size_t commits = storage_->commits_seen();
  std::vector<Message> created;
  store_->messages().CreateAll(history, [&](const Result<std::vector<Message>>& all) {
    ASSERT_TRUE(all.ok()) << all.status().message();
    created = *all;
  });
  EXPECT_EQ(storage_->commits_seen(), commits + 1);
  ASSERT_EQ(created.size(), 5u);
  EXPECT_EQ(created[0].created_at, 1000);
  EXPECT_TRUE(created[0].finished());
  EXPECT_THAT(Path(), ElementsAre("h0", "h1", "h4"));
  EXPECT_THAT(Branches(), ElementsAre("h1: h2 h4"));
}

TEST_F(Tree, D6_HistoryComesWholeOrNotAtAll) {
  ASSERT_TRUE(Create("taken").ok());
  std::vector<NewMessage> history = {Init("h0"), Init("taken")};
  Status status;
  store_->messages().CreateAll(
      history, [&](const Result<std::vector<Message>>& all) { status = all.status(); });
  EXPECT_EQ(status.code(), Code::kInvalidArgument);
  EXPECT_THAT(Path(), ElementsAre("taken"));
}

}  // namespace
}  // namespace millrace
