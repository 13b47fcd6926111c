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

// What says which copy of the store this is, and what that copy has to tell others. The file may
// become a store elsewhere, which is another copy.
constexpr const char* kLeaveOutReplica = R"sql(
DELETE FROM replica;
DELETE FROM writers;
DELETE FROM tombstones;
UPDATE sessions SET times = NULL WHERE times IS NOT NULL;
UPDATE message_notes SET times = NULL WHERE times IS NOT NULL;
)sql";

Result<std::unique_ptr<Connection>> OpenTarget(const std::shared_ptr<BlockFile>& into) {
  Result<std::unique_ptr<Connection>> target = Connection::Open(
      {BorrowFile(into, Access::kReadWrite), MakeMemoryBlockFile(), MakeMemoryBlockFile()});
  if (!target.ok()) return target;
  // A half-made copy need not be rolled back.
  const Status ready = (*target)->Execute("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF");
  return ready.ok() ? std::move(target) : ready;
}

Status Copy(Connection& connection, const std::shared_ptr<BlockFile>& into) {
  const Result<std::unique_ptr<Connection>> target = OpenTarget(into);
  return target.ok() ? connection.CopyInto(**target) : target.status();
}

Status LeaveOutReplica(const std::shared_ptr<BlockFile>& file) {
  const Result<std::unique_ptr<Connection>> target = OpenTarget(file);
  return target.ok() ? (*target)->Execute(kLeaveOutReplica) : target.status();
}

}  // namespace

Result<std::uint64_t> ExportDatabase(Connection& connection,
                                     const std::shared_ptr<BlockFile>& into) {
  Status status = into->Truncate(0);
  if (status.ok()) status = Copy(connection, into);
  if (status.ok()) status = into->Write(kJournalVersionOffset, kRollbackJournal);
  if (status.ok()) status = LeaveOutReplica(into);
  if (!status.ok()) return status;
  return into->Size();
}

}  // namespace millrace
