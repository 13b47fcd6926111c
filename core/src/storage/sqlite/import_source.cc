// Finds out what a file to import is, and that it is sound.

#include "millrace/storage/import_source.h"

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "storage/sqlite/connection.h"
#include "storage/sqlite/crush_source.h"
#include "storage/sqlite/imported_values.h"
#include "storage/sqlite/millrace_source.h"
#include "storage/sqlite/schema.h"
#include "storage/vfs/lent_file.h"

namespace millrace {
namespace {

constexpr std::string_view kMagic("SQLite format 3\0", 16);

Status CheckMagic(BlockFile& file) {
  std::array<std::byte, kMagic.size()> begin{};
  const Result<std::size_t> got = file.Read(0, begin);
  if (!got.ok()) return AboutImportedFile(got.status());
  const std::string_view text(reinterpret_cast<const char*>(begin.data()), *got);
  return text == kMagic ? Status::Ok()
                        : InvalidArgument("the file to import is no SQLite database");
}

// The pages of the file, its tables and its indexes.
Status CheckIntegrity(Connection& connection) {
  Query check = connection.Prepare("PRAGMA integrity_check(1)");
  Result<bool> row = check.Next();
  if (!row.ok()) return AboutImportedFile(row.status());
  if (*row && check.Text(0) == "ok") return Status::Ok();
  return AboutImportedFile(Status(Code::kCorrupt, check.String(0)));
}

// A view could answer without end; a table ends where the file does.
Status CheckTables(Connection& connection, bool millrace) {
  const Result<std::int64_t> tables = connection.ReadInt(
      millrace ? "SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"
                 " AND name IN ('sessions', 'messages', 'deltas')"
               : "SELECT count(*) + 1 FROM pragma_table_list WHERE schema = 'main'"
                 " AND type = 'table' AND NOT wr AND name IN ('sessions', 'messages')");
  if (!tables.ok()) return AboutImportedFile(tables.status());
  if (*tables == 3) return Status::Ok();
  return InvalidArgument(
      "the file to import is a SQLite database, but neither of Millrace nor of Crush");
}

// kNewerSchema.
Result<bool> IsMillrace(Connection& connection) {
  const Result<std::int64_t> application = connection.ReadInt("PRAGMA application_id");
  if (!application.ok()) return AboutImportedFile(application.status());
  if (*application != kApplicationId) return false;
  const Result<std::int64_t> version = connection.ReadInt("PRAGMA user_version");
  if (!version.ok()) return AboutImportedFile(version.status());
  if (*version > kSchemaVersion) {
    return Status(Code::kNewerSchema,
                  "the file to import was written by a newer version of Millrace (its schema is " +
                      std::to_string(*version) + ", this version knows up to " +
                      std::to_string(kSchemaVersion) + "): update the application");
  }
  return true;
}

}  // namespace

Result<std::unique_ptr<ImportSource>> OpenImportSource(std::shared_ptr<BlockFile> file,
                                                       TimeMs now) {
  if (Status status = CheckMagic(*file); !status.ok()) return status;
  Result<std::unique_ptr<Connection>> connection = Connection::Open(
      {LendFile(std::move(file), Access::kReadOnly), MakeMemoryBlockFile(), MakeMemoryBlockFile()});
  if (!connection.ok()) return AboutImportedFile(connection.status());
  const Result<bool> millrace = IsMillrace(**connection);
  if (!millrace.ok()) return millrace.status();
  if (Status status = CheckTables(**connection, *millrace); !status.ok()) return status;
  if (Status status = CheckIntegrity(**connection); !status.ok()) return status;
  return *millrace ? OpenMillraceSource(*std::move(connection), now)
                   : OpenCrushSource(*std::move(connection), now);
}

}  // namespace millrace
