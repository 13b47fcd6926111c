// Sessions and messages: what is put is what is read, in the requested order.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "millrace/storage/sqlite_storage.h"
#include "storage/fault_block_file.h"
#include "storage/sqlite/connection.h"
#include "storage/test_data.h"

namespace millrace {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Order = MessageQuery::Order;

class Queries : public testing::Test {
 protected:
  void SetUp() override {
    auto storage = OpenSqliteStorage(disk_.Files(), {[this] { return now_ += 3; }, {}});
    ASSERT_TRUE(storage.ok());
    storage_ = *std::move(storage);
    ASSERT_TRUE(Commit(*storage_, {Put(MakeSession("s"))}).ok());
  }
  std::vector<std::int64_t> Seqs(const MessageQuery& query) {
    auto messages = storage_->committed().ReadMessages(query);
    EXPECT_TRUE(messages.ok());
    std::vector<std::int64_t> seqs;
    for (const Message& message : *messages) seqs.push_back(message.seq);
    return seqs;
  }
  std::vector<std::string> SessionIds(const SessionQuery& query) {
    auto sessions = storage_->committed().ReadSessions(query);
    EXPECT_TRUE(sessions.ok());
    std::vector<std::string> ids;
    for (const Session& session : *sessions) ids.push_back(session.id.value);
    return ids;
  }

