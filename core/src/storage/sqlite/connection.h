#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "millrace/base/status.h"
#include "millrace/storage/block_file.h"
#include "storage/sqlite/statement.h"
#include "storage/sqlite/work_meter.h"
#include "storage/vfs/block_vfs.h"

namespace millrace {

// A SQLite connection, the VFS under it and its prepared statements.
//
// Destroying it leaves the files as they are, as if the process had died: what was committed is in
// the WAL and found at the next opening. Only Close writes.
class Connection {
 public:
  // Opens the files with exclusive locking and reads nothing yet. kInternal.
  static Result<std::unique_ptr<Connection>> Open(DatabaseFiles files);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Runs statements without parameters (DDL, pragmas), once.
  Status Execute(const std::string& sql);
  // An execution of a statement that is prepared at its first use and kept. `sql` comes from a
  // bounded set of texts; values are bound, never part of the text.
  Query Prepare(std::string_view sql);
  // The single integer that `sql`, a query of one row and one column, answers.
  Result<std::int64_t> ReadInt(std::string_view sql);

  // Rows that the last statement changed.
  std::int64_t changes() const { return sqlite3_changes64(db_); }
  std::int64_t last_row_id() const { return sqlite3_last_insert_rowid(db_); }
  // Extended result code of the last call that failed.
  int last_code() const { return sqlite3_extended_errcode(db_); }
  bool in_transaction() const { return sqlite3_get_autocommit(db_) == 0; }

  // The status for a code of SQLite's that the last call returned, with its message and the host's.
  Status Error(int code);

  BlockVfs& vfs() { return *vfs_; }
  sqlite3* handle() { return db_; }
  WorkMeter& meter() { return meter_; }

  // FTS5's interface, owned by SQLite; nullptr: SQLite was built without it.
  fts5_api* SearchApi();
  // Makes `target`, an empty database of its own, a copy of what is committed here.
  Status CopyInto(Connection& target);

  // Copies the WAL into the database file, empties it, and closes. The database file stands alone
  // then. When it fails nothing is lost: the WAL keeps what could not be copied.
  Status Close();

 private:
  explicit Connection(std::unique_ptr<BlockVfs> vfs) : vfs_(std::move(vfs)), meter_(*vfs_) {}

  std::unique_ptr<BlockVfs> vfs_;  // outlives db_, as meter_ does
  WorkMeter meter_;
  sqlite3* db_ = nullptr;
  std::map<std::string, StatementHandle, std::less<>> statements_;
};

// A write transaction: rolled back at the end of its life unless Commit returned OK.
class Transaction {
 public:
  explicit Transaction(Connection& connection) : connection_(connection) {}
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  Status Begin();
  // ENSURES: on an error nothing of the transaction stays.
  Status Commit();

 private:
  Connection& connection_;
};

}  // namespace millrace
