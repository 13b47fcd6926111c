// The turn rule, as a debug build asserts it: one thread, and no call from inside a change.

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <thread>
#include <utility>

#include "millrace/storage/sqlite_storage.h"
#include "support/held_storage.h"
#include "support/shared_files.h"
#include "support/store_fixture.h"

namespace millrace {
namespace {

#ifndef NDEBUG

// Calls the core while the core reads from it, which no storage may do.
class MeddlingStorage : public HeldStorage {
 public:
  using HeldStorage::HeldStorage;
  void set_on_read(std::function<void()> call) { on_read_ = std::move(call); }
  StorageReads& committed() override {
    if (on_read_) on_read_();
    return HeldStorage::committed();
  }

 private:
  std::function<void()> on_read_;
};

class TurnRule : public StoreFixture {
 protected:
  void SetUp() override {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    StoreFixture::SetUp();
    OpenSession();
    CreateMessage("m");
  }
};

TEST_F(TurnRule, AStoreIsConfinedToTheThreadThatOpenedIt) {
  EXPECT_DEATH(std::thread([this] { store_->AdvanceTo(now_ + 1); }).join(),
               "confined to the thread");
}

TEST(TurnRuleDeathTest, NoCallFromInsideAChange) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  SharedFiles files;
  auto storage = std::make_unique<MeddlingStorage>(*OpenSqliteStorage(files.Open()));
  MeddlingStorage& meddling = *storage;
  std::unique_ptr<Store> store;
  Store::Open(std::move(storage), {}, 1, [&](auto opened) { store = *std::move(opened); });
  ASSERT_NE(store, nullptr);
  meddling.set_on_read([&] { store->AdvanceTo(2); });
  Session session;
  session.id = SessionId("s");
  EXPECT_DEATH(store->sessions().Create(session, {}), "from inside a change");
}

#endif

}  // namespace
}  // namespace millrace
