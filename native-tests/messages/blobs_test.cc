// D5: which blobs there are, who names them, and when they go.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "support/store_fixture.h"

namespace millrace {
namespace {

constexpr DurationMs kHour = DurationMs{3600} * 1000;

class Blobs : public StoreFixture {
 protected:
  void SetUp() override { OpenWith({"a"}); }

  static FilePart File(const std::string& blob) { return {"image/png", "", {}, blob, "", ""}; }

  void Put(const std::string& id, std::int64_t size = 10) {
    Outcome outcome;
    store_->blobs().Put({id, size, "image/png", 0}, outcome.AsDone());
    ASSERT_TRUE(outcome.called() && outcome.status.ok()) << outcome.status.message();
  }
  bool IsThere(const std::string& id) { return store_->blobs().Find(id)->has_value(); }

  // All blobs are looked at.
  std::vector<std::string> Collect() {
    std::vector<std::string> removed;
    std::string after;
    do {
      int calls = 0;
      store_->blobs().Collect(after, [&](const Result<CollectedBlobs>& collected) {
        ++calls;
        ASSERT_TRUE(collected.ok()) << collected.status().message();
        removed.insert(removed.end(), collected->removed.begin(), collected->removed.end());
        after = collected->next;
      });
      EXPECT_EQ(calls, 1);
    } while (!after.empty());
    return removed;
  }
  std::vector<std::string> CollectAnHourLater() {
    Collect();
    Advance(kHour);
    return Collect();
  }

  Status Create(const std::string& id, const std::string& blob,
                std::optional<MessageId> parent = std::nullopt) {
    NewMessage init{Init(id)};
    init.content.role = Role::kUser;
    init.content.parts.emplace_back(File(blob));
    init.parent = std::move(parent);
    Outcome outcome;
    store_->messages().Create(std::move(init), outcome.AsDoneMessage());
    EXPECT_TRUE(outcome.called());
    return outcome.status;
  }
  void Delete(const std::string& id) {
    Outcome outcome;
    store_->messages().Delete(MessageId(id), outcome.AsDone());
    ASSERT_TRUE(outcome.called() && outcome.status.ok());
  }

