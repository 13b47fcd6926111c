// Files that are made to harm their reader (contract S8). Each is refused with a typed error before
// anything in it was run, or taken without running it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "millrace/storage/sqlite_storage.h"
#include "storage/fixtures/crush_database.h"
#include "storage/fixtures/store_v1.h"
#include "storage/fixtures/store_v2.h"
#include "storage/fixtures/store_v3.h"
#include "storage/fixtures/store_v4.h"
#include "storage/raw_database.h"
#include "storage/sqlite/schema.h"
#include "storage/test_data.h"
#include "storage/vfs/borrowed_file.h"

namespace millrace {
namespace {

using testing::HasSubstr;

// Wherever it is evaluated, it makes 900 MB of spaces.
constexpr std::string_view kBomb = "printf('%*s', 900000000, '')";
// Tables like Crush's, to add to.
constexpr std::string_view kTables =
    "CREATE TABLE sessions(id TEXT PRIMARY KEY);"
    "CREATE TABLE messages(id TEXT PRIMARY KEY, session_id TEXT, role TEXT, parts TEXT);"
    "INSERT INTO sessions VALUES('s'); INSERT INTO messages VALUES('m', 's', 'user', '[]');";

std::string Cat(std::initializer_list<std::string_view> pieces) {
  std::string text;
  for (const std::string_view piece : pieces) text += piece;
  return text;
}

DatabaseFiles Alone(const std::shared_ptr<BlockFile>& file) {
  return {BorrowFile(file, Access::kReadWrite), MakeMemoryBlockFile(), MakeMemoryBlockFile()};
}

Result<ImportCounts> Import(const std::shared_ptr<BlockFile>& file) {
  auto storage = OpenSqliteStorage(MakeMemoryFiles());
  auto source = OpenImportSource(file, 1'700'000'000'000);
  if (!source.ok()) return source.status();
  auto added = std::make_shared<ImportCounts>();
  const Status status = Commit(**storage, {ImportContent{*std::move(source), 1, added}});
  if (!status.ok()) return status;
  return *added;
}

Status Refusal(const std::string& sql) { return Import(RawDatabase(sql)).status(); }

TEST(HostileFile, S8_ACheckOfTwentyThousandTerms) {
  std::string check = "1";
  for (int i = 0; i < 20'000; ++i) check += "+1";
  const Status refused = Refusal(
      Cat({kTables,
           "PRAGMA writable_schema=ON; UPDATE sqlite_schema SET sql = 'CREATE TABLE messages(id"
           " TEXT PRIMARY KEY, session_id TEXT, role TEXT, parts TEXT CHECK(",
           check, "))' WHERE name = 'messages';"}));
  EXPECT_EQ(refused.code(), Code::kCorrupt) << refused.message();
}

TEST(HostileFile, S8_AGeneratedColumn) {
  for (const std::string_view kind : {"VIRTUAL", "STORED"}) {
    const Status refused = Refusal(
        Cat({"CREATE TABLE sessions(id TEXT PRIMARY KEY);"
             "CREATE TABLE messages(id TEXT PRIMARY KEY, session_id TEXT, role TEXT, parts TEXT"
             " AS (CASE WHEN id = 'm' THEN '' ELSE ",
             kBomb, " END) ", kind, ");"}));
    EXPECT_EQ(refused.code(), Code::kInvalidArgument);
    EXPECT_THAT(refused.message(), HasSubstr("generated")) << kind;
  }
}

TEST(HostileFile, S8_IndexesThatWouldBeEvaluated) {
  EXPECT_THAT(Refusal(Cat({kTables, "CREATE INDEX i ON messages(length(", "id", "));"})).message(),
              HasSubstr("index \"i\""));
  EXPECT_THAT(Refusal(Cat({kTables, "CREATE INDEX i ON messages(id) WHERE id <> 'm' AND length(",
                           kBomb, ") > 1;"}))
                  .message(),
              HasSubstr("index \"i\""));
}

TEST(HostileFile, S8_ViewsAndVirtualTables) {
  EXPECT_THAT(Refusal("CREATE TABLE sessions(id); CREATE VIEW messages AS WITH RECURSIVE n(x) AS"
                      " (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x AS id FROM n;")
                  .message(),
              HasSubstr("view \"messages\""));
  EXPECT_THAT(Refusal(Cat({kTables, "CREATE VIRTUAL TABLE words USING fts5(a);"})).message(),
              HasSubstr("\"words\""));
}

// The file has them, and they do nothing, because a file that is read is not written.
TEST(HostileFile, S8_TriggersChecksAndDefaultsAreTakenAndNotRun) {
  const auto added = Import(RawDatabase(
      Cat({"CREATE TABLE sessions(id TEXT PRIMARY KEY);"
           "CREATE TABLE messages(id TEXT PRIMARY KEY, session_id TEXT, role TEXT, parts TEXT"
           " DEFAULT (",
           kBomb, ") CHECK(id = 'm' OR length(", kBomb,
           ") = 1));"
           "INSERT INTO sessions VALUES('s'); INSERT INTO messages VALUES('m', 's', 'user', '[]');"
           "PRAGMA ignore_check_constraints=ON;"
           "INSERT INTO messages VALUES('n', 's', 'user', '[]');"
           "CREATE TRIGGER t AFTER INSERT ON messages BEGIN SELECT ",
           kBomb, "; END;"})));
  ASSERT_TRUE(added.ok()) << added.status().message();
  EXPECT_EQ(*added, (ImportCounts{1, 2}));
}

// SQLite reads this table by itself as soon as it reads the schema.
TEST(HostileFile, S8_StatisticsThatWouldBeEvaluated) {
  const Status refused =
      Refusal(Cat({kTables,
                   "ANALYZE; PRAGMA writable_schema=ON; UPDATE sqlite_schema SET sql ="
                   " 'CREATE TABLE sqlite_stat1(tbl, idx, stat AS (replace(hex(zeroblob(9999999)),"
                   " ''0'', ''00000000''))) ' WHERE name = 'sqlite_stat1';"}));
  EXPECT_THAT(refused.message(), HasSubstr("generated"));
  EXPECT_TRUE(Import(RawDatabase(Cat({kTables, "ANALYZE;"}))).ok());
}

TEST(HostileFile, S8_AColumnThatHidesTheOrderOfTheRows) {
  EXPECT_THAT(Refusal("CREATE TABLE sessions(id TEXT PRIMARY KEY);"
                      "CREATE TABLE messages(id, session_id, role, parts, RowId);"
                      "INSERT INTO messages VALUES('m', 's', 'user', '[]', 'text');")
                  .message(),
              HasSubstr("neither of Millrace nor of Crush"));
}

TEST(HostileFile, S8_OurMarkOnAnotherSchema) {
  const std::string mark =
      "PRAGMA application_id=" + std::to_string(kApplicationId) + "; PRAGMA user_version=4;";
  for (const std::string& sql :
       {Cat({kTables, "CREATE TABLE deltas(id);", mark}), mark + "CREATE TABLE recipes(id);",
        Cat({kStoreV1, "DROP TABLE deltas;"}), Cat({kStoreV1, "PRAGMA user_version=4;"}),
        Cat({kStoreV1, "CREATE TRIGGER t AFTER INSERT ON messages BEGIN SELECT 1; END;"}),
        Cat({kStoreV1, "CREATE INDEX mine ON messages(created_at) WHERE length(parts) > 1;"})}) {
    const Status refused = Refusal(sql);
    EXPECT_EQ(refused.code(), Code::kInvalidArgument) << sql;
    EXPECT_THAT(refused.message(), HasSubstr("mark")) << sql;
    const std::shared_ptr<BlockFile> file = RawDatabase(sql);
    const auto opened = OpenSqliteStorage(Alone(file));
    EXPECT_EQ(opened.status().code(), Code::kCorrupt) << sql;
  }
}

TEST(HostileFile, S8_StoresOfEveryVersionAndTheirRawCopiesAreTaken) {
  for (const std::string& sql :
       {std::string(kStoreV1), std::string(kStoreV1) + kStoreV1ToV2,
        std::string(kStoreV1) + kStoreV1ToV2 + kStoreV2ToV3,
        std::string(kStoreV1) + kStoreV1ToV2 + kStoreV2ToV3 + kStoreV3ToV4}) {
    const auto added = Import(RawDatabase(sql));
    ASSERT_TRUE(added.ok()) << added.status().message();
    EXPECT_EQ(*added, (ImportCounts{2, 4}));
    // The file of a store as it is on disk, with its index.
    const std::shared_ptr<BlockFile> raw = RawDatabase(sql);
    {
      auto store = OpenSqliteStorage(Alone(raw));
      ASSERT_TRUE(store.ok()) << store.status().message();
      ASSERT_TRUE((*store)->Close().ok());
    }
    EXPECT_EQ(*Import(raw), (ImportCounts{2, 4}));
  }
}

}  // namespace
}  // namespace millrace
