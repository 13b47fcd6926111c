// Finds out what kind of file is to be imported, and checks that it is sound.

#include "millrace/storage/import_source.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "storage/sqlite/connection.h"
#include "storage/sqlite/crush_source.h"
#include "storage/sqlite/imported_values.h"
#include "storage/sqlite/millrace_source.h"
#include "storage/sqlite/read_guard.h"
#include "storage/sqlite/schema.h"
#include "storage/sqlite/schema_check.h"
#include "storage/vfs/borrowed_file.h"

namespace millrace {
namespace {

constexpr std::string_view kMagic("SQLite format 3\0", 16);

// What the header of a SQLite file says.
struct Header {
  // The file was written with a write-ahead log. Its newest content may be in that log, beside the
  // file.
  bool write_ahead_log = false;
};

Result<Header> ReadHeader(BlockFile& file) {
  constexpr std::size_t kHeaderSize = 100;
  constexpr std::size_t kReadVersion = 19;  // 1: a rollback journal, 2: a write-ahead log
  std::array<std::byte, kHeaderSize> bytes{};
  const Result<std::size_t> got = file.Read(0, bytes);
  if (!got.ok()) return AboutImportedFile(got.status());
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), *got);
  if (!text.starts_with(kMagic)) {
    return InvalidArgument("the file to import is no SQLite database");
  }
  return Header{bytes[kReadVersion] == std::byte{2}};
}

// Checks the pages, rows and indexes of a table that is read. Not of the whole file: other tables
// do not matter, and SQLite would run virtual ones.
Status Verify(Connection& connection, std::string_view pragma) {
  Query check = connection.Prepare(pragma);
  const Result<bool> row = check.Next();
  if (!row.ok()) return AboutImportedFile(row.status());
  if (*row && check.Text(0) == "ok") return Status::Ok();
  return AboutImportedFile(Status(Code::kCorrupt, check.String(0)));
}

// `schema`: the version of a file of Millrace; 0 for another one.
Status CheckIntegrity(Connection& connection, std::int64_t schema) {
  Status status = Verify(connection, "PRAGMA integrity_check(sessions)");
  if (status.ok()) status = Verify(connection, "PRAGMA integrity_check(messages)");
  if (status.ok() && schema > 0) {
    status = Verify(connection, "PRAGMA integrity_check(deltas)");
  }
  if (schema >= kSchemaWithTree) {
    if (status.ok()) status = Verify(connection, "PRAGMA integrity_check(parents)");
    if (status.ok()) status = Verify(connection, "PRAGMA integrity_check(message_notes)");
  }
  return status;
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

// The missing content may be in the write-ahead log.
Status NameTheLog(const Status& status, const Header& header) {
  const bool incomplete =
      status.code() == Code::kInvalidArgument || status.code() == Code::kCorrupt;
  if (!header.write_ahead_log || !incomplete) return status;
  return {
      status.code(),
      status.message() +
          "; it was written with a write-ahead log, the file beside it whose name ends in "
          "\"-wal\", and that is missing here: close the program that writes it, or move the log "
          "into the file with sqlite3 FILE 'PRAGMA wal_checkpoint(TRUNCATE)', and import it again"};
}

Result<std::unique_ptr<ImportSource>> OpenChecked(std::unique_ptr<Connection> connection,
                                                  TimeMs now) {
  Result<ReadGuard> guard = ReadGuard::Start(*connection);
  if (!guard.ok()) return AboutImportedFile(guard.status());
  const Result<std::int64_t> schema = MillraceSchema(*connection);
  if (!schema.ok()) return schema.status();
  if (*schema == 0) {
    if (Status status = CheckCrushTables(*connection); !status.ok()) return status;
  }
  guard->AllowRows();
  if (Status status = CheckIntegrity(*connection, *schema); !status.ok()) return status;
  GuardedConnection source{std::move(connection), *std::move(guard)};
  return *schema > 0 ? OpenMillraceSource(std::move(source), *schema, now)
                     : OpenCrushSource(std::move(source), now);
}

}  // namespace

Result<std::unique_ptr<ImportSource>> OpenImportSource(std::shared_ptr<BlockFile> file,
                                                       TimeMs now) {
  const Result<Header> header = ReadHeader(*file);
  if (!header.ok()) return header.status();
  Result<std::unique_ptr<Connection>> connection =
      Connection::Open({BorrowFile(std::move(file), Access::kReadOnly), MakeMemoryBlockFile(),
                        MakeMemoryBlockFile()});
  if (!connection.ok()) return AboutImportedFile(connection.status());
  auto source = OpenChecked(*std::move(connection), now);
  if (!source.ok()) return NameTheLog(source.status(), *header);
  return source;
}

}  // namespace millrace
