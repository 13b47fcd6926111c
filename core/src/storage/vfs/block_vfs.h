#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>

#include "millrace/base/status.h"
#include "millrace/storage/block_file.h"
#include "storage/vfs/tracked_file.h"

namespace millrace {

// A SQLite VFS with exactly three files, which are BlockFiles:
//
//   millrace.db           the database          SQLITE_OPEN_MAIN_DB
//   millrace.db-wal       its write-ahead log   SQLITE_OPEN_WAL
//   millrace.db-journal   the rollback journal  SQLITE_OPEN_MAIN_JOURNAL (only while it is created)
//
// Temporary files are in memory. All three files always exist. SQLite treats an empty file as
// missing, so deleting a file means truncating it to 0.
//
// Locks do nothing: the host guarantees that one connection owns the files. There is no shared
// memory, so WAL needs locking_mode=EXCLUSIVE.
//
// It is registered with SQLite under its own name from creation to destruction. It must outlive the
// connection opened through it. Confined to one thread, like the whole core.
class BlockVfs {
 public:
  static constexpr const char* kDatabaseName = "millrace.db";

  // kInternal: SQLite could not be initialised.
  static Result<std::unique_ptr<BlockVfs>> Register(DatabaseFiles files);
  ~BlockVfs();
  BlockVfs(const BlockVfs&) = delete;
  BlockVfs& operator=(const BlockVfs&) = delete;

  // The name for sqlite3_open_v2.
  const char* name() const { return name_.c_str(); }
  // The host's status of its last failed operation; forgets it. SQLite's own codes do not carry it.
  Status TakeHostError();

  TrackedFile& database() { return database_; }
  TrackedFile& wal() { return wal_; }
  // Counts all three files.
  std::int64_t bytes_written() const;

 private:
  struct OpenFile;
  struct Methods;  // the callbacks, in block_vfs.cc

  explicit BlockVfs(DatabaseFiles files);
  TrackedFile& FileNamed(const char* path);

  std::string name_;
  TrackedFile database_;
  TrackedFile wal_;
  TrackedFile journal_;
  Status host_error_;
  sqlite3_vfs vfs_{};
};

}  // namespace millrace
