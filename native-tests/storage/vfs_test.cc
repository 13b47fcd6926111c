// The SQLite VFS over BlockFile, and the files under it.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "storage/fault_block_file.h"
#include "storage/sqlite/connection.h"
#include "storage/test_data.h"
#include "storage/vfs/tracked_file.h"
#include "storage/vfs/wal_block_file.h"

namespace millrace {
namespace {

std::span<const std::byte> Bytes(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

std::string ReadText(BlockFile& file, std::uint64_t offset, std::size_t size) {
  std::string text(size, '?');
  Result<std::size_t> got =
      file.Read(offset, std::as_writable_bytes(std::span(text.data(), text.size())));
  if (!got.ok()) return "(error)";
  text.resize(*got);
  return text;
}

TEST(MemoryBlockFile, ReadsWhatWasWrittenAcrossChunks) {
  const std::unique_ptr<BlockFile> file = MakeMemoryBlockFile();
  std::string text(200'000, 'a');
  for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>('a' + i % 23);
  ASSERT_TRUE(file->Write(70'000, Bytes(text)).ok());
  EXPECT_EQ(*file->Size(), 270'000U);
  EXPECT_EQ(ReadText(*file, 70'000, text.size()), text);
  EXPECT_EQ(ReadText(*file, 0, 70'000), std::string(70'000, '\0'));
  EXPECT_EQ(ReadText(*file, 269'990, 100).size(), 10U);
  EXPECT_EQ(ReadText(*file, 270'000, 100), "");
}

TEST(MemoryBlockFile, GrowsWithZerosAfterATruncate) {
  const std::unique_ptr<BlockFile> file = MakeMemoryBlockFile();
  ASSERT_TRUE(file->Write(0, Bytes(std::string(100'000, 'x'))).ok());
  ASSERT_TRUE(file->Truncate(10).ok());
  EXPECT_EQ(*file->Size(), 10U);
  ASSERT_TRUE(file->Truncate(65'540).ok());
  EXPECT_EQ(ReadText(*file, 0, 100'000), std::string(10, 'x') + std::string(65'530, '\0'));
}

// Records the writes that reach `disk`, as "offset+size".
FaultDisk::Plan Record(std::string& writes) {
  return [&writes](const FaultDisk::Operation& operation) {
    if (operation.kind == FaultDisk::Kind::kWrite) {
      writes += std::to_string(operation.offset) + "+" + std::to_string(operation.size) + " ";
    }
    return FaultDisk::Fault::kNone;
  };
}

TEST(WalBlockFile, WritesAFrameAtOnce) {
  FaultDisk disk;
  WalBlockFile file(std::move(disk.Files().wal));
  std::string writes;
  disk.set_plan(Record(writes));
  const std::string header(24, 'h');
  const std::string page(100, 'p');
  ASSERT_TRUE(file.Write(0, Bytes(std::string(32, 'w'))).ok());
  ASSERT_TRUE(file.Write(32, Bytes(header)).ok());
  EXPECT_EQ(writes, "0+32 ") << "held";
  ASSERT_TRUE(file.Write(56, Bytes(page)).ok());
  EXPECT_EQ(writes, "0+32 32+124 ");
  ASSERT_TRUE(file.Write(156, Bytes(header)).ok());
  ASSERT_TRUE(file.Write(180, Bytes(page)).ok());
  EXPECT_EQ(writes, "0+32 32+124 156+124 ");
  EXPECT_EQ(ReadText(file, 150, 35), "pppppp" + header + "ppppp");
}

TEST(WalBlockFile, HoldsNothingThatNothingMayFollow) {
  FaultDisk disk;
  WalBlockFile file(std::move(disk.Files().wal));
  std::string writes;
  disk.set_plan(Record(writes));
  const std::string header(24, 'h');
  ASSERT_TRUE(file.Write(280, Bytes(header)).ok());
  EXPECT_EQ(writes, "280+24 ") << "does not continue anything";
  ASSERT_TRUE(file.Write(304, Bytes(header)).ok());
  EXPECT_EQ(*file.Size(), 328U) << "whoever asks is told of what is held";
  EXPECT_EQ(writes, "280+24 304+24 ");
  ASSERT_TRUE(file.Write(328, Bytes(header)).ok());
  ASSERT_TRUE(file.Write(32, Bytes(header)).ok());
  EXPECT_EQ(writes, "280+24 304+24 328+24 32+24 ") << "in the order of the calls";
  ASSERT_TRUE(file.Write(56, Bytes(header)).ok());
  ASSERT_TRUE(file.Sync().ok());
  EXPECT_EQ(writes, "280+24 304+24 328+24 32+24 56+24 ");
}

TEST(WalBlockFile, AHeaderThatCannotBeWrittenFailsWhatCameNext) {
  FaultDisk disk;
  WalBlockFile file(std::move(disk.Files().wal));
  ASSERT_TRUE(file.Write(0, Bytes(std::string(32, 'w'))).ok());
  ASSERT_TRUE(file.Write(32, Bytes(std::string(24, 'h'))).ok());
  disk.set_plan(FailChange(disk.changes() + 1, FaultDisk::Fault::kFull, /*lasting=*/false));
  EXPECT_EQ(file.Write(56, Bytes(std::string(100, 'p'))).code(), Code::kQuotaExceeded);
}

TEST(TrackedFile, SyncsOnlyWhatIsDirty) {
  FaultDisk disk;
  TrackedFile file(std::move(disk.Files().wal));
  // Writes of an earlier life may not be synced.
  ASSERT_TRUE(file.Sync().ok());
  EXPECT_EQ(disk.syncs(FaultDisk::File::kWal), 1);
  ASSERT_TRUE(file.Sync().ok());
  EXPECT_EQ(disk.syncs(FaultDisk::File::kWal), 1);
  ASSERT_TRUE(file.Write(0, Bytes("abc")).ok());
  ASSERT_TRUE(file.Sync().ok());
  EXPECT_EQ(disk.syncs(FaultDisk::File::kWal), 2);
  ASSERT_TRUE(file.Truncate(1).ok());
  ASSERT_TRUE(file.Sync().ok());
  EXPECT_EQ(disk.syncs(FaultDisk::File::kWal), 3);
  EXPECT_EQ(file.bytes_written(), 3);
}

TEST(TrackedFile, WritesAgainWhatAFailedSyncMayHaveLost) {
  FaultDisk disk;
  TrackedFile file(std::move(disk.Files().wal));
  ASSERT_TRUE(file.Write(0, Bytes("synced")).ok());
  ASSERT_TRUE(file.Sync().ok());
  ASSERT_TRUE(file.Write(6, Bytes(" and not")).ok());
  disk.set_plan([](const FaultDisk::Operation& operation) {
    return operation.kind == FaultDisk::Kind::kSync ? FaultDisk::Fault::kSyncForgets
                                                    : FaultDisk::Fault::kNone;
  });
  EXPECT_EQ(file.Sync().code(), Code::kIo);
  disk.set_plan(nullptr);
  ASSERT_TRUE(file.Sync().ok());
  disk.Restart(FaultDisk::Survival::kNone, 1);
  EXPECT_EQ(ReadText(*disk.Files().wal, 0, 100), "synced and not");
}

TEST(BlockVfs, ServesSqliteFromThreeFiles) {
  FaultDisk disk;
  {
    auto connection = Connection::Open(disk.Files());
    ASSERT_TRUE(connection.ok());
    Connection& sql = **connection;
    ASSERT_TRUE(sql.Execute("PRAGMA journal_mode=WAL; CREATE TABLE t(x)").ok());
    ASSERT_TRUE(sql.Prepare("INSERT INTO t VALUES(?)").Bind(std::string_view("hello")).Run().ok());
    EXPECT_GT(disk.content(FaultDisk::File::kWal).size(), 0U);
    EXPECT_EQ(disk.content(FaultDisk::File::kJournal).size(), 0U);
    ASSERT_TRUE(sql.Close().ok());
  }
  EXPECT_EQ(disk.content(FaultDisk::File::kWal).size(), 0U);
  const std::vector<std::byte>& file = disk.content(FaultDisk::File::kDatabase);
  ASSERT_GE(file.size(), 16U);
  EXPECT_EQ(std::memcmp(file.data(), "SQLite format 3", 16), 0);
  EXPECT_EQ(IntegrityCheck(disk.Files()), "ok");
}

TEST(BlockVfs, DestroyedWithoutCloseLeavesTheWal) {
  FaultDisk disk;
  {
    auto connection = Connection::Open(disk.Files());
    ASSERT_TRUE((*connection)->Execute("PRAGMA journal_mode=WAL; CREATE TABLE t(x)").ok());
    ASSERT_TRUE((*connection)->Execute("INSERT INTO t VALUES(7)").ok());
  }
  EXPECT_GT(disk.content(FaultDisk::File::kWal).size(), 0U);
  auto connection = Connection::Open(disk.Files());
  EXPECT_EQ(*(*connection)->ReadInt("SELECT x FROM t"), 7);
}

TEST(BlockVfs, RollsAHotJournalBack) {
  FaultDisk disk;
  auto first = Connection::Open(disk.Files());
  ASSERT_TRUE((*first)->Execute("CREATE TABLE t(x); INSERT INTO t VALUES(1)").ok());
  // The power fails after the database file was touched, when the journal is needed.
  disk.set_plan([](const FaultDisk::Operation& operation) {
    const bool touches = operation.kind == FaultDisk::Kind::kWrite &&
                         operation.file == FaultDisk::File::kDatabase && operation.offset > 0;
    return touches ? FaultDisk::Fault::kPowerCut : FaultDisk::Fault::kNone;
  });
  EXPECT_EQ((*first)->Execute("UPDATE t SET x = 2").code(), Code::kIo);
  first->reset();
  disk.Restart(FaultDisk::Survival::kAll, 1);
  EXPECT_GT(disk.content(FaultDisk::File::kJournal).size(), 0U);
  auto second = Connection::Open(disk.Files());
  EXPECT_EQ(*(*second)->ReadInt("SELECT x FROM t"), 1);
}

TEST(BlockVfs, CountsTheBytesOfAllFiles) {
  FaultDisk disk;
  std::int64_t seen = 0;
  disk.set_plan([&](const FaultDisk::Operation& operation) {
    if (operation.kind == FaultDisk::Kind::kWrite) {
      seen += static_cast<std::int64_t>(operation.size);
    }
    return FaultDisk::Fault::kNone;
  });
  auto connection = Connection::Open(disk.Files());
  ASSERT_TRUE((*connection)->Execute("CREATE TABLE t(x)").ok());
  ASSERT_TRUE((*connection)->Execute("PRAGMA journal_mode=WAL; INSERT INTO t VALUES(7)").ok());
  EXPECT_GT(seen, 0);
  EXPECT_EQ((*connection)->vfs().bytes_written(), seen);
}

TEST(BlockVfs, TwoDatabasesAtOnce) {
  auto one = Connection::Open(MakeMemoryFiles());
  auto two = Connection::Open(MakeMemoryFiles());
  ASSERT_TRUE((*one)->Execute("CREATE TABLE t(x); INSERT INTO t VALUES(1)").ok());
  ASSERT_TRUE((*two)->Execute("CREATE TABLE t(x); INSERT INTO t VALUES(2)").ok());
  EXPECT_EQ(*(*one)->ReadInt("SELECT x FROM t"), 1);
  one->reset();
  EXPECT_EQ(*(*two)->ReadInt("SELECT x FROM t"), 2);
}

TEST(BlockVfs, TemporaryFilesAreInMemory) {
  auto connection = Connection::Open(MakeMemoryFiles());
  Connection& sql = **connection;
  // A statement journal larger than SQLite keeps in memory by itself, and a rollback to it.
  ASSERT_TRUE(sql.Execute("PRAGMA cache_size=10; CREATE TABLE t(x UNIQUE);"
                          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n LIMIT 5000)"
                          " INSERT INTO t SELECT printf('%0200d', i) FROM n")
                  .ok());
  ASSERT_TRUE(sql.Execute("BEGIN").ok());
  EXPECT_FALSE(
      sql.Execute("UPDATE t SET x = CASE rowid WHEN 4999 THEN 0 ELSE rowid % 4998 END").ok());
  ASSERT_TRUE(sql.Execute("COMMIT").ok());
  EXPECT_EQ(*sql.ReadInt("SELECT count(*) FROM t WHERE length(x) = 200"), 5000);
}

}  // namespace
}  // namespace millrace
