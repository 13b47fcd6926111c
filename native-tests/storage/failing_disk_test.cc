// The disk is full, or fails, at every operation of a script. A failed commit changes nothing and
// can be repeated (contract S5, on which C5 builds).
#include <gtest/gtest.h>

#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include "millrace/storage/sqlite_storage.h"
#include "storage/fault_block_file.h"
#include "storage/storage_script.h"
#include "storage/test_data.h"

namespace millrace {
namespace {

using Fault = FaultDisk::Fault;
using Kind = FaultDisk::Kind;

class FailingDisk : public testing::Test {
 protected:
  // Runs the script with the disk's plan until the first failure, which must be `code`. Then runs
  // it without the plan, from the failed step on. Returns whether a step failed.
  bool RunAndRepeat(FaultDisk& disk, Storage& storage, Code code) {
    bool failed = false;
    for (std::size_t n = 0; n < script_.size() && !HasFailure(); ++n) {
      Status status = Commit(storage, script_[n].batch, script_[n].durability);
      if (!status.ok()) {
        EXPECT_FALSE(failed) << "again: " << status.message();
        EXPECT_EQ(status.code(), code) << status.message();
        failed = true;
        disk.set_plan(nullptr);
        EXPECT_EQ(Dump(storage), expected_[n]) << "step " << n << " changed something";
        status = Commit(storage, script_[n].batch, script_[n].durability);
        EXPECT_TRUE(status.ok()) << "step " << n << " repeated: " << status.message();
      }
    }
    disk.set_plan(nullptr);
    EXPECT_EQ(Dump(storage), expected_.back());
    return failed;
  }

  // Calls RunAndRepeat with a fault at each operation in turn, including the opening with its
  // migration. Then cuts the power: everything acknowledged as durable must be there. `count`
  // returns the number of operations so far; `plan` fails the operation with that number.
  void FailAtEach(const std::function<std::int64_t(const FaultDisk&)>& count,
                  const std::function<FaultDisk::Plan(std::int64_t)>& plan, Code code,
                  bool forgets = false) {
    const FaultDisk older = MakeOlderStore();
    int failed = 0;
    int unopened = 0;
    std::int64_t index = 1;
    for (bool reached = true; reached; ++index) {
      FaultDisk disk = older;
      const std::int64_t target = count(disk) + index;
      disk.set_plan(plan(target));
      auto storage = OpenForScript(disk.Files());
      if (!storage.ok()) {
        ++unopened;
        EXPECT_EQ(storage.status().code(), code) << storage.status().message();
        disk.set_plan(nullptr);
        // Another opening cannot know what the system forgot, so the power fails at once.
        if (forgets) disk.Restart(FaultDisk::Survival::kNone, 1);
        storage = OpenForScript(disk.Files());
        ASSERT_TRUE(storage.ok()) << "at " << index << ": " << storage.status().message();
        EXPECT_EQ(Dump(**storage), expected_.front());
      }
      failed += RunAndRepeat(disk, **storage, code) ? 1 : 0;
      reached = count(disk) >= target;
      const Status flushed = Commit(**storage, {}, Durability::kPower);
      EXPECT_TRUE(flushed.ok()) << flushed.message();
      storage->reset();
      disk.Restart(FaultDisk::Survival::kNone, 1);
      auto reopened = OpenForScript(disk.Files());
      ASSERT_TRUE(reopened.ok()) << "at " << index << ": " << reopened.status().message();
      EXPECT_EQ(Dump(**reopened), expected_.back());
      reopened->reset();
      EXPECT_EQ(IntegrityCheck(disk.Files()), "ok");
      if (HasFailure()) FAIL() << "at " << index;
    }
    std::printf("%lld faults: %d in the opening, %d in a commit (the others in checkpoints)\n",
                static_cast<long long>(index - 2), unopened, failed);
    EXPECT_GT(unopened, 3);
    EXPECT_GT(failed, 3);
  }

  void FailAtEveryChange(Fault fault, Code code, bool lasting) {
    FailAtEach([](const FaultDisk& disk) { return disk.changes(); },
               [=](std::int64_t target) { return FailChange(target, fault, lasting); }, code,
               fault == Fault::kSyncForgets);
  }

