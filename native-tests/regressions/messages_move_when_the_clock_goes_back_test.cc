// New messages are above old ones after the clock was corrected.
//
// The order is the order of creation. It is counted and does not depend on any time.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/store_fixture.h"

namespace millrace {
namespace {

class ClockSetBack : public StoreFixture {
 protected:
  void Write(const std::string& id) {
    Message message = Init(id);
    message.role = Role::kUser;
    Outcome outcome;
    store_->messages().Create(message, outcome.AsDoneMessage());
    ASSERT_TRUE(outcome.status.ok());
  }
  static std::vector<std::string> Ids(const Result<std::vector<Message>>& messages) {
    std::vector<std::string> ids;
    for (const Message& message : *messages) ids.push_back(message.id.value);
    return ids;
  }
};

TEST_F(ClockSetBack, C11_TheOrderStaysThatOfCreation) {
  constexpr TimeMs kHour = 3'600'000;
  OpenSession();
  now_ += kHour;
  OpenStore({});
  Write("a");
  Write("b");
  now_ -= kHour;
  OpenStore({});
  Write("c");
  Write("d");
  using Names = std::vector<std::string>;
  const SessionId session("s");
  EXPECT_EQ(Ids(store_->messages().List(session)), (Names{"a", "b", "c", "d"}));
  ListOptions options;
  options.limit = 2;
  EXPECT_EQ(Ids(store_->messages().List(session, options)), (Names{"c", "d"}));
  options.after = MessageId("a");
  EXPECT_EQ(Ids(store_->messages().List(session, options)), (Names{"b", "c"}));
  options = {};
  options.before = MessageId("d");
  options.committed = true;
  EXPECT_EQ(Ids(store_->messages().List(session, options)), (Names{"a", "b", "c"}));
  EXPECT_EQ(Ids(store_->messages().ListUser(session, 2)), (Names{"d", "c"}));
  EXPECT_EQ(Ids(store_->messages().ListUser({}, {})), (Names{"d", "c", "b", "a"}));
}

}  // namespace
}  // namespace millrace
