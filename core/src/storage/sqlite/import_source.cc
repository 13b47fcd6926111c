// Finds out what a file to import is, and that it is sound.

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
#include "storage/sqlite/schema.h"
#include "storage/vfs/lent_file.h"

namespace millrace {
namespace {

constexpr std::string_view kMagic("SQLite format 3\0", 16);

// The header of a SQLite file: numbers of four bytes, the highest first.
constexpr std::size_t kHeaderSize = 100;
constexpr std::size_t kLargestRoot = 52;   // other than 0 with auto_vacuum
constexpr std::size_t kTextEncoding = 56;  // 1: UTF-8; 0: nothing in it yet

// Of kinds of files that our SQLite is built without (cmake/sqlite) it would only say that they are
// damaged.
Status CheckHeader(BlockFile& file) {
  std::array<std::byte, kHeaderSize> header{};
  const Result<std::size_t> got = file.Read(0, header);
  if (!got.ok()) return AboutImportedFile(got.status());
  const std::string_view text(reinterpret_cast<const char*>(header.data()), *got);
  if (!text.starts_with(kMagic)) {
    return InvalidArgument("the file to import is no SQLite database");
  }
  const auto number = [&header](std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i)
      value = value << 8 | std::to_integer<std::uint32_t>(header[at + i]);
    return value;
  };
  if (number(kTextEncoding) > 1) {
    return InvalidArgument(
        "the file to import keeps its text as UTF-16: write it to a database in UTF-8 first, with "
        "sqlite3 FILE .dump");
  }
  if (number(kLargestRoot) != 0) {
    return InvalidArgument(
        "the file to import uses auto_vacuum: turn it off first, with "
        "sqlite3 FILE 'PRAGMA auto_vacuum=0; VACUUM'");
  }
  return Status::Ok();
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
  if (Status status = CheckHeader(*file); !status.ok()) return status;
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
