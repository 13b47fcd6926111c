// A group commit: several transactions in one write, and what becomes of them when it fails.
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "millrace/storage/sqlite_storage.h"
#include "storage/fault_block_file.h"
#include "storage/storage_script.h"
#include "storage/test_data.h"

namespace millrace {
namespace {

CommitOutcome CommitGroup(Storage& storage, StorageBatch batch,
                          Durability durability = Durability::kProcess) {
  CommitOutcome result;
  storage.Commit(std::move(batch), durability,
                 [&result](CommitOutcome outcome) { result = std::move(outcome); });
  return result;
}

// The batch without its first `count` transactions.
StorageBatch Without(std::int64_t count, StorageBatch batch) {
  auto end = batch.begin();
  for (; end != batch.end() && count > 0; ++end) {
    if (std::holds_alternative<NextTransaction>(*end)) --count;
  }
  batch.erase(batch.begin(), end);
  return batch;
}

class GroupCommit : public testing::Test {
 protected:
  void SetUp() override {
    Reopen();
    ASSERT_TRUE(Commit(*storage_, {Put(MakeSession("s")), Put(message_)}, Durability::kPower).ok());
  }

  // As after the death of the process: what is in memory is gone.
  void Reopen() {
    storage_.reset();
    auto opened = OpenForScript(disk_.Files());
    ASSERT_TRUE(opened.ok()) << opened.status().message();
    storage_ = *std::move(opened);
  }

  // "0 1 2 ...", each number a transaction of its own.
  StorageBatch Group(int size) {
    StorageBatch batch;
    for (int i = 0; i < size; ++i) {
      if (i > 0) batch.emplace_back(NextTransaction{});
      batch.push_back(Grow(message_, std::to_string(i) + " "));
    }
    return batch;
  }

  std::string Stored() { return TextOf(**storage_->ReadMessage(message_.id)); }

