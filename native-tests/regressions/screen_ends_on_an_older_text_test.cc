// A finished reply is cut short on the screen, although it is whole after a reload.
//
// Some designs order their writes under a lock and publish outside of it. They can publish an older
// snapshot last. Here a listener never hears an older version after a newer one.

#include <gtest/gtest.h>

#include <random>

#include "regressions/page.h"
#include "support/store_fixture.h"

namespace millrace {
namespace {

class OlderText : public StoreFixture {
 protected:
  void SetUp() override {
    StoreFixture::SetUp();
    OpenSession();
  }
  void ExpectShownAsStored(const Page& page, const std::string& id) {
    const auto stored = store_->messages().Get(MessageId(id), {true});
    ASSERT_TRUE(stored.ok() && stored->has_value());
    EXPECT_EQ(page.copies.at(MessageId(id)), **stored);
    EXPECT_EQ(page.broken, "");
  }
};

TEST_F(OlderText, C6_EveryInterleavingOfWindowsFinishesAndSlowCommitsEndsOnTheNewest) {
  for (unsigned seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    Page page;
    const auto feed = store_->OpenFeed(page.Deliver());
    const std::string id = "m" + std::to_string(seed);
    CreateMessage(id);
    storage_->set_hold(true);
    for (int step = 0; step < 12; ++step) {
      Append(id, std::to_string(step) + " ");
      if (random() % 4 == 0) Write(id, AddPart{ToolResultPart{}}).status();
      Advance(random() % 40);
      if (storage_->held() > 0 && random() % 2 == 0) storage_->ReleaseOne();
    }
    ASSERT_TRUE(Write(id, Finish{}).ok());
    while (storage_->held() > 0) storage_->ReleaseOne();
    storage_->set_hold(false);
    RunFor(1000);
    ExpectShownAsStored(page, id);
    EXPECT_TRUE(page.last.at(MessageId(id)).terminal);
    EXPECT_EQ(page.finishes.at(MessageId(id)), 1);
  }
}

TEST_F(OlderText, C6_AListenerThatWritesFromInsideItsCallbackChangesNoOnesOrder) {
  Page before;
  Page after;
  int writes = 0;
  const auto first = store_->OpenFeed(before.Deliver());
  const auto writer = store_->OpenFeed([&](const std::vector<Event>& batch) {
    for (const Event& event : batch) {
      const auto* updated = std::get_if<MessageUpdated>(&event);
      if (updated == nullptr || updated->finished || writes >= 20) continue;
      ++writes;
      // A terminal update, which is saved and published inside this delivery.
      EXPECT_TRUE(Write("a", AddPart{ToolResultPart{}}).ok());
      EXPECT_TRUE(Write("a", AppendText{"x", false}).ok());
    }
    return true;
  });
  const auto last = store_->OpenFeed(after.Deliver());
  CreateMessage("a");
  Append("a", "go");
  RunFor(5000);
  ASSERT_EQ(writes, 20);
  ASSERT_TRUE(Write("a", Finish{}).ok());
  ExpectShownAsStored(before, "a");
  ExpectShownAsStored(after, "a");
}

}  // namespace
}  // namespace millrace
