#include "storage/sqlite/export.h"

#include <array>
#include <cstddef>
#include <utility>

#include "storage/vfs/borrowed_file.h"

namespace millrace {
namespace {

// Bytes 18 and 19 of a SQLite file say which journal is used to write and read it. 1: a rollback
// journal. The copy has the store's values, which say WAL.
constexpr std::uint64_t kJournalVersionOffset = 18;
constexpr std::array kRollbackJournal = {std::byte{1}, std::byte{1}};

Status Copy(Connection& connection, const std::shared_ptr<BlockFile>& into) {
  Result<std::unique_ptr<Connection>> target = Connection::Open(
      {BorrowFile(into, Access::kReadWrite), MakeMemoryBlockFile(), MakeMemoryBlockFile()});
  if (!target.ok()) return target.status();
  // A half-made copy need not be rolled back.
  const Status ready = (*target)->Execute("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF");
  return ready.ok() ? connection.CopyInto(**target) : ready;
}

}  // namespace

Result<std::uint64_t> ExportDatabase(Connection& connection,
                                     const std::shared_ptr<BlockFile>& into) {
  if (Status status = into->Truncate(0); !status.ok()) return status;
  if (Status status = Copy(connection, into); !status.ok()) return status;
  if (Status status = into->Write(kJournalVersionOffset, kRollbackJournal); !status.ok()) {
    return status;
  }
  return into->Size();
}

}  // namespace millrace
