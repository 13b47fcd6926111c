// D3, D4: metadata and usage of messages and sessions.

#include <gtest/gtest.h>

#include "support/store_fixture.h"

namespace millrace {
namespace {

class Notes : public StoreFixture {
 protected:
  void SetUp() override { OpenWith({"a"}); }

  Message Stored(const std::string& id) { return **store_->messages().Get(MessageId(id), {true}); }
  Session InSession() { return **store_->sessions().Get(SessionId("s")); }
  Status SetMetadata(const std::string& id, std::string patch) {
    Outcome outcome;
    store_->messages().SetMetadata(MessageId(id), std::move(patch), outcome.AsDoneMessage());
    RunFor(100);
    EXPECT_TRUE(outcome.called());
    return outcome.status;
  }
  void Use(const std::string& id, Usage usage) {
    MessageWrite write;
    write.usage = usage;
    ASSERT_TRUE(store_->messages().Write(MessageId(id), std::move(write)).ok());
    RunFor(100);
  }
};

TEST_F(Notes, D3_ChangesOfOneWindowAreOneCommitAndOneEvent) {
  const std::size_t commits = storage_->commits_seen();
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(Write("a", millrace::SetMetadata{R"({"n":)" + std::to_string(i) + "}"}).ok());
    Append("a", "x");
  }
  RunFor(100);
  EXPECT_EQ(storage_->commits_seen(), commits + 1);
  EXPECT_EQ(EventsOf<MessageUpdated>().size(), 1u);
  EXPECT_EQ(Stored("a").metadata, R"({"n":19})");
}

// Its text and its words are on disk already.
TEST_F(Notes, D3_ARatingOfAFinishedMessageDoesNotWriteItsTextAgain) {
  Append("a", std::string(100'000, 'x'));
  ASSERT_TRUE(Write("a", Finish{}).ok());
  ASSERT_TRUE(SetMetadata("a", R"({"first":1})").ok());
  const std::int64_t before = storage_->bytes_written();
  ASSERT_TRUE(SetMetadata("a", R"({"rating":5})").ok());
  EXPECT_LT(storage_->bytes_written() - before, 20'000);
  EXPECT_TRUE(std::holds_alternative<PutNotes>(storage_->last_seen().batch.front()));
  const Message message = Stored("a");
  EXPECT_EQ(message.metadata, R"({"first":1,"rating":5})");
  EXPECT_TRUE(message.finished());
  OpenStore({});
  EXPECT_EQ(Stored("a"), message);
}

TEST_F(Notes, D3_AFailedCommitKeepsThePatchAndWritesItLater) {
  storage_->set_failure(Status(Code::kQuotaExceeded, "full"));
  ASSERT_TRUE(Write("a", millrace::SetMetadata{R"({"n":1})"}).ok());
  RunFor(1000);
  storage_->set_failure(Status::Ok());
  RunFor(20'000);
  EXPECT_EQ(Stored("a").metadata, R"({"n":1})");
}

TEST_F(Notes, D3_WhatIsNoObjectIsRefusedAndChangesNothing) {
  EXPECT_EQ(SetMetadata("a", "[1]").code(), Code::kInvalidArgument);
  EXPECT_EQ(SetMetadata("nobody", "{}").code(), Code::kNotFound);
  Session other;
  other.id = SessionId("t");
  other.metadata = "1";
  Outcome outcome;
  store_->sessions().Create(other, outcome.AsDoneSession());
  EXPECT_EQ(outcome.status.code(), Code::kInvalidArgument);
  EXPECT_EQ(Stored("a").metadata, "");
}

TEST_F(Notes, D3_SessionsAreChangedByPatchesToo) {
  for (const char* patch : {R"({"a":1,"b":2})", R"({"a":null,"c":3})"}) {
    SessionChange change;
    change.metadata_patch = patch;
    change.archived = true;
    Outcome outcome;
    store_->sessions().Update(SessionId("s"), change, outcome.AsDoneSession());
    ASSERT_TRUE(outcome.status.ok());
  }
  EXPECT_EQ(InSession().metadata, R"({"b":2,"c":3})");
  EXPECT_TRUE(InSession().archived);
}

TEST_F(Notes, D4_ALaterWordReplacesTheEarlierOneInTheSessionToo) {
  Use("a", {10, 20, 3, 4, 0.5});
  EXPECT_EQ(InSession().completion_tokens, 20);
  ASSERT_TRUE(Write("a", Finish{}).ok());
  Use("a", {10, 15, 3, std::nullopt, 0.25});
  EXPECT_EQ(Stored("a").usage, (Usage{10, 15, 3, std::nullopt, 0.25}));
  EXPECT_EQ(InSession().prompt_tokens, 10);
  EXPECT_EQ(InSession().completion_tokens, 15);
  EXPECT_EQ(InSession().cost, 0.25);
}

TEST_F(Notes, D4_TheSumsStayWhenMessagesGo) {
  Use("a", {10, 20});
  Outcome outcome;
  store_->messages().Delete(MessageId("a"), outcome.AsDone());
  EXPECT_EQ(InSession().prompt_tokens, 10);
  EXPECT_EQ(InSession().completion_tokens, 20);
}

// What was counted is known from the message itself.
TEST_F(Notes, D4_AfterOpeningAgainNothingIsCountedTwice) {
  Use("a", {10, 20});
  OpenStore({});
  Use("a", {10, 25});
  EXPECT_EQ(InSession().completion_tokens, 25);
}

TEST_F(Notes, D4_AMessageThatIsCreatedWithUsageIsCounted) {
  Message init = Init("b");
  init.usage = Usage{1, 2};
  Outcome outcome;
  store_->messages().Create(init, outcome.AsDoneMessage());
  EXPECT_EQ(InSession().completion_tokens, 2);
  Use("b", {1, 3});
  EXPECT_EQ(InSession().completion_tokens, 3);
}

}  // namespace
}  // namespace millrace
