// A question and its answer change places after a reload, and "the last message" is the first one.
//
// Times alone do not order messages that were created within one tick. Here a message gets its
// place at its creation, in every list and in both directions.

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>

#include "support/store_fixture.h"

namespace millrace {
namespace {

class ShuffledMessages : public StoreFixture {
 protected:
  static constexpr int kMessages = 60;

  // The ids sort neither in the order of creation nor against it, and all have the same
  // millisecond.
  void SetUp() override {
    StoreFixture::SetUp();
    OpenSession();
    std::vector<int> numbers(kMessages);
    std::iota(numbers.begin(), numbers.end(), 100);
    std::shuffle(numbers.begin(), numbers.end(), std::mt19937(7));
    for (const int number : numbers) {
      Message message = Init("m" + std::to_string(number));
      message.role = created_.size() % 2 == 0 ? Role::kUser : Role::kAssistant;
      Outcome outcome;
      store_->messages().Create(message, outcome.AsDoneMessage());
      ASSERT_TRUE(outcome.called() && outcome.status.ok()) << outcome.status.message();
      created_.push_back(message.id);
    }
  }
  static std::vector<MessageId> Ids(const Result<std::vector<Message>>& messages) {
    std::vector<MessageId> ids;
    if (!messages.ok()) return ids;
    for (const Message& message : *messages) ids.push_back(message.id);
    return ids;
  }
  void ExpectInOrder() {
    EXPECT_EQ(Ids(store_->messages().List(SessionId("s"))), created_);
    ListOptions committed;
    committed.committed = true;
    EXPECT_EQ(Ids(store_->messages().List(SessionId("s"), committed)), created_);
    std::vector<MessageId> users;
    for (std::size_t i = 0; i < created_.size(); i += 2) users.push_back(created_[i]);
    std::reverse(users.begin(), users.end());
    EXPECT_EQ(Ids(store_->messages().ListUser(SessionId("s"), std::nullopt)), users);
    EXPECT_EQ(Ids(store_->messages().ListUser(SessionId("s"), 1)).front(), users.front());
    EXPECT_EQ((*store_->messages().LastAssistant(SessionId("s")))->id, created_.back());
  }

  std::vector<MessageId> created_;
};

TEST_F(ShuffledMessages, C11_TheOrderIsThatOfCreationNowAndAfterARestart) {
  ExpectInOrder();
  OpenStore({});
  ExpectInOrder();
}

TEST_F(ShuffledMessages, C11_WritingToThemInAnyOrderMovesNone) {
  for (std::size_t i = 0; i < created_.size(); i += 2) {
    const std::size_t at = created_.size() - 1 - i;  // the assistant's, last one first
    ASSERT_TRUE(Write(created_[at].value, AppendText{"text", false}).ok());
    if (i % 4 == 0) {
      ASSERT_TRUE(Write(created_[at].value, Finish{}).ok());
    }
  }
  ExpectInOrder();
  RunFor(100'000);
  ExpectInOrder();
}

TEST_F(ShuffledMessages, C11_PagesMeetWithoutAGapOrARepeat) {
  for (const std::size_t size : {1U, 7U, 59U}) {
    std::vector<MessageId> paged;
    ListOptions options;
    options.limit = size;
    while (true) {
      const std::vector<MessageId> page = Ids(store_->messages().List(SessionId("s"), options));
      if (page.empty()) break;
      paged.insert(paged.begin(), page.begin(), page.end());
      options.before = page.front();
      ASSERT_LE(paged.size(), created_.size());
    }
    EXPECT_EQ(paged, created_) << "pages of " << size;
  }
}

}  // namespace
}  // namespace millrace
