// C10: a listener that joins in the middle of a stream hears the message whole once, then patches.
// This also holds where commits complete late and the whole message is ahead of them.

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "millrace/model/patch.h"
#include "support/store_fixture.h"

namespace millrace {
namespace {

class LateJoin : public StoreFixture {
 protected:
  // What a page would hold after the events it heard.
  void Hear(const MessageUpdated& event) {
    if (event.whole != nullptr) {
      ++wholes_;
      held_ = *event.whole;
    } else {
      ++patches_;
      ASSERT_TRUE(ApplyPatch(*event.patch, held_).ok());
    }
  }
  void Join(int credits = kUnlimitedCredits) {
    joined_ = store_->OpenFeed(
        [this](const std::vector<Event>& batch) {
          for (const Event& event : batch) {
            if (const auto* updated = std::get_if<MessageUpdated>(&event)) Hear(*updated);
          }
          return true;
        },
        credits);
  }
  // A window whose commit ends in the middle of the next one.
  void Window(int number) {
    Append("a", "begun " + std::to_string(number) + " ");
    Advance(40);
    Append("a", "in flight ");
    if (storage_->held() > 0) storage_->ReleaseOne();
    Append("a", "after ");
  }
  std::string HeldText() const {
    return held_.parts.empty() ? "" : std::get<TextPart>(held_.parts.front()).text;
  }

  Message held_;
  int wholes_ = 0;
  int patches_ = 0;
  std::unique_ptr<EventFeed> joined_;
};

TEST_F(LateJoin, C10_HearsTheMessageWholeOnceHoweverLateCommitsAre) {
  OpenSession();
  CreateMessage("a");
  storage_->set_hold(true);
  Window(1);
  Append("a", "more ");
  Advance(40);
  Append("a", "still more ");
  Join();
  for (int i = 2; i < 40; ++i) Window(i);
  storage_->set_hold(false);
  while (storage_->held() > 0) storage_->ReleaseOne();
  RunFor(200);
  EXPECT_EQ(wholes_, 1);
  EXPECT_GT(patches_, 20);
  EXPECT_EQ(HeldText(), TextOf("a"));
  EXPECT_EQ(SavedTextOf("a"), TextOf("a"));
  joined_.reset();
}

TEST_F(LateJoin, C1_SealingAddsNoCommit) {
  OpenSession();
  CreateMessage("a");
  storage_->set_hold(true);
  Window(1);
  Advance(40);
  Append("a", "waits ");
  Join();
  storage_->ReleaseOne();
  Append("a", "more ");
  storage_->set_hold(false);
  while (storage_->held() > 0) storage_->ReleaseOne();
  const std::int64_t commits = store_->stats().commits;
  RunFor(200);
  EXPECT_LE(store_->stats().commits - commits, 1);
  EXPECT_EQ(SavedTextOf("a"), TextOf("a"));
  joined_.reset();
}

}  // namespace
}  // namespace millrace
