#include "storage/raw_database.h"

#include <sqlite3.h>

#include <utility>

#include "storage/vfs/block_vfs.h"
#include "storage/vfs/borrowed_file.h"

namespace millrace {

std::shared_ptr<BlockFile> RawDatabase(const std::string& sql) {
  std::shared_ptr<BlockFile> file = MakeMemoryBlockFile();
  RunRaw(file, sql);
  return file;
}

void RunRaw(const std::shared_ptr<BlockFile>& file, const std::string& sql) {
  auto vfs = BlockVfs::Register(
      {BorrowFile(file, Access::kReadWrite), MakeMemoryBlockFile(), MakeMemoryBlockFile()});
  sqlite3* db = nullptr;
  sqlite3_open_v2(BlockVfs::kDatabaseName, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                  (*vfs)->name());
  sqlite3_exec(db, "PRAGMA locking_mode=EXCLUSIVE", nullptr, nullptr, nullptr);
  // Runs one statement at a time, so that a failing one does not stop the rest.
  const char* rest = sql.c_str();
  while (*rest != '\0') {
    sqlite3_stmt* statement = nullptr;
    const char* const begin = rest;
    const int code = sqlite3_prepare_v2(db, begin, -1, &statement, &rest);
    if (code != SQLITE_OK && rest == begin) break;
    while (sqlite3_step(statement) == SQLITE_ROW) {
    }
    sqlite3_finalize(statement);
  }
  sqlite3_exec(db, "PRAGMA wal_checkpoint(TRUNCATE)", nullptr, nullptr, nullptr);
  sqlite3_close(db);
}

}  // namespace millrace
