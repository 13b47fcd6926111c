// C2: calls that the host makes in one turn share a commit and a batch; each has its own answer.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/store_fixture.h"

namespace millrace {
namespace {

class HeldTurn : public StoreFixture {
 protected:
  void Create(const std::string& id, const std::string& session, Outcome& outcome) {
    Message message;
    message.id = MessageId(id);
    message.session_id = SessionId(session);
    message.role = Role::kUser;
    store_->messages().Create(std::move(message), outcome.AsDoneMessage());
  }
};

TEST_F(HeldTurn, C2_CallsOfOneTurnShareACommitAndABatch) {
  OpenSession();
  const std::size_t commits = storage_->commits_seen();
  batches_ = 0;
  std::vector<Outcome> outcomes(500);
  {
    const Store::HeldTurn turn(*store_);
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      Create("m" + std::to_string(i), "s", outcomes[i]);
    }
    EXPECT_FALSE(outcomes.front().called());
  }
  EXPECT_EQ(storage_->commits_seen() - commits, 1U);
  EXPECT_EQ(batches_, 1);
  for (const Outcome& outcome : outcomes) {
    EXPECT_EQ(outcome.calls, 1);
    EXPECT_TRUE(outcome.status.ok()) << outcome.status.message();
  }
}

TEST_F(HeldTurn, C2_OneThatIsRefusedFailsAlone) {
  Outcome made;
  Outcome within;
  Outcome taken;
  Outcome nowhere;
  {
    const Store::HeldTurn turn(*store_);
    Session session;
    session.id = SessionId("s");
    store_->sessions().Create(session, made.AsDoneSession());
    Create("m", "s", within);
    Create("m", "s", taken);
    Create("n", "no such session", nowhere);
  }
  EXPECT_TRUE(made.status.ok());
  EXPECT_TRUE(within.status.ok());
  EXPECT_EQ(taken.status.code(), Code::kInvalidArgument);
  EXPECT_EQ(nowhere.status.code(), Code::kNotFound);
}

// Once, a listener that follows the list of sessions showed a new one without its first message.
TEST_F(HeldTurn, ASessionAndItsFirstMessageAreBothTold) {
  Outcome made;
  Outcome said;
  {
    const Store::HeldTurn turn(*store_);
    Session session;
    session.id = SessionId("s");
    store_->sessions().Create(session, made.AsDoneSession());
    Create("m", "s", said);
  }
  ASSERT_EQ(EventsOf<SessionCreated>().size(), 1U);
  ASSERT_EQ(EventsOf<SessionUpdated>().size(), 1U);
  EXPECT_EQ(EventsOf<SessionUpdated>().back().session.message_count, 1);
}

TEST_F(HeldTurn, C11_MessagesAreReadFreshInsideIt) {
  OpenSession();
  Outcome outcome;
  const Store::HeldTurn turn(*store_);
  Create("m", "s", outcome);
  EXPECT_TRUE(store_->messages().Get(MessageId("m"))->has_value());
}

}  // namespace
}  // namespace millrace
