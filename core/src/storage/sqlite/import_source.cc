// Checks that a file to be imported is sound, and picks who reads it.

#include "millrace/storage/import_source.h"

#include <cstdint>
#include <string_view>
#include <utility>

#include "storage/sqlite/connection.h"
#include "storage/sqlite/crush_source.h"
#include "storage/sqlite/imported_file.h"
#include "storage/sqlite/imported_values.h"
#include "storage/sqlite/millrace_source.h"
#include "storage/sqlite/schema.h"

namespace millrace {
namespace {

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

Result<std::unique_ptr<ImportSource>> OpenSound(ImportedFile opened, TimeMs now) {
  if (Status status = CheckIntegrity(*opened.file.connection, opened.schema); !status.ok()) {
    return status;
  }
  return opened.schema > 0 ? OpenMillraceSource(std::move(opened.file), opened.schema, now)
                           : OpenCrushSource(std::move(opened.file), now);
}

}  // namespace

Result<std::unique_ptr<ImportSource>> OpenImportSource(std::shared_ptr<BlockFile> file,
                                                       TimeMs now) {
  Result<ImportedFile> opened = OpenImportedFile(std::move(file));
  if (!opened.ok()) return opened.status();
  const bool write_ahead_log = opened->write_ahead_log;
  auto source = OpenSound(*std::move(opened), now);
  if (!source.ok()) return NameTheLog(source.status(), write_ahead_log);
  return source;
}

}  // namespace millrace
