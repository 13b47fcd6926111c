// A new message does not appear, or a deleted one stays, on a page that was busy for a moment.
//
// If creations, deletions and tool results are sent like any update, a full queue loses them. Here
// they wait for room. If there is none in time, the page is told what to read again.

#include <gtest/gtest.h>

#include <algorithm>

#include "regressions/page.h"
#include "support/store_fixture.h"

namespace millrace {
namespace {

class LostStructure : public StoreFixture {
 protected:
  static constexpr int kRoom = 4;

  // A page without credit, and its mailbox is full of updates of streams.
  void SetUp() override {
    StoreOptions options;
    options.broker.mailbox_capacity = kRoom;
    OpenStore(options);
    OpenSession();
    for (int i = 0; i < kRoom; ++i) CreateMessage("stream" + std::to_string(i));
    CreateMessage("old");
    CreateMessage("tooled");
    page_feed_ = store_->OpenFeed(
        [this](std::vector<Event> batch) {
          heard_.insert(heard_.end(), batch.begin(), batch.end());
          return page_.Deliver()(std::move(batch));
        },
        0);
    for (int i = 0; i < kRoom; ++i) Append("stream" + std::to_string(i), "text");
    Advance(33);
  }
  void TearDown() override { page_feed_.reset(); }

  void CreateDeleteAndAddAResult() {
    CreateMessage("new");
    store_->messages().Delete(MessageId("old"), {});
    ASSERT_TRUE(Write("tooled", AddPart{ToolResultPart{}}).ok());
  }
  template <typename E>
  int Heard() const {
    int count = 0;
    for (const Event& event : heard_) count += std::holds_alternative<E>(event) ? 1 : 0;
    return count;
  }

  Page page_;
  std::vector<Event> heard_;
  std::unique_ptr<EventFeed> page_feed_;
};

TEST_F(LostStructure, B3_TheyWaitForRoomAndAreDelivered) {
  CreateDeleteAndAddAResult();
  Advance(49);
  page_feed_->Grant(1);
  for (const Event& event : heard_) {
    const auto* lagged = std::get_if<Lagged>(&event);
    EXPECT_TRUE(lagged == nullptr || lagged->ids.empty()) << "lossy: the session's row, no message";
  }
  EXPECT_EQ(Heard<MessageCreated>(), 1);
  EXPECT_EQ(Heard<MessagesDeleted>(), 1);
  EXPECT_EQ(page_.last.at(MessageId("tooled")), (Page::Heard{Page::Heard::kUpdated, true}));
  EXPECT_EQ(store_->stats().broker.must_deliver_drop_count, 0);
}

TEST_F(LostStructure, B4_WhatFoundNoRoomInTimeIsCountedAndTold) {
  CreateDeleteAndAddAResult();
  Advance(50);
  EXPECT_EQ(store_->stats().broker.must_deliver_drop_count, 3);
  page_feed_->Grant(1);
  ASSERT_EQ(Heard<Lagged>(), 1);
  const auto& lagged = std::get<Lagged>(heard_.front());
  for (const char* id : {"new", "old", "tooled"}) {
    EXPECT_EQ(std::count(lagged.ids.begin(), lagged.ids.end(), MessageId(id)), 1) << id;
  }
  EXPECT_TRUE(page_.copies.contains(MessageId("new")));
  EXPECT_TRUE(page_.unconfirmed.contains(MessageId("old"))) << "to be read again, and found gone";
  EXPECT_EQ(page_.copies.at(MessageId("tooled")).parts.size(), 1U);
  EXPECT_EQ(page_.broken, "");
}

}  // namespace
}  // namespace millrace
