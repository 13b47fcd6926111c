// C11: pages by id stay exact while messages come and go between them.

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "support/store_fixture.h"

namespace millrace {
namespace {

using Ids = std::vector<std::string>;

// One reader goes through a session page by page, while others create and delete in it. Several
// creations share a millisecond, and commits are held back at random. So any message may be on
// disk, on its way there, or being deleted.
class Paging : public StoreFixture, public testing::WithParamInterface<unsigned> {
 protected:
  enum class Way { kToOlder, kToNewer };

  void SetUp() override {
    StoreFixture::SetUp();
    OpenSession();
    OpenSession("elsewhere");
    for (int i = 0; i < 30; ++i) Create();
  }

  std::size_t Below(std::size_t count) { return random_() % count; }

  void Create() {
    const std::string id = "m" + std::to_string(++created_);
    store_->messages().Create(Init(id), [](const Result<Message>&) {});
    store_->messages().Create(Init(id + "e", "elsewhere"), [](const Result<Message>&) {});
    alive_.push_back(id);
    if (Below(3) == 0) Advance(1);
  }
  void Delete(std::size_t at) {
    store_->messages().Delete(MessageId(alive_[at]), [](const Status&) {});
    alive_.erase(alive_.begin() + static_cast<std::ptrdiff_t>(at));
  }
  // What the others do while the reader looks at a page.
  void ComeAndGo() {
    storage_->set_hold(Below(2) == 0);
    for (std::size_t i = Below(4); i > 0; --i) Create();
    if (Below(4) == 0) Delete(0);
    if (Below(4) == 0) Delete(alive_.size() - 1);
    for (std::size_t i = Below(3); i > 0; --i) Delete(Below(alive_.size()));
    Append(alive_[Below(alive_.size())], "text");
    for (std::size_t i = Below(4); i > 0 && storage_->held() > 0; --i) storage_->ReleaseOne();
  }
  bool Alive(const std::string& id) const {
    return std::find(alive_.begin(), alive_.end(), id) != alive_.end();
  }

  // The page next to the messages read so far (`read` is oldest first). A bound that is gone is
  // refused, never guessed. The reader then continues from the nearest message that still exists.
  Ids Page(Way way, const Ids& read) {
    ListOptions options;
    options.limit = read.empty() ? 10 : 1 + Below(5);
    bool bounded = read.empty();
    for (std::size_t i = 0; i < read.size() && !bounded; ++i) {
      const std::string& bound = way == Way::kToOlder ? read[i] : read[read.size() - 1 - i];
      (way == Way::kToOlder ? options.before : options.after) = MessageId(bound);
      bounded = Alive(bound);
      if (bounded) break;
      const auto refused = store_->messages().List(SessionId("s"), options);
      EXPECT_EQ(refused.status().code(), Code::kNotFound);
      options.before.reset();
      options.after.reset();
    }
    EXPECT_TRUE(bounded) << "all that was read is gone: not what is tested here";
    const auto messages = store_->messages().List(SessionId("s"), options);
    EXPECT_TRUE(messages.ok()) << messages.status().message();
    Ids page;
    if (!messages.ok()) return page;
    for (const Message& message : *messages) page.push_back(message.id.value);
    EXPECT_LE(page.size(), *options.limit);
    return page;
  }

  // Reads until a page is empty. No message may be in two pages or out of order.
  Ids ReadAll(Way way, Ids read) {
    while (!HasFailure()) {
      const Ids page = Page(way, read);
      if (page.empty()) break;
      read.insert(way == Way::kToOlder ? read.begin() : read.end(), page.begin(), page.end());
      // The newer end must stop moving, or the reader might never reach it.
      if (way == Way::kToOlder || created_ < 120) ComeAndGo();
    }
    EXPECT_TRUE(std::is_sorted(read.begin(), read.end(), [](const auto& a, const auto& b) {
      return std::stoi(a.substr(1)) < std::stoi(b.substr(1));
    }));
    EXPECT_EQ(std::set<std::string>(read.begin(), read.end()).size(), read.size());
    return read;
  }
  // All messages of `those` that still exist were read.
  void ExpectRead(const Ids& those, const Ids& read) {
    for (const std::string& id : those) {
      if (!Alive(id)) continue;
      EXPECT_EQ(std::count(read.begin(), read.end(), id), 1) << id;
    }
  }

  std::mt19937 random_{GetParam()};
  int created_ = 0;
  Ids alive_;  // oldest first
};

TEST_P(Paging, C11_BackwardsEachMessageIsReadOnceWhileOthersComeAndGo) {
  const Ids at_first = alive_;
  const Ids read = ReadAll(Way::kToOlder, {});
  ExpectRead(at_first, read);
  EXPECT_TRUE(std::all_of(read.begin(), read.end(), [&](const std::string& id) {
    return std::find(at_first.begin(), at_first.end(), id) != at_first.end();
  })) << "what came later is newer than any page";
}

TEST_P(Paging, C11_ForwardsAlsoWhatCameMeanwhileIsReadOnce) {
  const Ids read = ReadAll(Way::kToNewer, {alive_.begin(), alive_.begin() + 5});
  ExpectRead(alive_, read);
}

TEST_P(Paging, C11_BehindTheLastAndBeforeTheFirstIsNothingUntilSomethingComes) {
  storage_->set_hold(true);
  ListOptions newer;
  newer.after = MessageId(alive_.back());
  ListOptions older;
  older.before = MessageId(alive_.front());
  newer.limit = older.limit = 1 + Below(3);
  EXPECT_TRUE(store_->messages().List(SessionId("s"), newer)->empty());
  EXPECT_TRUE(store_->messages().List(SessionId("s"), older)->empty());
  Create();
  const auto next = store_->messages().List(SessionId("s"), newer);
  ASSERT_EQ(next->size(), 1U);
  EXPECT_EQ(next->front().id.value, alive_.back());
  EXPECT_TRUE(store_->messages().List(SessionId("s"), older)->empty());
}

INSTANTIATE_TEST_SUITE_P(Seeds, Paging, testing::Range(0U, 50U));

}  // namespace
}  // namespace millrace
