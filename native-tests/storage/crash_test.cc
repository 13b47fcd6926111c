// Cuts the power, or kills the process, at every write and sync of a script (contracts S3, S4).
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "storage/fault_block_file.h"
#include "storage/storage_script.h"
#include "storage/test_data.h"

namespace millrace {
namespace {

class Crash : public testing::Test {
 protected:
  using Survival = FaultDisk::Survival;

  // After a crash, `disk` opens and holds exactly the first n steps, for an n of at least `least`
  // that may include the step under way. Then the store goes on.
  void Check(FaultDisk& disk, const ScriptRun& run, std::size_t least) {
    auto storage = OpenForScript(disk.Files());
    ASSERT_TRUE(storage.ok()) << storage.status().message();
    const std::string dump = Dump(**storage);
    const std::size_t most = std::min(run.acknowledged + 1, script_.size());
    bool found = false;
    for (std::size_t n = least; n <= most && !found; ++n) found = dump == expected_[n];
    EXPECT_TRUE(found) << "not the state after " << least << " to " << most << " steps: " << dump;
    EXPECT_TRUE(Commit(**storage, {Put(MakeSession("after"))}, Durability::kPower).ok());
    storage->reset();
    EXPECT_EQ(IntegrityCheck(disk.Files()), "ok");
  }

  // The number of changes of a whole run, including the opening with its migration.
  std::int64_t CountChanges() {
    FaultDisk disk = older_;
    EXPECT_EQ(RunUntilFailure(disk, script_).acknowledged, script_.size());
    return disk.changes() - older_.changes();
  }

  // A run with a power cut at the index-th change.
  ScriptRun RunAndCut(FaultDisk& disk, std::int64_t index) {
    disk.set_plan(CutPowerAtChange(disk.changes() + index));
    return RunUntilFailure(disk, script_);
  }

  FaultDisk older_ = MakeOlderStore();
  const std::vector<ScriptStep> script_ = MakeScript();
  const std::vector<std::string> expected_ = ExpectedDumps(script_);
};

TEST_F(Crash, S4_PowerCutAtEveryWriteAndSync) {
  const std::int64_t changes = CountChanges();
  int checks = 0;
  int migrating = 0;
  for (std::int64_t index = 1; index <= changes + 1; ++index) {
    FaultDisk disk = older_;
    const ScriptRun run = RunAndCut(disk, index);
    migrating += run.opened ? 0 : 1;
    ASSERT_EQ(run.acknowledged == script_.size(), index > changes) << index;
    for (const Survival survival :
         {Survival::kAll, Survival::kNone, Survival::kReordered, Survival::kTorn}) {
      FaultDisk after = disk;
      after.Restart(survival, static_cast<std::uint32_t>(index));
      const bool power = survival != Survival::kAll;
      Check(after, run, power ? run.durable : run.acknowledged);
      if (HasFailure()) FAIL() << "cut at change " << index << ", survival " << checks % 4;
      ++checks;
    }
  }
  EXPECT_GT(migrating, 5);
  std::printf(
      "%lld writes and syncs, %d of them of the migration and the others of %zu steps, the power "
      "cut "
      "at each of them: %d crashes\n",
      static_cast<long long>(changes), migrating, script_.size(), checks);
}

// A second crash during the recovery from the first one.
TEST_F(Crash, S4_PowerCutDuringRecovery) {
  const std::int64_t changes = CountChanges();
  for (std::int64_t index = 7; index <= changes; index += 41) {
    FaultDisk disk = older_;
    const ScriptRun run = RunAndCut(disk, index);
    disk.Restart(Survival::kTorn, static_cast<std::uint32_t>(index));
    for (std::int64_t again = 1; again <= 12; ++again) {
      FaultDisk second = disk;
      second.set_plan(CutPowerAtChange(second.changes() + again));
      if (auto reopened = OpenForScript(second.Files()); reopened.ok()) {
        (void)(*reopened)->Close();
      }
      second.Restart(Survival::kTorn, static_cast<std::uint32_t>(again));
      Check(second, run, run.durable);
      if (HasFailure()) FAIL() << "cut at change " << index << " and again at " << again;
    }
  }
}

}  // namespace
}  // namespace millrace
