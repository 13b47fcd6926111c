// B1 to B4 and B7 for chat events: their filters, their classes, what a loss names, and that the
// store passes the time on.

#include <gtest/gtest.h>

#include <utility>

#include "millrace/messages/event_broker.h"
#include "support/store_fixture.h"

namespace millrace {
namespace {

MessageUpdated UpdateOf(const std::string& id, const std::string& session = "s") {
  MessageUpdated event;
  event.id = MessageId(id);
  event.session_id = SessionId(session);
  return event;
}

TEST(EventTraits, B1_FiltersBySessionMessageAndKind) {
  const Event event = UpdateOf("m", "s");
  const auto matches = [&event](EventFilter filter) { return Passes(event, filter); };
  EXPECT_TRUE(matches({}));
  EXPECT_TRUE(matches({.session_id = SessionId("s")}));
  EXPECT_FALSE(matches({.session_id = SessionId("other")}));
  EXPECT_TRUE(matches({.message_id = MessageId("m")}));
  EXPECT_FALSE(matches({.message_id = MessageId("other")}));
  EXPECT_FALSE(matches({.session_id = SessionId("other"), .message_id = MessageId("m")}));
  EXPECT_TRUE(matches({.kinds = KindsOf<MessageUpdated, MessageCreated>()}));
  EXPECT_FALSE(matches({.kinds = KindsOf<MessageCreated>()}));
}

TEST(EventTraits, B3_TheClassesAreThoseOfTheContract) {
  MessageUpdated terminal = UpdateOf("m");
  terminal.terminal = true;
  EXPECT_TRUE(EventTraits::MustDeliver(terminal));
  EXPECT_FALSE(EventTraits::MustDeliver(UpdateOf("m")));
  EXPECT_TRUE(EventTraits::MustDeliver(MessageCreated{}));
  EXPECT_TRUE(EventTraits::MustDeliver(MessagesDeleted{}));
  EXPECT_TRUE(EventTraits::MustDeliver(SessionCreated{}));
  EXPECT_TRUE(EventTraits::MustDeliver(SessionDeleted{}));
  EXPECT_TRUE(EventTraits::MustDeliver(StorageError{}));
  EXPECT_TRUE(EventTraits::MustDeliver(StorageRecovered{}));
  EXPECT_FALSE(EventTraits::MustDeliver(SessionUpdated{}));
}

TEST(EventTraits, B2_B3_ConflatedUpdatesEndNewestAndStayTerminal) {
  MessageUpdated older = UpdateOf("m");
  older.version = 2;
  older.terminal = true;
  MessageUpdated newer = UpdateOf("m");
  newer.version = 3;
  newer.saved = false;
  Event event = older;
  EventTraits::Conflate(event, newer);
  const auto& both = std::get<MessageUpdated>(event);
  EXPECT_EQ(both.version, 3);
  EXPECT_TRUE(both.terminal);
  EXPECT_FALSE(both.saved);
}

TEST(EventTraits, B4_LaggedNamesTheMessages) {
  std::vector<std::string> subjects = EventTraits::Subjects(UpdateOf("m"));
  for (std::string& name : EventTraits::Subjects(SessionDeleted{SessionId("s")})) {
    subjects.push_back(std::move(name));
  }
  const Event event = EventTraits::MakeLagged(7, subjects);
  EXPECT_EQ(std::get<Lagged>(event).dropped, 7);
  EXPECT_EQ(std::get<Lagged>(event).ids, std::vector{MessageId("m")});
}

class StoreEvents : public StoreFixture {
 protected:
  void SetUp() override {
    StoreOptions options;
    options.broker.mailbox_capacity = 1;
    OpenStore(options);
    OpenSession();
  }
};

TEST_F(StoreEvents, B3_TheStorePassesTimeOnToWhatWaitsForRoom) {
  const auto stuck = store_->OpenFeed([](const std::vector<Event>&) { return true; }, 0);
  CreateMessage("a");
  CreateMessage("b");  // no room: waits
  EXPECT_LE(store_->NextDeadline(), now_ + 50);
  const std::int64_t before = store_->stats().broker.must_deliver_drop_count;
  Advance(50);
  EXPECT_GT(store_->stats().broker.must_deliver_drop_count, before);
}

TEST_F(StoreEvents, B4_TheNewestStateOfASessionFollowsItsLoss) {
  std::vector<Event> heard;
  const auto slow = store_->OpenFeed(
      [&heard](std::vector<Event> batch) {
        for (Event& event : batch) heard.push_back(std::move(event));
        return true;
      },
      0);
  CreateMessage("a");  // fills the mailbox
  SessionChange change;
  change.title = "new";
  store_->sessions().Update(SessionId("s"), change, {});
  slow->Grant(1);
  bool told = false;
  for (const Event& event : heard) {
    const auto* updated = std::get_if<SessionUpdated>(&event);
    told |= updated != nullptr && updated->session.title == "new";
  }
  EXPECT_TRUE(told);
}

TEST_F(StoreEvents, B7_ABatchOfWhichNothingIsLeftUsesNoCredit) {
  CreateMessage("a");
  int batches = 0;
  const auto page = store_->OpenFeed(
      [&batches](const std::vector<Event>&) {
        ++batches;
        return true;
      },
      0);
  Append("a", "x");
  Advance(33);  // waits for credit
  storage_->set_hold(true);
  store_->messages().Delete(MessageId("a"), {});
  // A receiver that comes late needs the message whole, but a message that is being deleted has
  // none.
  page->Grant(1);
  EXPECT_EQ(batches, 0);
  storage_->ReleaseOne();
  EXPECT_EQ(batches, 1) << "the delete is told";
}

}  // namespace
}  // namespace millrace