  FaultDisk disk_;
  std::unique_ptr<Storage> storage_;
  Message message_ = MakeMessage(1, "");
};

TEST_F(GroupCommit, IsOneWrite) {
  const std::int64_t before = disk_.changes();
  ASSERT_TRUE(CommitGroup(*storage_, Group(10)).status.ok());
  EXPECT_EQ(disk_.changes() - before, 1);
  EXPECT_EQ(Stored(), "0 1 2 3 4 5 6 7 8 9 ");
  Reopen();
  EXPECT_EQ(Stored(), "0 1 2 3 4 5 6 7 8 9 ");
}

TEST_F(GroupCommit, S3_IsSyncedOnceWhereItHasToSurvivePowerLoss) {
  const std::int64_t before = disk_.changes();
  ASSERT_TRUE(CommitGroup(*storage_, Group(10), Durability::kPower).status.ok());
  EXPECT_EQ(disk_.changes() - before, 2) << "a write and a sync";
  storage_.reset();
  disk_.Restart(FaultDisk::Survival::kNone, 1);
  Reopen();
  EXPECT_EQ(Stored(), "0 1 2 3 4 5 6 7 8 9 ");
}

TEST_F(GroupCommit, EachTransactionOfItIsOneOfItsOwn) {
  const std::int64_t before = disk_.changes();
  disk_.set_plan([&](const FaultDisk::Operation& operation) {
    return operation.index == before + 1 && operation.kind == FaultDisk::Kind::kWrite
               ? FaultDisk::Fault::kFull  // half of the write is done
               : FaultDisk::Fault::kNone;
  });
  const CommitOutcome outcome = CommitGroup(*storage_, Group(10));
  EXPECT_EQ(outcome.status.code(), Code::kQuotaExceeded);
  Reopen();
  EXPECT_EQ(Stored(), "0 1 2 3 4 ");
}

TEST_F(GroupCommit, S5_WhatCouldNotBeWrittenIsTakenAndWrittenFirst) {
  disk_.set_plan(FailChange(disk_.changes() + 1, FaultDisk::Fault::kFull, /*lasting=*/true));
  const CommitOutcome outcome = CommitGroup(*storage_, Group(10));
  EXPECT_EQ(outcome.status.code(), Code::kQuotaExceeded) << outcome.status.message();
  EXPECT_EQ(outcome.taken, 10);
  EXPECT_EQ(Stored(), "0 1 2 3 4 5 6 7 8 9 ") << "reading goes on";
  const CommitOutcome again = CommitGroup(*storage_, {Grow(message_, "and on")});
  EXPECT_EQ(again.status.code(), Code::kQuotaExceeded);
  EXPECT_EQ(again.taken, 0) << "it stands behind what is not written";
  EXPECT_EQ(CommitGroup(*storage_, {}).status.code(), Code::kQuotaExceeded) << "nor has it changed";

  disk_.set_plan(nullptr);
  ASSERT_TRUE(CommitGroup(*storage_, {}).status.ok());
  Reopen();
  EXPECT_EQ(Stored(), "0 1 2 3 4 5 6 7 8 9 ");
}

TEST_F(GroupCommit, S3_WhatWasTakenSurvivesPowerLossWithTheNextCommitThatHasTo) {
  disk_.set_plan(
      FailChange(disk_.changes() + 2, FaultDisk::Fault::kSyncForgets, /*lasting=*/false));
  const CommitOutcome outcome = CommitGroup(*storage_, Group(3), Durability::kPower);
  EXPECT_EQ(outcome.status.code(), Code::kIo) << outcome.status.message();
  EXPECT_EQ(outcome.taken, 3);
  ASSERT_TRUE(CommitGroup(*storage_, {}, Durability::kPower).status.ok());
  storage_.reset();
  disk_.Restart(FaultDisk::Survival::kNone, 1);
  Reopen();
  EXPECT_EQ(Stored(), "0 1 2 ");
}

TEST_F(GroupCommit, ATransactionThatFailsEndsIt) {
  StorageBatch batch = Group(3);
  Message nobody = MakeMessage(99, "");
  batch.emplace_back(NextTransaction{});
  batch.push_back(Grow(nobody, "to no message"));
  batch.emplace_back(NextTransaction{});
  batch.push_back(Grow(message_, "never"));
  const CommitOutcome outcome = CommitGroup(*storage_, std::move(batch));
  EXPECT_EQ(outcome.status.code(), Code::kNotFound);
  EXPECT_EQ(outcome.taken, 3);
  EXPECT_EQ(Stored(), "0 1 2 ");
  Reopen();
  EXPECT_EQ(Stored(), "0 1 2 ") << "those before it are written";
}

// Checkpoints come in between: they sync, read and begin the log anew.
TEST_F(GroupCommit, S5_FullAtEveryWriteAndSyncOfManyGroups) {
  const FaultDisk before = disk_;
  const Message empty = message_;
  int unwritten = 0;
  int cut_short = 0;  // within a transaction: the log could not be begun anew
  std::int64_t index = 1;
  for (bool reached = true; reached && !HasFailure(); ++index) {
    SCOPED_TRACE("at change " + std::to_string(index));
    disk_ = before;
    message_ = empty;
    Reopen();
    const std::int64_t target = disk_.changes() + index;
    disk_.set_plan(FailChange(target, FaultDisk::Fault::kFull, /*lasting=*/false));
    for (int group = 0; group < 8; ++group) {
      const StorageBatch batch = Group(12);
      const CommitOutcome outcome = CommitGroup(*storage_, batch);
      if (outcome.status.ok()) continue;
      ++(outcome.taken == 12 ? unwritten : cut_short);
      EXPECT_EQ(outcome.status.code(), Code::kQuotaExceeded) << outcome.status.message();
      const CommitOutcome rest = CommitGroup(*storage_, Without(outcome.taken, batch));
      EXPECT_TRUE(rest.status.ok()) << rest.status.message();
    }
    reached = disk_.changes() >= target;
    disk_.set_plan(nullptr);
    ASSERT_TRUE(CommitGroup(*storage_, {}, Durability::kPower).status.ok());
    EXPECT_EQ(**storage_->ReadMessage(message_.id), message_);
    storage_.reset();
    disk_.Restart(FaultDisk::Survival::kNone, 1);
    Reopen();
    EXPECT_EQ(**storage_->ReadMessage(message_.id), message_);
  }
  EXPECT_GT(unwritten, 7);
  EXPECT_GT(cut_short, 1);
  storage_.reset();
  EXPECT_EQ(IntegrityCheck(disk_.Files()), "ok");
}

}  // namespace
}  // namespace millrace