  const std::vector<ScriptStep> script_ = MakeScript();
  const std::vector<std::string> expected_ = ExpectedDumps(script_);
};

TEST_F(FailingDisk, S5_FullAtEveryChange) {
  FailAtEveryChange(Fault::kFull, Code::kQuotaExceeded, /*lasting=*/false);
}

TEST_F(FailingDisk, S5_FullFromEveryChangeOn) {
  FailAtEveryChange(Fault::kFull, Code::kQuotaExceeded, /*lasting=*/true);
}

TEST_F(FailingDisk, S4_ErrorAtEveryChange) {
  FailAtEveryChange(Fault::kError, Code::kIo, /*lasting=*/false);
}

TEST_F(FailingDisk, S3_SyncThatFailsAndForgetsAtEveryChange) {
  FailAtEveryChange(Fault::kSyncForgets, Code::kIo, /*lasting=*/false);
}

TEST_F(FailingDisk, S4_ErrorAtEveryRead) {
  FailAtEach([](const FaultDisk& disk) { return disk.reads(); },
             [](std::int64_t target) -> FaultDisk::Plan {
               return [target](const FaultDisk::Operation& operation) {
                 const bool hit = operation.kind == Kind::kRead && operation.index == target;
                 return hit ? Fault::kError : Fault::kNone;
               };
             },
             Code::kIo);
}

TEST_F(FailingDisk, S4_FailingReadsOfWhatIsStored) {
  FaultDisk disk = MakeOlderStore();
  ASSERT_EQ(RunUntilFailure(disk, script_).acknowledged, script_.size());
  const std::int64_t before = disk.reads();
  {
    auto storage = OpenForScript(disk.Files());
    EXPECT_EQ(Dump(**storage), expected_.back());
  }
  const std::int64_t reads = disk.reads() - before;
  ASSERT_GT(reads, 3);
  for (std::int64_t index = 1; index <= reads; ++index) {
    FaultDisk copy = disk;
    const std::int64_t target = copy.reads() + index;
    copy.set_plan([target](const FaultDisk::Operation& operation) {
      const bool hit = operation.kind == Kind::kRead && operation.index == target;
      return hit ? Fault::kError : Fault::kNone;
    });
    auto storage = OpenForScript(copy.Files());
    if (!storage.ok()) {
      EXPECT_EQ(storage.status().code(), Code::kIo) << storage.status().message();
      storage = OpenForScript(copy.Files());
      ASSERT_TRUE(storage.ok()) << storage.status().message();
    }
    (void)Dump(**storage);
    EXPECT_EQ(Dump(**storage), expected_.back()) << "read " << index;
  }
}

TEST_F(FailingDisk, S3_AFlushSyncsOnceAndOnlyWhatIsDirty) {
  FaultDisk disk;
  auto storage = OpenSqliteStorage(disk.Files());
  ASSERT_TRUE(storage.ok());
  Message message = MakeMessage(1, "");
  ASSERT_TRUE(Commit(**storage, {Put(MakeSession("s")), Put(message)}, Durability::kPower).ok());
  const std::int64_t syncs = disk.syncs(FaultDisk::File::kWal);
  ASSERT_TRUE(Commit(**storage, {}, Durability::kPower).ok());
  EXPECT_EQ(disk.syncs(FaultDisk::File::kWal), syncs) << "clean: nothing to do";
  ASSERT_TRUE(Commit(**storage, {Grow(message, "a")}).ok());
  ASSERT_TRUE(Commit(**storage, {Grow(message, "b")}).ok());
  EXPECT_EQ(disk.syncs(FaultDisk::File::kWal), syncs) << "a window does not sync";
  ASSERT_TRUE(Commit(**storage, {}, Durability::kPower).ok());
  EXPECT_EQ(disk.syncs(FaultDisk::File::kWal), syncs + 1);
  ASSERT_TRUE(Commit(**storage, {Grow(message, "c")}).ok());
  // It changes nothing itself, but must make the earlier window durable.
  ASSERT_TRUE(Commit(**storage, {DeleteMessage{MessageId("nobody")}}, Durability::kPower).ok());
  storage->reset();
  disk.Restart(FaultDisk::Survival::kNone, 1);
  storage = OpenSqliteStorage(disk.Files());
  EXPECT_EQ(TextOf(**(*storage)->committed().ReadMessage(message.id)), "abc");
}

TEST_F(FailingDisk, S3_AFlushCoversWhatADeadProcessLeftUnsynced) {
  FaultDisk disk;
  auto storage = OpenSqliteStorage(disk.Files());
  Message message = MakeMessage(1, "");
  ASSERT_TRUE(Commit(**storage, {Put(MakeSession("s")), Put(message)}, Durability::kPower).ok());
  ASSERT_TRUE(Commit(**storage, {Grow(message, "a window")}).ok());
  // The process dies and the system lives: the window is only in the system's cache.
  storage->reset();
  storage = OpenSqliteStorage(disk.Files());
  ASSERT_TRUE(storage.ok());
  ASSERT_TRUE(Commit(**storage, {}, Durability::kPower).ok());
  storage->reset();
  disk.Restart(FaultDisk::Survival::kNone, 1);
  storage = OpenSqliteStorage(disk.Files());
  EXPECT_EQ(**(*storage)->committed().ReadMessage(message.id), message);
}

TEST_F(FailingDisk, S5_CloseOnAFullDiskKeepsEverything) {
  FaultDisk disk;
  auto storage = OpenSqliteStorage(disk.Files());
  Message message = MakeMessage(1, std::string(50'000, 'x'));
  ASSERT_TRUE(Commit(**storage, {Put(MakeSession("s")), Put(message)}).ok());
  disk.set_plan(FailChange(1, Fault::kFull, /*lasting=*/true));
  EXPECT_EQ((*storage)->Close().code(), Code::kQuotaExceeded);
  storage->reset();
  disk.Restart(FaultDisk::Survival::kAll, 1);
  storage = OpenSqliteStorage(disk.Files());
  EXPECT_EQ(**(*storage)->committed().ReadMessage(message.id), message);
  EXPECT_TRUE((*storage)->Close().ok());
}

}  // namespace
}  // namespace millrace