  TimeMs now_ = 0;
  FaultDisk disk_;
  std::unique_ptr<Storage> storage_;
};

TEST_F(Queries, SessionRoundTrip) {
  Session session = MakeSession("with everything");
  session.parent_id = SessionId("s");
  session.title = "T\xC3\xAFtle with ' and \" and \xF0\x9F\x8C\x8A";
  session.summary_message_id = MessageId("m1");
  session.cost = 0.1 + 0.2;
  ASSERT_TRUE(Commit(*storage_, {Put(session)}).ok());
  EXPECT_EQ(**storage_->committed().ReadSession(session.id), session);
  session.title = "";
  session.parent_id = SessionId();
  session.updated_at = 5000;
  session.completion_tokens = 9'000'000'000;
  ASSERT_TRUE(Commit(*storage_, {Put(session)}).ok());
  EXPECT_EQ(**storage_->committed().ReadSession(session.id), session);
  EXPECT_FALSE(storage_->committed().ReadSession(SessionId("nobody"))->has_value());
  EXPECT_EQ(Commit(*storage_, {Put(MakeSession(""))}).code(), Code::kInvalidArgument);
}

TEST_F(Queries, SessionsMostRecentlyUpdatedFirst) {
  Session child = MakeSession("child", 1500);
  child.parent_id = SessionId("s");
  Session younger = MakeSession("younger child", 1600);
  younger.parent_id = SessionId("s");
  ASSERT_TRUE(Commit(*storage_, {Put(MakeSession("late", 3000)), Put(child), Put(younger),
                                 Put(MakeSession("tie 1", 500)), Put(MakeSession("tie 2", 500))})
                  .ok());
  EXPECT_THAT(SessionIds({}), ElementsAre("late", "younger child", "child", "s", "tie 2", "tie 1"));
  EXPECT_THAT(SessionIds({.parent_id = std::nullopt, .limit = 2}),
              ElementsAre("late", "younger child"));
  EXPECT_THAT(SessionIds({.parent_id = SessionId("s"), .limit = std::nullopt}),
              ElementsAre("younger child", "child"));
  EXPECT_THAT(SessionIds({.parent_id = SessionId("x"), .limit = std::nullopt}), IsEmpty());
  EXPECT_THAT(SessionIds({.parent_id = std::nullopt, .limit = 0}), IsEmpty());
}

TEST_F(Queries, UpdatingASessionKeepsItsMessagesAndCountsThem) {
  ASSERT_TRUE(Commit(*storage_, {Put(MakeMessage(1, "a")), Put(MakeMessage(2, "b"))}).ok());
  ASSERT_TRUE(Commit(*storage_, {Put(MakeSession("s", 4000))}).ok());
  EXPECT_EQ((**storage_->committed().ReadSession(SessionId("s"))).message_count, 2);
  ASSERT_TRUE(Commit(*storage_, {DeleteMessage{MessageId("m1")}}).ok());
  EXPECT_EQ(storage_->committed().ReadSessions({})->front().message_count, 1);
}

TEST_F(Queries, C7_DeletingASessionDeletesItsMessages) {
  ASSERT_TRUE(Commit(*storage_, {Put(MakeSession("t")), Put(MakeMessage(1, "a")),
                                 Put(MakeMessage(2, "b", "t"))})
                  .ok());
  ASSERT_TRUE(Commit(*storage_, {DeleteSession{SessionId("s")}}).ok());
  EXPECT_THAT(Seqs({}), ElementsAre(2));
  EXPECT_FALSE(storage_->committed().ReadSession(SessionId("s"))->has_value());
  ASSERT_TRUE(Commit(*storage_, {DeleteSessionMessages{SessionId("t")}}).ok());
  EXPECT_THAT(Seqs({}), IsEmpty());
  EXPECT_TRUE(storage_->committed().ReadSession(SessionId("t"))->has_value());
  EXPECT_TRUE(
      Commit(*storage_, {DeleteSession{SessionId("s")}, DeleteMessage{MessageId("m1")}}).ok())
      << "deleting what is not there is OK";
}

TEST_F(Queries, MessageRoundTrip) {
  Message message = Finished(MakeMessage(1, "text"));
  message.role = Role::kTool;
  message.is_summary = true;
  message.version = 7;
  message.parts.emplace_back(ToolCallPart{"c", "name", "{}", true, false, ""});
  ASSERT_TRUE(Commit(*storage_, {Put(message)}).ok());
  EXPECT_EQ(**storage_->committed().ReadMessage(message.id), message);
  EXPECT_FALSE(storage_->committed().ReadMessage(MessageId("nobody"))->has_value());
}

TEST_F(Queries, PutMessageRefusesWhatBelongsToAnother) {
  const Message first = MakeMessage(1, "first");
  ASSERT_TRUE(Commit(*storage_, {Put(first)}).ok());
  Message same_id = first;
  same_id.seq = 2;
  EXPECT_EQ(Commit(*storage_, {Put(same_id)}).code(), Code::kInvalidArgument);
  Message same_seq = first;
  same_seq.id = MessageId("other");
  EXPECT_EQ(Commit(*storage_, {Put(same_seq)}).code(), Code::kInvalidArgument);
  Message no_seq = MakeMessage(0, "");
  EXPECT_EQ(Commit(*storage_, {Put(no_seq)}).code(), Code::kInvalidArgument);
  Message no_id = MakeMessage(3, "");
  no_id.id = MessageId();
  EXPECT_EQ(Commit(*storage_, {Put(no_id)}).code(), Code::kInvalidArgument);
  const Status no_session = Commit(*storage_, {Put(MakeMessage(3, "", "nowhere"))});
  EXPECT_EQ(no_session.code(), Code::kNotFound);
  EXPECT_THAT(no_session.message(), HasSubstr("nowhere"));
  EXPECT_THAT(*storage_->committed().ReadMessages({}), ElementsAre(first));
}

TEST_F(Queries, BatchIsAllOrNothing) {
  EXPECT_FALSE(Commit(*storage_, {Put(MakeMessage(1, "a")), Put(MakeSession("t")),
                                  Put(MakeMessage(2, "b", "nowhere"))})
                   .ok());
  EXPECT_THAT(Seqs({}), IsEmpty());
  EXPECT_THAT(SessionIds({}), ElementsAre("s"));
}

TEST_F(Queries, SeqsOfDeletedMessagesStayTaken) {
  EXPECT_EQ(*storage_->committed().LastSeq(), 0);
  ASSERT_TRUE(Commit(*storage_, {Put(MakeMessage(41, "a")), Put(MakeMessage(7, "b"))}).ok());
  EXPECT_EQ(*storage_->committed().LastSeq(), 41);
  ASSERT_TRUE(Commit(*storage_, {DeleteSession{SessionId("s")}}).ok());
  EXPECT_EQ(*storage_->committed().LastSeq(), 41);
}

TEST_F(Queries, C11_PagesInTheOrderOfCreationWhateverTheClockSaid) {
  StorageBatch batch = {Put(MakeSession("t"))};
  for (std::int64_t seq = 1; seq <= 9; ++seq) {
    Message message = Finished(MakeMessage(seq, "x"));
    message.created_at = 2000 - seq;  // the clock kept going back
    message.role = seq % 2 == 0 ? Role::kAssistant : Role::kUser;
    batch.push_back(Put(message));
  }
  Message elsewhere = Finished(MakeMessage(10, "x", "t"));
  elsewhere.created_at = 2001;
  elsewhere.role = Role::kUser;
  batch.push_back(Put(elsewhere));
  ASSERT_TRUE(Commit(*storage_, std::move(batch)).ok());

  MessageQuery query;
  query.session_id = SessionId("s");
  EXPECT_THAT(Seqs(query), ElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 9));
  query.limit = 3;
  EXPECT_THAT(Seqs(query), ElementsAre(7, 8, 9));
  query.order = Order::kNewestFirst;
  EXPECT_THAT(Seqs(query), ElementsAre(9, 8, 7));
  query.before = 6;
  EXPECT_THAT(Seqs(query), ElementsAre(5, 4, 3));
  query.order = Order::kOldestFirst;
  EXPECT_THAT(Seqs(query), ElementsAre(3, 4, 5));
  query.before.reset();
  query.after = 6;
  EXPECT_THAT(Seqs(query), ElementsAre(7, 8, 9));
  query.limit = 2;
  EXPECT_THAT(Seqs(query), ElementsAre(7, 8));
  query.order = Order::kNewestFirst;
  EXPECT_THAT(Seqs(query), ElementsAre(8, 7));
  query.after = 3;
  query.role = Role::kAssistant;
  EXPECT_THAT(Seqs(query), ElementsAre(6, 4));

