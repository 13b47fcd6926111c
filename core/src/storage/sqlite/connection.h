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
// Destroying it leaves the files as they are, as if the process had died: committed changes are in
// the WAL, and the next opening finds them there. Only Close writes.
class Connection {
 public:
  // Opens the files with exclusive locking; does not read yet. kInternal.
  static Result<std::unique_ptr<Connection>> Open(DatabaseFiles files);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Runs statements without parameters (DDL, pragmas), once.
  Status Execute(const std::string& sql);
  // Executes a statement that is prepared at its first use and kept. `sql` must come from a bounded
  // set of texts; values are bound and never part of the text.
  Query Prepare(std::string_view sql);
  // Runs `sql`, a query with one row and one column, and returns its integer.
  Result<std::int64_t> ReadInt(std::string_view sql);

  // The number of rows that the last statement changed.
  std::int64_t changes() const { return sqlite3_changes64(db_); }
  std::int64_t last_row_id() const { return sqlite3_last_insert_rowid(db_); }
  // The extended result code of the last call that failed.
  int last_code() const { return sqlite3_extended_errcode(db_); }
  bool in_transaction() const { return sqlite3_get_autocommit(db_) == 0; }

  // The status for a SQLite code that the last call returned, with SQLite's message and the host's.
  Status Error(int code);

  BlockVfs& vfs() { return *vfs_; }
  sqlite3* handle() { return db_; }
  WorkMeter& meter() { return meter_; }

  // FTS5's interface, owned by SQLite; nullptr if SQLite was built without FTS5.
  fts5_api* SearchApi();
  // Makes `target`, an empty database, a copy of what is committed here.
  Status CopyInto(Connection& target);

  // Copies the WAL into the database file, empties it, and closes. Afterwards the database file is
  // complete by itself. If it fails nothing is lost: the WAL keeps what could not be copied.
  Status Close();

 private:
  explicit Connection(std::unique_ptr<BlockVfs> vfs) : vfs_(std::move(vfs)), meter_(*vfs_) {}

  std::unique_ptr<BlockVfs> vfs_;  // both must outlive db_, as meter_ must
  WorkMeter meter_;
  sqlite3* db_ = nullptr;
  std::map<std::string, StatementHandle, std::less<>> statements_;
};

// A write transaction. Its destructor rolls it back unless Commit returned OK.
class Transaction {
 public:
  explicit Transaction(Connection& connection) : connection_(connection) {}
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  Status Begin();
  // ENSURES: on an error nothing of the transaction remains.
  Status Commit();

 private:
  Connection& connection_;
};

// A read transaction around several statements: they see the same state, and none of them pays for
// a transaction of its own. Does nothing inside another transaction. Its destructor ends it.
//
// If it cannot begin, the statements report why: each then begins its own.
class ReadTransaction {
 public:
  explicit ReadTransaction(Connection& connection);
  ~ReadTransaction();
  ReadTransaction(const ReadTransaction&) = delete;
  ReadTransaction& operator=(const ReadTransaction&) = delete;

 private:
  Connection& connection_;
  bool begun_;
};

}  // namespace millrace
