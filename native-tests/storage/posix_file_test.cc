// A file written through a BlockFile of the operating system is a plain SQLite file.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <string>

#include "millrace/storage/sqlite_storage.h"
#include "storage/test_data.h"
#include "support/posix_block_file.h"

namespace millrace {
namespace {

// What the program prints, and its exit code at the end if that is not 0.
std::string RunProgram(const std::string& command) {
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return "(could not be started)";
  std::string output;
  char buffer[256];
  while (std::fgets(buffer, sizeof(buffer), pipe) != nullptr) output += buffer;
  const int code = pclose(pipe);
  if (code != 0) output += "exit code " + std::to_string(code);
  return output;
}

class PosixFile : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "millrace-XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    path_ = (folder_ / "store.db").string();
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<Storage> Open() {
    auto files = OpenPosixFiles(path_);
    EXPECT_TRUE(files.ok());
    auto storage = OpenSqliteStorage(*std::move(files));
    EXPECT_TRUE(storage.ok());
    return *std::move(storage);
  }

  std::filesystem::path folder_;
  std::string path_;
};

TEST_F(PosixFile, S7_OpensInTheSqliteProgramAndChecksOk) {
  auto storage = Open();
  Message message = MakeMessage(1, "");
  ASSERT_TRUE(Commit(*storage, {Put(MakeSession("s")), Put(message)}, Durability::kPower).ok());
  for (int i = 0; i < 500; ++i) ASSERT_TRUE(Commit(*storage, {Grow(message, "some text ")}).ok());
  ASSERT_TRUE(
      Commit(*storage, {Put(Finished(message)), Put(MakeMessage(2, "open"))}, Durability::kPower)
          .ok());
  ASSERT_TRUE(storage->Close().ok());
  storage.reset();
  EXPECT_EQ(std::filesystem::file_size(path_ + "-wal"), 0U);
  // The file alone, as when a person copies it.
  const std::string copy = (folder_ / "copy.db").string();
  std::filesystem::copy_file(path_, copy);
  EXPECT_EQ(RunProgram("sqlite3 " + copy + " 'PRAGMA integrity_check'"), "ok\n");
  EXPECT_EQ(RunProgram("sqlite3 " + copy + " 'SELECT id, json_array_length(parts) FROM messages'"),
            "m1|2\nm2|1\n");
}

TEST_F(PosixFile, S7_AnExportOpensInTheSqliteProgramAndChecksOk) {
  auto storage = Open();
  Message open = MakeMessage(2, "");
  ASSERT_TRUE(
      Commit(*storage, {Put(MakeSession("s")), Put(Finished(MakeMessage(1, "x"))), Put(open)})
          .ok());
  ASSERT_TRUE(Commit(*storage, {Grow(open, "under way")}).ok());
  const std::string path = (folder_ / "export.db").string();
  auto into = OpenPosixBlockFile(path);
  ASSERT_TRUE(into.ok());
  const auto size = storage->committed().Export(*std::move(into));
  ASSERT_TRUE(size.ok()) << size.status().message();
  EXPECT_EQ(std::filesystem::file_size(path), *size);
  EXPECT_EQ(RunProgram("sqlite3 " + path + " 'PRAGMA journal_mode; PRAGMA integrity_check'"),
            "delete\nok\n");
  EXPECT_EQ(RunProgram("sqlite3 " + path + " 'SELECT count(*) FROM messages, deltas'"), "2\n");
}

TEST_F(PosixFile, S4_SurvivesTheDeathOfTheProcess) {
  auto storage = Open();
  Message message = MakeMessage(1, "");
  ASSERT_TRUE(Commit(*storage, {Put(MakeSession("s")), Put(message)}).ok());
  ASSERT_TRUE(Commit(*storage, {Grow(message, "a window")}).ok());
  storage.reset();  // without Close, as after the death of a process
  EXPECT_GT(std::filesystem::file_size(path_ + "-wal"), 0U);
  EXPECT_EQ(**Open()->committed().ReadMessage(message.id), message);
  EXPECT_EQ(RunProgram("sqlite3 " + path_ + " 'PRAGMA integrity_check'"), "ok\n");
}

}  // namespace
}  // namespace millrace
