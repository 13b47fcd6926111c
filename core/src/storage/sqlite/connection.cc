#include "storage/sqlite/connection.h"

#include <array>
#include <cstdint>
#include <utility>

namespace millrace {
namespace {

struct Meaning {
  Code code;
  const char* advice;
};

Meaning MeaningOf(int sqlite_code) {
  switch (sqlite_code & 0xff) {
    case SQLITE_FULL:
      return {Code::kQuotaExceeded, "no room for the store: free space or delete sessions"};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {Code::kCorrupt,
              "the store's file is damaged; it is kept as it is: copy it out to repair it, or "
              "delete the store to start anew"};
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
      return {Code::kIo, "the store's file could not be read or written"};
    case SQLITE_TOOBIG:
      return {Code::kInvalidArgument,
              "a message, or a row of the file, is larger than can be kept"};
    case SQLITE_NOMEM:
      return {Code::kInvalidArgument, "this takes more memory than the store may use"};
    case SQLITE_INTERRUPT:
      return {Code::kCorrupt,
              "reading the file takes more work than a sound file of its size could need"};
    case SQLITE_AUTH:
      return {Code::kInvalidArgument, "the file would have to run something of its own to be read"};
    default:
      return {Code::kInternal, "the store failed"};
  }
}

// The limit for all connections together. A page's module has 2 GiB. If SQLite reaches its own
// limit, it returns an error; if the module runs out of memory, the module ends.
constexpr std::int64_t kLargestMemory = std::int64_t{1} << 30;

struct Limit {
  int id;
  int value;
};

// Wide enough for our own statements and for the schema of any store. Too narrow for a hostile
// schema that wants deep recursion or endless compilation.
constexpr std::array<Limit, 11> kLimits = {{
    {SQLITE_LIMIT_SQL_LENGTH, 64 << 10},
    {SQLITE_LIMIT_COLUMN, 100},
    {SQLITE_LIMIT_EXPR_DEPTH, 50},
    {SQLITE_LIMIT_PARSER_DEPTH, 100},
    {SQLITE_LIMIT_COMPOUND_SELECT, 10},
    {SQLITE_LIMIT_VDBE_OP, 25'000},
    {SQLITE_LIMIT_FUNCTION_ARG, 20},
    {SQLITE_LIMIT_ATTACHED, 0},
    {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 100},
    {SQLITE_LIMIT_VARIABLE_NUMBER, 100},
    {SQLITE_LIMIT_TRIGGER_DEPTH, 10},
}};

// No file may run anything of its own: no trigger, no view, and no function with side effects that
// its schema names.
void Confine(sqlite3* db) {
  sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
  for (const Limit& limit : kLimits) sqlite3_limit(db, limit.id, limit.value);
  sqlite3_hard_heap_limit64(kLargestMemory);
}

}  // namespace

Result<std::unique_ptr<Connection>> Connection::Open(DatabaseFiles files) {
  Result<std::unique_ptr<BlockVfs>> vfs = BlockVfs::Register(std::move(files));
  if (!vfs.ok()) return vfs.status();
  std::unique_ptr<Connection> connection(new Connection(*std::move(vfs)));
  const int code = sqlite3_open_v2(
      BlockVfs::kDatabaseName, &connection->db_,
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_EXRESCODE, connection->vfs_->name());
  if (code != SQLITE_OK) return connection->Error(code);
  sqlite3* db = connection->db_;
  sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  Confine(db);
  // Without this, SQLite plans with the value of a LIMIT. Then each new value of the parameter
  // makes it compile the cached statement again.
  sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_QPSG, 1, nullptr);
  connection->meter_.Watch(db);
  // This must come before the first read: only so can a file in WAL mode be read without shared
  // memory.
  if (Status status = connection->Execute("PRAGMA locking_mode=EXCLUSIVE"); !status.ok()) {
    return status;
  }
  return connection;
}

Connection::~Connection() {
  statements_.clear();
  sqlite3_close(db_);
}

Status Connection::Execute(const std::string& sql) {
  meter_.StatementBegins();
  const int code = sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr);
  return code == SQLITE_OK ? Status::Ok() : Error(code);
}

Query Connection::Prepare(std::string_view sql) {
  meter_.StatementBegins();
  auto found = statements_.find(sql);
  if (found == statements_.end()) {
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v3(db_, sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (code != SQLITE_OK) return {*this, nullptr, Error(code)};
    found = statements_.emplace(std::string(sql), StatementHandle(statement)).first;
  }
  return {*this, found->second.get(), Status::Ok()};
}

Result<std::int64_t> Connection::ReadInt(std::string_view sql) {
  Query query = Prepare(sql);
  Result<bool> row = query.Next();
  if (!row.ok()) return row.status();
  if (!*row) return Internal("no answer to " + std::string(sql));
  return query.Int(0);
}

Status Connection::Error(int code) {
  const Meaning meaning = MeaningOf(code);
  std::string message = meaning.advice;
  message.append(" (SQLite: ").append(sqlite3_errmsg(db_));
  const Status host = vfs_->TakeHostError();
  if (!host.ok()) message.append("; ").append(host.message());
  message.append(")");
  return {meaning.code, std::move(message)};
}

fts5_api* Connection::SearchApi() {
  fts5_api* api = nullptr;
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(db_, "SELECT fts5(?)", -1, &statement, nullptr) == SQLITE_OK) {
    sqlite3_bind_pointer(statement, 1, static_cast<void*>(&api), "fts5_api_ptr", nullptr);
    sqlite3_step(statement);
  }
  sqlite3_finalize(statement);
  return api;
}

Status Connection::CopyInto(Connection& target) {
  sqlite3_backup* backup = sqlite3_backup_init(target.db_, "main", db_, "main");
  if (backup == nullptr) return target.Error(sqlite3_errcode(target.db_));
  sqlite3_backup_step(backup, -1);
  const int code = sqlite3_backup_finish(backup);
  return code == SQLITE_OK ? Status::Ok() : target.Error(code);
}

Status Connection::Close() {
  Status status = Execute("PRAGMA wal_checkpoint(TRUNCATE)");
  statements_.clear();
  const int code = sqlite3_close(db_);
  if (code != SQLITE_OK && status.ok()) status = Error(code);
  if (code == SQLITE_OK) db_ = nullptr;
  return status;
}

Transaction::~Transaction() {
  // An error may have rolled it back already. The result of ROLLBACK does not matter, because the
  // statement that failed has been reported.
  if (connection_.in_transaction()) (void)connection_.Prepare("ROLLBACK").Run();
}

Status Transaction::Begin() { return connection_.Prepare("BEGIN IMMEDIATE").Run(); }

Status Transaction::Commit() { return connection_.Prepare("COMMIT").Run(); }

ReadTransaction::ReadTransaction(Connection& connection)
    : connection_(connection),
      begun_(!connection.in_transaction() && connection.Prepare("BEGIN").Run().ok()) {}

ReadTransaction::~ReadTransaction() {
  // Nothing was written, so nothing can be lost if this fails.
  if (begun_ && connection_.in_transaction()) (void)connection_.Prepare("COMMIT").Run();
}

}  // namespace millrace
