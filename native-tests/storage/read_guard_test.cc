// What a connection may do, and what it may cost, while its file is unknown (contract S8).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "storage/fixtures/crush_database.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/read_guard.h"

namespace millrace {
namespace {

using testing::HasSubstr;

class GuardedFile : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = Connection::Open(MakeMemoryFiles());
    ASSERT_TRUE(opened.ok());
    connection_ = *std::move(opened);
    ASSERT_TRUE(connection_->Execute(kCrushDatabase).ok());
  }
  Code CodeOf(const std::string& sql) { return connection_->Execute(sql).code(); }

  std::unique_ptr<Connection> connection_;
};

TEST_F(GuardedFile, S8_OnlyTheTablesOfAStoreAreRead) {
  const char* const kForbidden[] = {
      "SELECT id FROM files",
      "SELECT length(title) FROM sessions",
      "DELETE FROM sessions",
      "INSERT INTO sessions(id, title, updated_at, created_at) VALUES('x', '', 0, 0)",
      "CREATE TABLE t(x)",
      "WITH RECURSIVE n(x) AS (SELECT 1 UNION SELECT x FROM n) SELECT x FROM n"};
  {
    const auto guard = ReadGuard::Start(*connection_);
    ASSERT_TRUE(guard.ok());
    for (const char* sql : kForbidden) EXPECT_NE(CodeOf(sql), Code::kOk) << sql;
    EXPECT_EQ(CodeOf("SELECT count(*), min(created_at) FROM messages"), Code::kOk);
    EXPECT_EQ(CodeOf("SELECT sql FROM sqlite_schema"), Code::kOk);
  }
  for (const char* sql : kForbidden) EXPECT_EQ(CodeOf(sql), Code::kOk) << sql;
}

TEST_F(GuardedFile, S8_ARowOfTheSchemaIsShort) {
  const std::string sql = "UPDATE messages SET parts = '[' || printf('%*s', 100000, '') || ']'";
  ASSERT_TRUE(connection_->Execute(sql).ok());
  auto guard = ReadGuard::Start(*connection_);
  EXPECT_EQ(CodeOf("SELECT parts FROM messages"), Code::kInvalidArgument);
  guard->AllowRows();
  EXPECT_EQ(CodeOf("SELECT parts FROM messages"), Code::kOk);
}

TEST_F(GuardedFile, S8_AStatementThatNeverEndsIsStopped) {
  const Status stopped = connection_->Execute(
      "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n");
  EXPECT_EQ(stopped.code(), Code::kCorrupt);
  EXPECT_THAT(stopped.message(), HasSubstr("more work"));
  EXPECT_EQ(CodeOf("SELECT count(*) FROM messages"), Code::kOk) << "the next one is not concerned";
}

TEST_F(GuardedFile, S8_AllStatementsOfAGuardTogetherCountAsOne) {
  const std::string costly =
      "SELECT count(*) FROM messages a, messages b, messages c, messages d, messages e, messages f,"
      " messages g, messages h";
  for (int i = 0; i < 8; ++i) ASSERT_EQ(CodeOf(costly), Code::kOk) << "each by itself may";
  const auto guard = ReadGuard::Start(*connection_);
  Code last = Code::kOk;
  for (int i = 0; i < 8 && last == Code::kOk; ++i) last = CodeOf(costly);
  EXPECT_EQ(last, Code::kCorrupt);
}

}  // namespace
}  // namespace millrace
