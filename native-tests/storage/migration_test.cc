// A store with an older schema is migrated to ours, whole or not at all (contracts S1, S4).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "millrace/storage/sqlite_storage.h"
#include "storage/fault_block_file.h"
#include "storage/fixtures/store_v1.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/schema.h"
#include "storage/storage_script.h"
#include "storage/test_data.h"

namespace millrace {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// The parameter is the version to start from.
class Migration : public testing::TestWithParam<int> {
 protected:
  static std::vector<std::string> Find(Storage& storage, const std::string& text) {
    auto page = storage.committed().Search({text, {}, {}, {}, {}});
    EXPECT_TRUE(page.ok()) << page.status().message();
    std::vector<std::string> ids;
    for (const SearchHit& hit : page->hits) ids.push_back(hit.message_id.value);
    return ids;
  }
  static void ExpectMigrated(FaultDisk& disk) {
    auto storage = OpenSqliteStorage(disk.Files());
    ASSERT_TRUE(storage.ok()) << storage.status().message();
    EXPECT_EQ(Dump(**storage), kDumpOfStoreV1);
    EXPECT_THAT(Find(**storage, "water wheel"), ElementsAre("m2"));
    EXPECT_THAT(Find(**storage, "京"), ElementsAre("m3"));
    EXPECT_THAT(Find(**storage, "turbines"), IsEmpty()) << "not folded yet";
    EXPECT_THAT(Find(**storage, "73"), IsEmpty()) << "of version 2, and no text";
    const auto counted = [&storage](const char* id) {
      return (**(*storage)->committed().ReadSession(SessionId(id))).message_count;
    };
    EXPECT_EQ(counted("s"), 3);
    EXPECT_EQ(counted("t"), 1);
    storage->reset();
    EXPECT_EQ(IntegrityCheck(disk.Files()), "ok");
    auto connection = Connection::Open(disk.Files());
    EXPECT_EQ(*(*connection)->ReadInt("PRAGMA user_version"), kSchemaVersion);
  }

  FaultDisk disk_ = MakeOlderStore(GetParam());
};
INSTANTIATE_TEST_SUITE_P(, Migration, testing::Range(1, 9), [](const auto& version) {
  return "From" + std::to_string(version.param);
});

TEST_P(Migration, S1_KeepsWhatWasStoredAndMakesItSearchable) { ExpectMigrated(disk_); }

// The words of an older index differ from ours, so none of them is kept.
TEST_P(Migration, S1_MakesTheIndexAnew) {
  if (GetParam() >= 5) return;  // its words are ours
  if (GetParam() >= 3) {
    auto connection = Connection::Open(disk_.Files());
    ASSERT_TRUE((*connection)->Execute("DELETE FROM message_search").ok());
    ASSERT_TRUE((*connection)
                    ->Execute("INSERT INTO message_search(rowid, text) VALUES(2, 'turbines')")
                    .ok());
    ASSERT_TRUE((*connection)->Close().ok());
  }
  ExpectMigrated(disk_);
}

TEST_P(Migration, S4_PowerCutAtEveryWriteAndSync) {
  std::int64_t changes = 0;
  {
    FaultDisk disk = disk_;
    const std::int64_t before = disk.changes();
    ASSERT_TRUE(OpenSqliteStorage(disk.Files()).ok());
    changes = disk.changes() - before;
  }
  ASSERT_GT(changes, 5);
  using Survival = FaultDisk::Survival;
  for (std::int64_t index = 1; index <= changes; ++index) {
    for (const Survival survival :
         {Survival::kAll, Survival::kNone, Survival::kReordered, Survival::kTorn}) {
      FaultDisk disk = disk_;
      disk.set_plan(CutPowerAtChange(disk.changes() + index));
      (void)OpenSqliteStorage(disk.Files());
      disk.Restart(survival, static_cast<std::uint32_t>(index));
      ExpectMigrated(disk);
      if (HasFailure()) FAIL() << "cut at change " << index;
    }
  }
  std::printf("%lld writes and syncs of the migration, the power cut at each of them\n",
              static_cast<long long>(changes));
}

TEST_P(Migration, S5_AFullDiskLeavesTheOlderStore) {
  FaultDisk disk = disk_;
  disk.set_plan(FailChange(disk.changes() + 3, FaultDisk::Fault::kFull, true));
  EXPECT_EQ(OpenSqliteStorage(disk.Files()).status().code(), Code::kQuotaExceeded);
  disk.set_plan({});
  ExpectMigrated(disk);
}

}  // namespace
}  // namespace millrace