  const std::vector<std::string> none_ = {};
};

TEST_F(Blobs, D5_WhatWasPutIsKnownAndCounted) {
  Put("x", 5);
  Put("y", 7);
  Put("x", 5);
  EXPECT_EQ(**store_->blobs().Find("x"), (BlobInfo{"x", 5, "image/png", now_}));
  EXPECT_FALSE(IsThere("z"));
  EXPECT_EQ(store_->blobs().Usage()->count, 2);
  EXPECT_EQ(store_->blobs().Usage()->bytes, 12);
  EXPECT_EQ(storage_->last_seen().durability, Durability::kPower);
  OpenStore({});
  EXPECT_TRUE(IsThere("x"));
}

TEST_F(Blobs, D5_NothingNamesABlobThatIsNotThere) {
  EXPECT_EQ(Create("m", "nobody").code(), Code::kInvalidArgument);
  EXPECT_EQ(Write("a", AddPart{File("nobody")}).status().code(), Code::kInvalidArgument);
  Message snapshot = **store_->messages().Get(MessageId("a"));
  snapshot.parts.emplace_back(File("nobody"));
  Outcome outcome;
  store_->messages().Update(snapshot, outcome.AsDoneMessage());
  EXPECT_EQ(outcome.status.code(), Code::kInvalidArgument);
  store_->messages().CreateAll(
      {NewMessage{snapshot}},
      [&](const Result<std::vector<Message>>& all) { EXPECT_FALSE(all.ok()); });
  EXPECT_TRUE((*store_->messages().Get(MessageId("a")))->parts.empty());
  Append("a", "goes on");
  Put("x");
  EXPECT_TRUE(Write("a", AddPart{File("x")}).ok());
}

TEST_F(Blobs, D5_WhatNobodyNamesGoesAfterAnHour) {
  Put("x");
  Advance(kHour - 1);
  EXPECT_EQ(Collect(), none_);
  Put("x");  // its hour begins again
  Advance(kHour - 1);
  EXPECT_EQ(Collect(), none_);
  Advance(1);
  EXPECT_EQ(Collect(), std::vector<std::string>{"x"});
  EXPECT_FALSE(IsThere("x"));
  EXPECT_EQ(Collect(), none_);
}

TEST_F(Blobs, D5_WhatAMessageNamesStays) {
  for (const char* id : {"created", "added", "updated"}) Put(id);
  ASSERT_TRUE(Create("m", "created").ok());
  ASSERT_TRUE(Write("a", AddPart{File("added")}).ok());
  Message snapshot = **store_->messages().Get(MessageId("a"));
  snapshot.parts.emplace_back(File("updated"));
  Outcome outcome;
  store_->messages().Update(snapshot, outcome.AsDoneMessage());
  RunFor(100);
  EXPECT_EQ(CollectAnHourLater(), none_);
  OpenStore({});  // the unfinished message is interrupted, and its row written
  EXPECT_EQ(CollectAnHourLater(), none_);
  Delete("m");
  Delete("a");
  EXPECT_EQ(Collect(), none_);  // seen without a name
  Advance(kHour - 1);
  EXPECT_EQ(Collect(), none_);
  Advance(1);
  EXPECT_EQ(Collect(), (std::vector<std::string>{"added", "created", "updated"}));
}

TEST_F(Blobs, D5_AVersionThatIsNotShownKeepsItsBlob) {
  Put("x");
  Put("y");
  ASSERT_TRUE(Create("first", "x", MessageId("a")).ok());
  ASSERT_TRUE(Create("second", "y", MessageId("a")).ok());
  EXPECT_EQ(CollectAnHourLater(), none_);
  Outcome outcome;
  store_->messages().Delete(MessageId("a"), outcome.AsDone(), /*branch=*/true);
  EXPECT_EQ(CollectAnHourLater(), (std::vector<std::string>{"x", "y"}));
}

TEST_F(Blobs, D5_TwoMessagesNameOneBlob) {
  Put("x");
  ASSERT_TRUE(Create("m", "x").ok());
  Outcome outcome;
  Session fork;
  fork.id = SessionId("fork");
  store_->messages().Fork(MessageId("m"), fork, outcome.AsDoneSession());
  ASSERT_TRUE(outcome.status.ok()) << outcome.status.message();
  Outcome gone;
  store_->sessions().Delete(SessionId("s"), gone.AsDone());
  EXPECT_EQ(CollectAnHourLater(), none_);
  store_->sessions().Delete(SessionId("fork"), gone.AsDone());
  EXPECT_EQ(CollectAnHourLater(), std::vector<std::string>{"x"});
}

TEST_F(Blobs, D5_AResetUnnamesAtTheLatestWhenTheMessageIsFolded) {
  Put("x");
  ASSERT_TRUE(Write("a", AddPart{File("x")}).ok());
  ASSERT_TRUE(Write("a", Reset{}).ok());
  ASSERT_TRUE(Write("a", Finish{}).ok());
  EXPECT_EQ(CollectAnHourLater(), std::vector<std::string>{"x"});
}

// The storage answers late: what is accepted counts, saved or not.
TEST_F(Blobs, D5_WhatIsNamedWhileAWriteIsUnderWayStays) {
  Put("x");
  Advance(kHour);
  storage_->set_hold(true);
  Append("a", "text");
  Advance(100);
  ASSERT_EQ(storage_->held(), 1U);
  ASSERT_TRUE(Write("a", AddPart{File("x")}).ok());
  std::vector<std::string> removed = {"not called"};
  store_->blobs().Collect(
      "", [&](const Result<CollectedBlobs>& collected) { removed = collected->removed; });
  while (storage_->held() > 0) storage_->ReleaseOne();
  EXPECT_EQ(removed, none_);
  EXPECT_TRUE(IsThere("x"));
}

TEST_F(Blobs, D5_WhatIsBeingCollectedIsNotNamed) {
  Put("x");
  Advance(kHour);
  storage_->set_hold(true);
  store_->blobs().Collect("", [](const Result<CollectedBlobs>&) {});
  ASSERT_EQ(storage_->held(), 1U);
  Outcome create;
  NewMessage init{Init("m")};
  init.content.parts.emplace_back(File("x"));
  store_->messages().Create(std::move(init), create.AsDoneMessage());
  storage_->ReleaseOne();
  storage_->set_hold(false);
  while (storage_->held() > 0) storage_->ReleaseOne();
  EXPECT_EQ(create.status.code(), Code::kInvalidArgument);
  EXPECT_FALSE(IsThere("x"));
}

TEST_F(Blobs, D5_AFailedCollectionRemovesNothing) {
  Put("x");
  Advance(kHour);
  storage_->set_failure(Status(Code::kIo, "broken"));
  Status status;
  store_->blobs().Collect("", [&](const Result<CollectedBlobs>& c) { status = c.status(); });
  EXPECT_EQ(status.code(), Code::kIo);
  storage_->set_failure(Status::Ok());
  EXPECT_TRUE(IsThere("x"));
  EXPECT_TRUE(Write("a", AddPart{File("x")}).ok());
}

TEST_F(Blobs, D5_ACollectionIsBounded) {
  for (int i = 0; i < 250; ++i) Put("b" + std::to_string(i));
  Advance(kHour);
  std::size_t first = 0;
  store_->blobs().Collect("", [&](const Result<CollectedBlobs>& c) { first = c->removed.size(); });
  EXPECT_EQ(first, 100U);
  EXPECT_EQ(Collect().size(), 150U);
  EXPECT_EQ(store_->blobs().Usage()->count, 0);
}

TEST_F(Blobs, WrongBlobsAreRefused) {
  Outcome outcome;
  store_->blobs().Put({"", 1, "", 0}, outcome.AsDone());
  EXPECT_EQ(outcome.status.code(), Code::kInvalidArgument);
  store_->blobs().Put({"x", -1, "", 0}, outcome.AsDone());
  EXPECT_EQ(outcome.status.code(), Code::kInvalidArgument);
}

// Random puts, names, deletes, collections and openings, against a set of who names what.
TEST_F(Blobs, D5_RandomLivesKeepWhatIsNamedAndLeakNothing) {
  for (std::uint32_t seed = 1; seed <= 20; ++seed) {
    OpenStore({});
    std::mt19937 random(seed);
    const auto below = [&](std::uint32_t n) { return random() % n; };
    const std::string session = "s" + std::to_string(seed);
    OpenSession(session);
    std::map<std::string, std::string> names;  // message, blob
    std::map<std::string, TimeMs> last_named_or_put;
    for (int step = 0; step < 120; ++step) {
      const std::string blob = std::to_string(seed) + "-" + std::to_string(below(4));
      const std::string id = session + "." + std::to_string(below(8));
      switch (below(6)) {
        case 0:
          Put(blob);
          last_named_or_put[blob] = now_;
          break;
        case 1:
        case 2: {
          if (names.contains(id)) break;
          NewMessage init{Init(id, session)};
          init.content.parts.emplace_back(File(blob));
          Outcome outcome;
          const bool there = IsThere(blob);
          store_->messages().Create(std::move(init), outcome.AsDoneMessage());
          ASSERT_EQ(outcome.status.ok(), there) << outcome.status.message();
          if (there) names[id] = blob;
          break;
        }
        case 3:
          if (!names.contains(id)) break;
          Delete(id);
          last_named_or_put[names[id]] = now_;
          names.erase(id);
          break;
        case 4:
          Advance(below(static_cast<std::uint32_t>(kHour)));
          break;
        default:
          if (below(4) == 0) OpenStore({});
          for (const std::string& gone : Collect()) {
            for (const auto& [message, named] : names) ASSERT_NE(named, gone) << "seed " << seed;
            ASSERT_GE(now_ - last_named_or_put[gone], kHour) << "seed " << seed;
          }
      }
    }
    for (const auto& [message, blob] : names) ASSERT_TRUE(IsThere(blob));
    CollectAnHourLater();
    std::set<std::string> named;
    for (const auto& [message, blob] : names) named.insert(blob);
    for (int i = 0; i < 4; ++i) {
      const std::string blob = std::to_string(seed) + "-" + std::to_string(i);
      ASSERT_EQ(IsThere(blob), named.contains(blob)) << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace millrace
