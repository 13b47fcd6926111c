// A message deleted while its reply was streaming is back in the chat.
//
// A write under way, a late update or the buffer of a deleted session must not bring the message
// back. Writing to a missing message is an error.

#include <gtest/gtest.h>

#include "regressions/page.h"
#include "support/store_fixture.h"

namespace millrace {
namespace {

class DeletedComesBack : public StoreFixture {
 protected:
  static constexpr int kStreams = 100;

  void SetUp() override {
    StoreFixture::SetUp();
    OpenSession();
    page_feed_ = store_->OpenFeed(page_.Deliver());
    for (int i = 0; i < kStreams; ++i) CreateMessage(Id(i));
  }
  void TearDown() override { page_feed_.reset(); }
  static std::string Id(int i) { return "m" + std::to_string(i); }

  // Every stream has a write under way and text that came after it.
  void StreamIntoAHeldWrite() {
    storage_->set_hold(true);
    for (int i = 0; i < kStreams; ++i) Append(Id(i), "first");
    Advance(33);
    ASSERT_EQ(storage_->held(), 1U);
    for (int i = 0; i < kStreams; ++i) Append(Id(i), "second");
  }
  void Settle() {
    storage_->set_hold(false);
    while (storage_->held() > 0) storage_->ReleaseOne();
    RunFor(10'000);
  }
  void ExpectGoneForGood() {
    EXPECT_EQ(page_.broken, "");
    EXPECT_TRUE(page_.copies.empty());
    EXPECT_EQ(store_->stats().live_messages, 0);
    EXPECT_EQ(store_->stats().pending, 0);
    page_feed_.reset();
    OpenStore({});
    EXPECT_TRUE(store_->messages().List(SessionId("s"))->empty());
    EXPECT_TRUE(store_->recovered().empty());
  }
  std::size_t DeletedEvents() const {
    std::size_t count = 0;
    for (const MessagesDeleted& event : EventsOf<MessagesDeleted>()) count += event.ids.size();
    return count;
  }

  Page page_;
  std::unique_ptr<EventFeed> page_feed_;
};

TEST_F(DeletedComesBack, C7_DeletedWhileItIsBeingWritten) {
  StreamIntoAHeldWrite();
  for (int i = 0; i < kStreams; ++i) {
    store_->messages().Delete(MessageId(Id(i)), {});
    EXPECT_EQ(Write(Id(i), AppendText{"late", false}).status().code(), Code::kNotFound);
    Outcome update;
    store_->messages().Update(Init(Id(i)), update.AsDoneMessage());
    EXPECT_EQ(update.status.code(), Code::kNotFound);
  }
  Settle();
  EXPECT_EQ(DeletedEvents(), static_cast<std::size_t>(kStreams)) << "each exactly once";
  ExpectGoneForGood();
}

TEST_F(DeletedComesBack, C7_ALateUpdateIsNotFoundAndCreatesNothing) {
  for (int i = 0; i < kStreams; ++i) store_->messages().Delete(MessageId(Id(i)), {});
  for (int i = 0; i < kStreams; ++i) {
    EXPECT_EQ(Write(Id(i), Finish{}).status().code(), Code::kNotFound);
  }
  EXPECT_EQ(store_->NextDeadline(), kNever);
  EXPECT_EQ(Write("never there", AppendText{"x", false}).status().code(), Code::kNotFound);
  ExpectGoneForGood();
}

TEST_F(DeletedComesBack, C7_DeletingTheSessionTakesWhatIsBufferedWithIt) {
  StreamIntoAHeldWrite();
  Outcome deleted;
  store_->sessions().Delete(SessionId("s"), deleted.AsDone());
  EXPECT_FALSE(deleted.called()) << "a write is still under way";
  for (int i = 0; i < kStreams; ++i) {
    EXPECT_EQ(Write(Id(i), AppendText{"late", false}).status().code(), Code::kNotFound);
  }
  Settle();
  EXPECT_TRUE(deleted.called() && deleted.status.ok());
  EXPECT_EQ(DeletedEvents(), static_cast<std::size_t>(kStreams));
  EXPECT_EQ(EventsOf<SessionDeleted>().size(), 1U);
  ExpectGoneForGood();
  EXPECT_FALSE(store_->sessions().Get(SessionId("s"))->has_value());
}

}  // namespace
}  // namespace millrace
