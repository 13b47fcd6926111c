// Finds out what kind of file is to be imported, and checks that nothing in it would be run.

#include "storage/sqlite/imported_file.h"

#include <cstdint>
#include <string>
#include <utility>

#include "storage/sqlite/connection.h"
#include "storage/sqlite/file_header.h"
#include "storage/sqlite/imported_values.h"
#include "storage/sqlite/schema.h"
#include "storage/sqlite/schema_check.h"
#include "storage/vfs/borrowed_file.h"

namespace millrace {
namespace {

// Whether the file was written with a write-ahead log.
Result<bool> CheckHeader(BlockFile& file) {
  const Result<FileHeader> header = ReadFileHeader(file);
  if (!header.ok()) return AboutImportedFile(header.status());
  if (!header->is_sqlite) return InvalidArgument("the file to import is no SQLite database");
  if (header->utf16) {
    return InvalidArgument(
        "the file to import stores its text in UTF-16, which is not read: write it again in UTF-8 "
        "with sqlite3 FILE .dump | sqlite3 NEW");
  }
  return header->write_ahead_log;
}

// Checks Crush's two tables. The schema was checked before, so asking about a table runs nothing.
Status CheckCrushTables(Connection& connection) {
  if (Status status = CheckForeignSchema(connection); !status.ok())
    return AboutImportedFile(status);
  const Result<std::int64_t> tables = connection.ReadInt(
      "SELECT count(*) FROM pragma_table_list() WHERE schema = 'main' AND type = 'table' AND NOT wr"
      " AND name IN ('sessions', 'messages')");
  if (!tables.ok()) return AboutImportedFile(tables.status());
  if (*tables == 2) return Status::Ok();
  return InvalidArgument(
      "the file to import is a SQLite database, but neither of Millrace nor of Crush");
}

// The version of a file of Millrace; 0 for another one. kNewerSchema. kInvalidArgument: the file
// has our mark but another schema.
Result<std::int64_t> MillraceSchema(Connection& connection) {
  const Result<std::int64_t> application = connection.ReadInt("PRAGMA application_id");
  if (!application.ok()) return AboutImportedFile(application.status());
  if (*application != kApplicationId) return std::int64_t{0};
  const Result<std::int64_t> version = connection.ReadInt("PRAGMA user_version");
  if (!version.ok()) return AboutImportedFile(version.status());
  if (*version > kSchemaVersion) {
    return Status(Code::kNewerSchema,
                  "the file to import was written by a newer version of Millrace (its schema is " +
                      std::to_string(*version) + ", this version knows up to " +
                      std::to_string(kSchemaVersion) + "): update the application");
  }
  if (Status status = CheckMillraceSchema(connection, *version); !status.ok()) {
    return AboutImportedFile(status);
  }
  return *version;
}

Result<ImportedFile> Check(std::unique_ptr<Connection> connection) {
  Result<ReadGuard> guard = ReadGuard::Start(*connection);
  if (!guard.ok()) return AboutImportedFile(guard.status());
  const Result<std::int64_t> schema = MillraceSchema(*connection);
  if (!schema.ok()) return schema.status();
  if (*schema == 0) {
    if (Status status = CheckCrushTables(*connection); !status.ok()) return status;
  }
  guard->AllowRows();
  return ImportedFile{{std::move(connection), *std::move(guard)}, *schema};
}

}  // namespace

Status NameTheLog(const Status& status, bool write_ahead_log) {
  const bool incomplete =
      status.code() == Code::kInvalidArgument || status.code() == Code::kCorrupt;
  if (!write_ahead_log || !incomplete) return status;
  return {
      status.code(),
      status.message() +
          "; it was written with a write-ahead log, the file beside it whose name ends in "
          "\"-wal\", and that is missing here: close the program that writes it, or move the log "
          "into the file with sqlite3 FILE 'PRAGMA wal_checkpoint(TRUNCATE)', and import it again"};
}

Result<ImportedFile> OpenImportedFile(std::shared_ptr<BlockFile> file) {
  const Result<bool> write_ahead_log = CheckHeader(*file);
  if (!write_ahead_log.ok()) return write_ahead_log.status();
  Result<std::unique_ptr<Connection>> connection =
      Connection::Open({BorrowFile(std::move(file), Access::kReadOnly), MakeMemoryBlockFile(),
                        MakeMemoryBlockFile()});
  if (!connection.ok()) return AboutImportedFile(connection.status());
  Result<ImportedFile> checked = Check(*std::move(connection));
  if (!checked.ok()) return NameTheLog(checked.status(), *write_ahead_log);
  checked->write_ahead_log = *write_ahead_log;
  return checked;
}

}  // namespace millrace