  MessageQuery users;
  users.role = Role::kUser;
  users.order = Order::kNewestFirst;
  EXPECT_THAT(Seqs(users), ElementsAre(10, 9, 7, 5, 3, 1));
  users.limit = 2;
  EXPECT_THAT(Seqs(users), ElementsAre(10, 9));
}

TEST_F(Queries, C10_TheMessagesOfASessionAreKeptCounted) {
  const auto count = [this](const char* id) {
    return (**storage_->committed().ReadSession(SessionId(id))).message_count;
  };
  StorageBatch batch = {Put(MakeSession("t"))};
  for (std::int64_t seq = 1; seq <= 5; ++seq) batch.push_back(Put(Finished(MakeMessage(seq, "x"))));
  batch.push_back(Put(Finished(MakeMessage(6, "x", "t"))));
  ASSERT_TRUE(Commit(*storage_, std::move(batch)).ok());
  EXPECT_EQ(count("s"), 5);
  EXPECT_EQ(count("t"), 1);
  // A rewritten row and a changed session do not change the count.
  ASSERT_TRUE(Commit(*storage_, {Put(MakeSession("s")), Put(Finished(MakeMessage(1, "y")))}).ok());
  EXPECT_EQ(count("s"), 5);
  ASSERT_TRUE(Commit(*storage_, {DeleteMessage{MessageId("m2")}}).ok());
  ASSERT_TRUE(Commit(*storage_, {DeleteMessage{MessageId("nobody")}}).ok());
  EXPECT_EQ(count("s"), 4);
  EXPECT_THAT(*storage_->committed().ReadMessageIds(SessionId("s")),
              ElementsAre(MessageId("m1"), MessageId("m3"), MessageId("m4"), MessageId("m5")));
  ASSERT_TRUE(Commit(*storage_, {DeleteSessionMessages{SessionId("s")}}).ok());
  EXPECT_EQ(count("s"), 0);
  EXPECT_EQ(count("t"), 1);
}

TEST_F(Queries, TellsHowLongACommitTook) {
  CommitOutcome outcome;
  storage_->Commit({Put(MakeSession("s"))}, {Durability::kProcess},
                   [&](CommitOutcome each) { outcome = std::move(each); });
  EXPECT_TRUE(outcome.status.ok());
  EXPECT_EQ(outcome.took_ms, 3);
}

// Every list uses an index; none sorts, and only the list of all messages scans.
TEST_F(Queries, PlansUseTheIndexes) {
  if (!kSqliteExplains) GTEST_SKIP() << "SQLITE_OMIT_EXPLAIN";
  storage_.reset();
  auto connection = Connection::Open(disk_.Files());
  const auto plan = [&](const std::string& sql) { return QueryPlan(**connection, sql); };
  const std::string by_session =
      plan("SELECT parts FROM messages WHERE session_id = ? AND seq < ? ORDER BY seq DESC LIMIT ?");
  EXPECT_THAT(by_session, HasSubstr("messages_by_session (session_id=? AND rowid<?)"));
  EXPECT_THAT(by_session, testing::Not(HasSubstr("TEMP B-TREE")));
  const std::string of_user =
      plan("SELECT parts FROM messages WHERE role = 'user' ORDER BY seq DESC LIMIT ?");
  EXPECT_THAT(of_user, HasSubstr("messages_of_user"));
  EXPECT_THAT(of_user, testing::Not(HasSubstr("TEMP B-TREE")));
  const std::string sessions =
      plan("SELECT id, message_count FROM sessions ORDER BY updated_at DESC, rowid DESC LIMIT ?");
  EXPECT_THAT(sessions, HasSubstr("sessions_by_update"));
  EXPECT_THAT(sessions, testing::Not(HasSubstr("TEMP B-TREE")));
  EXPECT_THAT(
      plan("SELECT id FROM sessions WHERE parent_id = ?"
           " ORDER BY updated_at DESC, rowid DESC LIMIT ?"),
      testing::AllOf(HasSubstr("sessions_by_parent"), testing::Not(HasSubstr("TEMP B-TREE"))));
  EXPECT_THAT(plan("SELECT parts FROM messages WHERE finished_at IS NULL ORDER BY seq"),
              HasSubstr("messages_unfinished"));
}

}  // namespace
}  // namespace millrace
