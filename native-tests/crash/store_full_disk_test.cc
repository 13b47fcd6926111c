// The disk becomes full at every write and sync of a whole store's life, and later has room again
// (contracts S5, C5).
#include <gtest/gtest.h>

#include <cstdio>
#include <string>

#include "crash/store_life.h"
#include "storage/storage_script.h"
#include "storage/test_data.h"

namespace millrace {
namespace {

// All accepted text is there, and so are all finished messages.
void ExpectNothingLost(Store& store, const StoreLife& life) {
  for (const auto& [id, known] : life.messages()) {
    const auto found = store.messages().Get(MessageId(id));
    ASSERT_TRUE(found.ok()) << found.status().message();
    if (!found->has_value()) {
      EXPECT_TRUE(!known.created || known.deleting) << id << " is gone";
      continue;
    }
    EXPECT_FALSE(known.deleted) << id << " came back";
    EXPECT_EQ(WholeText(**found), known.text) << id;
    if (known.finishing && (**found).role == Role::kAssistant) {
      EXPECT_EQ(FinishOf(**found)->reason, FinishReason::kEndTurn) << id;
    }
  }
}

// The parameter is the window in milliseconds.
class StoreOnAFullDisk : public testing::TestWithParam<DurationMs> {
 protected:
  // The process dies, or the power fails, and a next life opens what is left.
  void ExpectTextsAreThereAfter(FaultDisk::Survival survival, FaultDisk disk,
                                const StoreLife& life) {
    disk.Restart(survival, 1);
    StoreLife next(disk, GetParam());
    ASSERT_TRUE(next.Open().ok());
    for (const auto& [id, known] : life.messages()) {
      const auto found = next.store().messages().Get(MessageId(id));
      ASSERT_TRUE(found.ok());
      if (found->has_value()) {
        EXPECT_EQ(WholeText(**found), known.text) << id;
      }
      EXPECT_TRUE(found->has_value() || !known.created || known.deleting) << id << " is gone";
    }
    EXPECT_TRUE(next.FlushAll().ok());
  }
};

TEST_P(StoreOnAFullDisk, S5_FullFromEveryWriteAndSyncOn) {
  const FaultDisk older = MakeOlderStore();
  int unopened = 0;
  int unsaved = 0;
  std::int64_t index = 1;
  for (bool reached = true; reached && !testing::Test::HasFailure(); ++index) {
    SCOPED_TRACE("full from change " + std::to_string(index) + " on");
    FaultDisk disk = older;
    const std::int64_t target = disk.changes() + index;
    disk.set_plan(FailChange(target, FaultDisk::Fault::kFull, /*lasting=*/true));
    StoreLife life(disk, GetParam());
    Status opened = life.Open();
    if (!opened.ok()) {
      ++unopened;
      EXPECT_EQ(opened.code(), Code::kQuotaExceeded) << opened.message();
      disk.set_plan({});
      opened = life.Open();
      ASSERT_TRUE(opened.ok()) << opened.message();
    }
    life.Run([] { return false; });
    reached = disk.changes() >= target;
    EXPECT_LE(life.storage_errors(), 1) << "one outage";
    if (life.unsaved_updates() > 0) ++unsaved;

    disk.set_plan({});
    life.RunFor(20'000);  // long enough for a back-off, too short to fold an idle message
    // An outage may begin while the store opens and finishes interrupted messages. Nobody hears of
    // its beginning.
    EXPECT_EQ(life.storage_recoveries(), life.trouble_at_opening() ? 1 : life.storage_errors());
    ExpectTextsAreThereAfter(FaultDisk::Survival::kAll, disk, life);
    const Status flushed = life.FlushAll();
    EXPECT_TRUE(flushed.ok()) << flushed.message();
    EXPECT_EQ(life.store().stats().pending, 0);
    ExpectNothingLost(life.store(), life);

    ExpectTextsAreThereAfter(FaultDisk::Survival::kNone, disk, life);
  }
  EXPECT_GT(unopened, 5);
  EXPECT_GT(unsaved, 50);
  std::printf(
      "full from each of %lld writes and syncs on: %d in the opening, %d with updates unsaved\n",
      static_cast<long long>(index - 2), unopened, unsaved);
}

INSTANTIATE_TEST_SUITE_P(Windows, StoreOnAFullDisk, testing::Values(33, 0),
                         [](const auto& param) { return "Window" + std::to_string(param.param); });

}  // namespace
}  // namespace millrace
