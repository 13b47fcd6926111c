#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>

#include "millrace/base/status.h"
#include "millrace/storage/block_file.h"
#include "storage/vfs/tracked_file.h"

namespace millrace {

// A SQLite VFS of exactly three files, over BlockFiles:
//
//   millrace.db           the database          SQLITE_OPEN_MAIN_DB
//   millrace.db-wal       its write-ahead log   SQLITE_OPEN_WAL
//   millrace.db-journal   the rollback journal  SQLITE_OPEN_MAIN_JOURNAL (only while it is created)
//
// and temporary files in memory. All three always exist; an empty one is what SQLite takes for a
// missing one, so deleting is truncating to 0.
//
// Locks do nothing: the host guarantees that one connection owns the files. There is no shared
// memory, so WAL needs locking_mode=EXCLUSIVE.
//
// Registered with SQLite under a name of its own from creation to destruction. Lifetime: outlives
// the connection opened through it. Confined to one thread, as all of the core.
class BlockVfs {
 public:
  static constexpr const char* kDatabaseName = "millrace.db";

  // kInternal: SQLite could not be initialised.
  static Result<std::unique_ptr<BlockVfs>> Register(DatabaseFiles files);
  ~BlockVfs();
  BlockVfs(const BlockVfs&) = delete;
  BlockVfs& operator=(const BlockVfs&) = delete;

  // For sqlite3_open_v2.
  const char* name() const { return name_.c_str(); }
  // What the host said about the last operation of it that failed, and forgets it. SQLite's own
  // codes do not carry it.
  Status TakeHostError();

  TrackedFile& database() { return database_; }
  TrackedFile& wal() { return wal_; }
  // Over the three files.
  std::int64_t bytes_written() const;

 private:
  struct OpenFile;
  struct Methods;  // the callbacks, block_vfs.cc

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
