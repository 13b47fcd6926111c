// Cuts the power, or kills the process, at every write and sync of a whole store's life, including
// windows and the migration (contracts S3, S4).
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <set>
#include <string>

#include "crash/store_life.h"
#include "storage/storage_script.h"
#include "storage/test_data.h"

namespace millrace {
namespace {

// The parameter is the window in milliseconds.
class StoreCrash : public testing::TestWithParam<DurationMs> {
 protected:
  using Survival = FaultDisk::Survival;

  // Compares a message of the first life with what the next life finds.
  void CheckMessage(const std::string& id, const StoreLife::Known& known, bool power,
                    const std::set<std::string>& recovered, const Message* found) {
    if (known.deleted) {
      EXPECT_EQ(found, nullptr) << id << " came back";
    }
    if (found == nullptr) {
      EXPECT_TRUE(!known.created || known.deleting) << id << " is gone";
      return;
    }
    const std::string text = WholeText(*found);
    EXPECT_EQ(text, known.text.substr(0, text.size())) << id << " is no prefix of what was written";
    EXPECT_GE(text.size(), power ? known.synced : std::max(known.saved, known.synced)) << id;
    if (!power) {
      // Everything accepted a window before the end is there. The end came during the last step.
      const auto late = known.accepted.upper_bound(end_ - StoreLife::kStep - GetParam() - 1);
      if (late != known.accepted.begin()) {
        EXPECT_GE(text.size(), std::prev(late)->second) << id;
      }
      lost_ = std::max(lost_, known.text.size() - text.size());
    }
    if (found->role != Role::kAssistant) return;
    const FinishPart* finish = FinishOf(*found);
    ASSERT_NE(finish, nullptr) << id << " is left unfinished";
    const bool interrupted = finish->reason == FinishReason::kInterrupted;
    EXPECT_EQ(interrupted, recovered.count(id) == 1) << id;
    if (known.finished) {
      EXPECT_FALSE(interrupted) << id << " was finished";
    }
    if (!known.finishing) {
      EXPECT_TRUE(interrupted) << id;
    }
  }

  void Check(FaultDisk& disk, const StoreLife& life, bool power) {
    end_ = life.now();
    {
      StoreLife next(disk, GetParam());
      const Status opened = next.Open();
      ASSERT_TRUE(opened.ok()) << opened.message();
      std::set<std::string> recovered;
      for (const RecoveredMessage& message : next.store().recovered()) {
        recovered.insert(message.id.value);
      }
      for (const auto& [id, known] : life.messages()) {
        const auto found = next.store().messages().Get(MessageId(id));
        ASSERT_TRUE(found.ok()) << found.status().message();
        CheckMessage(id, known, power, recovered, found->has_value() ? &**found : nullptr);
      }
      const auto older = next.store().messages().Get(MessageId("m4"));
      ASSERT_TRUE(older.ok() && older->has_value()) << "of the older store";
      EXPECT_EQ(WholeText(**older), "an unfinished reply about turbines");
      EXPECT_EQ(FinishOf(**older)->reason, FinishReason::kInterrupted);
      EXPECT_TRUE(next.FlushAll().ok());
    }
    EXPECT_EQ(IntegrityCheck(disk.Files()), "ok");
  }

  TimeMs end_ = 0;
  std::size_t lost_ = 0;
};

TEST_P(StoreCrash, S4_PowerCutAtEveryWriteAndSync) {
  const FaultDisk older = MakeOlderStore();
  int checks = 0;
  std::int64_t index = 1;
  for (bool reached = true; reached; ++index) {
    FaultDisk disk = older;
    const std::int64_t target = disk.changes() + index;
    disk.set_plan(CutPowerAtChange(target));
    const auto cut = [&] { return disk.changes() >= target; };
    StoreLife life(disk, GetParam());
    if (life.Open().ok()) life.Run(cut);
    reached = cut();
    for (const Survival survival :
         {Survival::kAll, Survival::kNone, Survival::kReordered, Survival::kTorn}) {
      FaultDisk after = disk;
      after.Restart(survival, static_cast<std::uint32_t>(index));
      Check(after, life, survival != Survival::kAll);
      if (HasFailure()) FAIL() << "cut at change " << index << ", survival " << checks % 4;
      ++checks;
    }
  }
  EXPECT_GT(index, 200);
  std::printf(
      "%lld writes and syncs, the power cut at each of them: %d crashes; at most %zu bytes of a "
      "message lost when the process died, all of the last window\n",
      static_cast<long long>(index - 2), checks, lost_);
}

INSTANTIATE_TEST_SUITE_P(Windows, StoreCrash, testing::Values(33, 0),
                         [](const auto& param) { return "Window" + std::to_string(param.param); });

}  // namespace
}  // namespace millrace
