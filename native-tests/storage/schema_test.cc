// Which files are accepted as a store, and which are refused and left alone (contract S1).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "millrace/storage/sqlite_storage.h"
#include "storage/fault_block_file.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/schema.h"
#include "storage/test_data.h"

namespace millrace {
namespace {

using testing::HasSubstr;

class Schema : public testing::Test {
 protected:
  // Runs `sql` on the files, as any program would.
  void RunSql(const std::string& sql) {
    auto connection = Connection::Open(disk_.Files());
    ASSERT_TRUE(connection.ok());
    const Status status = (*connection)->Execute(sql);
    ASSERT_TRUE(status.ok()) << status.message();
    ASSERT_TRUE((*connection)->Close().ok());
  }
  void CreateStore() {
    auto storage = OpenSqliteStorage(disk_.Files());
    ASSERT_TRUE(storage.ok()) << storage.status().message();
    ASSERT_TRUE(Commit(**storage, {Put(MakeSession("s")), Put(MakeMessage(1, "kept"))}).ok());
    ASSERT_TRUE((*storage)->Close().ok());
  }
  // Opens the files, expects a refusal with `code`, and checks that they are unchanged.
  std::string Refusal(Code code) {
    const std::vector<std::byte> before = disk_.content(FaultDisk::File::kDatabase);
    const std::vector<std::byte> wal = disk_.content(FaultDisk::File::kWal);
    auto storage = OpenSqliteStorage(disk_.Files());
    EXPECT_FALSE(storage.ok());
    if (storage.ok()) return "";
    EXPECT_EQ(storage.status().code(), code) << storage.status().message();
    EXPECT_TRUE(before == disk_.content(FaultDisk::File::kDatabase));
    EXPECT_TRUE(wal == disk_.content(FaultDisk::File::kWal));
    EXPECT_TRUE(disk_.content(FaultDisk::File::kJournal).empty());
    return storage.status().message();
  }

  FaultDisk disk_;
};

TEST_F(Schema, S1_CreatesTheTables) {
  CreateStore();
  auto connection = Connection::Open(disk_.Files());
  Connection& sql = **connection;
  EXPECT_EQ(*sql.ReadInt("PRAGMA application_id"), kApplicationId);
  EXPECT_EQ(*sql.ReadInt("PRAGMA user_version"), kSchemaVersion);
  EXPECT_EQ(*sql.ReadInt("PRAGMA page_size"), 4096);
  EXPECT_EQ(*sql.ReadInt("SELECT count(*) FROM pragma_table_list WHERE name IN"
                         " ('sessions', 'messages', 'deltas') AND strict"),
            3);
  EXPECT_EQ(IntegrityCheck(disk_.Files()), "ok");
}

TEST_F(Schema, S1_HeaderTellsWhatItIsBeforeTheFirstCheckpoint) {
  auto storage = OpenSqliteStorage(disk_.Files());
  ASSERT_TRUE(storage.ok());
  storage->reset();  // as if the process died: no checkpoint
  const std::vector<std::byte>& file = disk_.content(FaultDisk::File::kDatabase);
  ASSERT_GE(file.size(), 72U);
  std::int64_t id = 0;
  for (std::size_t i = 68; i < 72; ++i) id = id * 256 + std::to_integer<std::int64_t>(file[i]);
  EXPECT_EQ(id, kApplicationId);
}

TEST_F(Schema, S1_OpensAgain) {
  CreateStore();
  auto storage = OpenSqliteStorage(disk_.Files());
  ASSERT_TRUE(storage.ok());
  EXPECT_EQ(TextOf((*(*storage)->committed().ReadMessage(MessageId("m1"))).value()), "kept");
  EXPECT_EQ(*(*storage)->committed().LastSeq(), 1);
}

TEST_F(Schema, S1_RefusesANewerSchema) {
  CreateStore();
  RunSql("PRAGMA user_version=" + std::to_string(kSchemaVersion + 1));
  EXPECT_THAT(Refusal(Code::kNewerSchema), HasSubstr("newer version of Millrace"));
}

TEST_F(Schema, S1_RefusesAVersionNobodyGave) {
  CreateStore();
  RunSql("PRAGMA user_version=-1");
  EXPECT_THAT(Refusal(Code::kCorrupt), HasSubstr("no version that Millrace gave it"));
}

TEST_F(Schema, S1_RefusesAFileWithoutOneOfItsTables) {
  CreateStore();
  RunSql("DROP TABLE shown");
  EXPECT_THAT(Refusal(Code::kCorrupt), HasSubstr("not all of its tables"));
}

TEST_F(Schema, S1_RefusesANewerSchemaThatIsOnlyInTheWal) {
  CreateStore();
  {
    auto connection = Connection::Open(disk_.Files());
    ASSERT_TRUE((*connection)->Execute("PRAGMA user_version=99").ok());
  }
  ASSERT_FALSE(disk_.content(FaultDisk::File::kWal).empty());
  EXPECT_THAT(Refusal(Code::kNewerSchema), HasSubstr("99"));
}

TEST_F(Schema, S1_LeavesAForeignDatabaseAlone) {
  RunSql("CREATE TABLE recipes(x); INSERT INTO recipes VALUES('soup')");
  EXPECT_THAT(Refusal(Code::kCorrupt), HasSubstr("not one of Millrace"));
  RunSql("PRAGMA application_id=77; DROP TABLE recipes");
  EXPECT_THAT(Refusal(Code::kCorrupt), HasSubstr("not one of Millrace"));
}

TEST_F(Schema, S1_KeepsADamagedFile) {
  for (std::size_t size : {100, 4096, 50'000}) {
    disk_.content(FaultDisk::File::kDatabase).assign(size, std::byte{'x'});
    EXPECT_THAT(Refusal(Code::kCorrupt), HasSubstr("damaged"));
  }
}

TEST_F(Schema, S1_DamageInAPageIsCorrupt) {
  CreateStore();
  std::vector<std::byte>& file = disk_.content(FaultDisk::File::kDatabase);
  std::fill(file.begin() + 4096, file.end(), std::byte{0xff});
  auto storage = OpenSqliteStorage(disk_.Files());
  const Status status =
      storage.ok() ? (*storage)->committed().ReadMessages({}).status() : storage.status();
  EXPECT_EQ(status.code(), Code::kCorrupt) << status.message();
}

TEST_F(Schema, S1_AnEmptyStoreIsOpenedAgainAfterADeathDuringCreation) {
  // Every change that creating a store makes; there are few.
  std::int64_t total = 0;
  {
    FaultDisk counting;
    ASSERT_TRUE(OpenSqliteStorage(counting.Files()).ok());
    total = counting.changes();
  }
  ASSERT_GT(total, 5);
  using Survival = FaultDisk::Survival;
  for (std::int64_t index = 1; index <= total; ++index) {
    for (const Survival survival :
         {Survival::kAll, Survival::kNone, Survival::kReordered, Survival::kTorn}) {
      FaultDisk disk;
      disk.set_plan(CutPowerAtChange(index));
      (void)OpenSqliteStorage(disk.Files());
      disk.Restart(survival, static_cast<std::uint32_t>(index));
      auto storage = OpenSqliteStorage(disk.Files());
      ASSERT_TRUE(storage.ok()) << index << ": " << storage.status().message();
      EXPECT_TRUE(Commit(**storage, {Put(MakeSession("s"))}, Durability::kPower).ok());
      storage->reset();
      EXPECT_EQ(IntegrityCheck(disk.Files()), "ok");
    }
  }
}

}  // namespace
}  // namespace millrace
