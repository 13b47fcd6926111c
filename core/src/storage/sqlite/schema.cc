#include "storage/sqlite/schema.h"

#include <cstddef>
#include <string>

#include "storage/sqlite/file_header.h"
#include "storage/sqlite/migrations.h"
#include "storage/sqlite/read_guard.h"
#include "storage/sqlite/schema_check.h"

namespace millrace {
namespace {

// The version of the existing file; 0 for an empty one.
Result<std::int64_t> StoredVersion(Connection& connection) {
  Result<std::int64_t> application = connection.ReadInt("PRAGMA application_id");
  if (!application.ok()) return application.status();
  Result<std::int64_t> version = connection.ReadInt("PRAGMA user_version");
  if (!version.ok()) return version.status();
  Result<std::int64_t> objects = connection.ReadInt("SELECT count(*) FROM sqlite_schema");
  if (!objects.ok()) return objects.status();
  if (*application == 0 && *version == 0 && *objects == 0) return std::int64_t{0};
  if (*application != kApplicationId) {
    return Status(Code::kCorrupt,
                  "the file is a SQLite database, but not one of Millrace; it is kept as it is: "
                  "open the store under another name, or import the file");
  }
  if (*version > kSchemaVersion) {
    return Status(Code::kNewerSchema,
                  "the store was written by a newer version of Millrace (its schema is " +
                      std::to_string(*version) + ", this version knows up to " +
                      std::to_string(kSchemaVersion) +
                      "): update the application; nothing was "
                      "changed");
  }
  if (*version < 1) {
    return Status(Code::kCorrupt,
                  "the store's schema has no version that Millrace gave it: "
                  "the file is kept as it is; open the store under another name");
  }
  const Status plain = CheckMillraceSchema(connection, *version);
  if (plain.code() == Code::kInvalidArgument) {
    return Status(
        Code::kCorrupt,
        "the store's file is kept as it is; open the store under another name: " + plain.message());
  }
  if (!plain.ok()) return plain;
  return *version;
}

// Millrace never makes such files.
Status CheckHeader(Connection& connection) {
  const Result<FileHeader> header = ReadFileHeader(connection.vfs().database());
  if (!header.ok()) return header.status();
  if (!header->is_sqlite || (!header->utf16 && !header->auto_vacuum)) return Status::Ok();
  return {
      Code::kCorrupt,
      "the store's file was written again by another program, in UTF-16 or with auto-vacuum; it "
      "is kept as it is: open the store under another name, and import the file"};
}

// Trusts nothing in the file before its schema was checked.
Result<std::int64_t> GuardedVersion(Connection& connection) {
  if (Status status = CheckHeader(connection); !status.ok()) return status;
  const Result<ReadGuard> guard = ReadGuard::Start(connection);
  if (!guard.ok()) return guard.status();
  return StoredVersion(connection);
}

// All steps are one transaction: the file has its old version or ours.
Status Migrate(Connection& connection, std::int64_t from) {
  if (from == kSchemaVersion) return Status::Ok();
  Transaction transaction(connection);
  if (Status status = transaction.Begin(); !status.ok()) return status;
  for (std::int64_t version = from; version < kSchemaVersion; ++version) {
    const Migration& migration = kMigrations[static_cast<std::size_t>(version)];
    if (Status status = connection.Execute(migration.sql); !status.ok()) return status;
    if (migration.then == nullptr) continue;
    if (Status status = migration.then(connection); !status.ok()) return status;
  }
  const std::string mark = "PRAGMA application_id=" + std::to_string(kApplicationId) +
                           ";PRAGMA user_version=" + std::to_string(kSchemaVersion);
  if (Status status = connection.Execute(mark); !status.ok()) return status;
  return transaction.Commit();
}

// 1000 frames (4 MB) between checkpoints. A checkpoint costs two syncs and a write of each page
// changed since the last one. So its cost is spread over a thousand windows (half a minute of
// streaming), and the WAL index in memory stays small. A WAL that a long message has made larger is
// cut back to 8 MiB, twice the usual size. The cache of 8 MiB holds the inner pages of a store of a
// million messages.
constexpr const char* kSettings =
    "PRAGMA synchronous=NORMAL;"
    "PRAGMA wal_autocheckpoint=1000;"
    "PRAGMA journal_size_limit=8388608;"
    "PRAGMA cache_size=-8192;"
    "PRAGMA foreign_keys=ON";

}  // namespace

Status PrepareDatabase(Connection& connection) {
  const Result<std::int64_t> version = GuardedVersion(connection);
  if (!version.ok()) return version.status();
  if (*version == 0) {
    // A window's delta row is one page. A smaller page would be split too often; a larger one costs
    // its size in every window.
    if (Status status = connection.Execute("PRAGMA page_size=4096"); !status.ok()) return status;
  }
  if (Status status = Migrate(connection, *version); !status.ok()) return status;
  Query wal = connection.Prepare("PRAGMA journal_mode=WAL");
  Result<bool> row = wal.Next();
  if (!row.ok()) return row.status();
  if (!*row || wal.Text(0) != "wal") return Internal("SQLite refused the write-ahead log");
  return connection.Execute(kSettings);
}

}  // namespace millrace
