// A hostile or damaged file (contract S8). An import refuses it or takes it whole. Either way the
// store is sound, its old content is unchanged, and every read answers. Opened as a store, the file
// is refused or answers every read.
//
// An input is a program of damage to a sound database, because random bytes are hardly ever a
// database:
//
//   byte 0       which database
//   byte 1       how many statements of its schema are rewritten (schema_damage.h)
//   ... 0 ...    the new statements
//   then each six bytes overwrite some of the file
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fuzz/import/schema_damage.h"
#include "fuzz/require.h"
#include "millrace/storage/sqlite_storage.h"
#include "storage/fixtures/crush_database.h"
#include "storage/fixtures/store_v1.h"
#include "storage/raw_database.h"
#include "storage/sqlite/connection.h"
#include "storage/vfs/borrowed_file.h"

namespace millrace {
namespace {

using Bytes = std::vector<std::byte>;

Bytes Content(BlockFile& file) {
  Bytes bytes(static_cast<std::size_t>(*file.Size()));
  Require(file.Read(0, bytes).ok(), "a file in memory can be read");
  return bytes;
}

std::shared_ptr<BlockFile> FileOf(const Bytes& bytes) {
  std::shared_ptr<BlockFile> file = MakeMemoryBlockFile();
  Require(file->Write(0, bytes).ok(), "a file in memory can be written");
  return file;
}

DatabaseFiles Alone(const std::shared_ptr<BlockFile>& file) {
  return {BorrowFile(file, Access::kReadWrite), MakeMemoryBlockFile(), MakeMemoryBlockFile()};
}

Bytes MakeDatabase(const char* sql) {
  std::shared_ptr<BlockFile> file = MakeMemoryBlockFile();
  auto connection = Connection::Open(Alone(file));
  Require(
      connection.ok() && (*connection)->Execute(std::string("PRAGMA page_size=1024;") + sql).ok(),
      "a sound database can be made");
  Require((*connection)->Close().ok(), "and closed");
  return Content(*file);
}

// With an index, like an export.
Bytes MakeExport() {
  const std::shared_ptr<BlockFile> file = FileOf(MakeDatabase(kStoreV1));
  auto storage = OpenSqliteStorage(Alone(file));
  Require(storage.ok(), "an older store opens");
  std::shared_ptr<BlockFile> into = MakeMemoryBlockFile();
  Require((*storage)->committed().Export(into).ok(), "a store can be exported");
  return Content(*into);
}

void Damage(std::span<const std::uint8_t> program, Bytes& bytes) {
  for (; program.size() >= 6 && !bytes.empty(); program = program.subspan(6)) {
    const std::size_t at = (program[0] << 16 | program[1] << 8 | program[2]) % bytes.size();
    const std::size_t run = std::size_t{1} << (program[3] % 8);
    for (std::size_t i = at; i < std::min(at + run, bytes.size()); ++i) {
      bytes[i] = static_cast<std::byte>(i % 2 == 0 ? program[4] : program[5]);
    }
  }
}

Status Commit(Storage& storage, StorageBatch batch) {
  Status status = Internal("the commit did not end");
  storage.Commit(std::move(batch), {Durability::kProcess},
                 [&](const CommitOutcome& outcome) { status = outcome.status; });
  return status;
}

void CheckStore(Storage& storage, bool imported) {
  const auto sessions = storage.committed().ReadSessions({});
  Require(sessions.ok() && (imported || sessions->size() == 1), "sessions can be read");
  const auto messages = storage.committed().ReadMessages({});
  Require(messages.ok() && (imported || messages->empty()), "messages can be read");
  for (const Message& message : *messages) {
    Require(message.finished() && !message.id.empty(), "what is imported is finished");
  }
  Require(storage.committed().Search({"turbine", {}, {}, {}, {}}).ok(), "search answers");
  Require((**storage.committed().ReadSession(SessionId("mine"))).title == "mine",
          "what was there stays");
}

// Opens the file as a store of our own. Any answer is fine, but there must be one.
void CheckOpening(const Bytes& bytes) {
  auto storage = OpenSqliteStorage(Alone(FileOf(bytes)));
  if (!storage.ok()) return;
  (void)(*storage)->committed().ReadSessions({});
  (void)(*storage)->committed().ReadMessages({});
  (void)(*storage)->committed().ReadUnfinished();
  (void)(*storage)->committed().Search({"turbine", {}, {}, {}, {}});
  Session mine;
  mine.id = SessionId("mine");
  (void)Commit(**storage, {PutSession{mine}});
}

void Check(std::span<const std::uint8_t> input) {
  static const std::vector<Bytes> kDatabases = {MakeDatabase(kCrushDatabase),
                                                MakeDatabase(kStoreV1), MakeExport()};
  if (input.empty()) return;
  Bytes bytes = kDatabases[input[0] % kDatabases.size()];
  SchemaDamage schema(input.subspan(1));
  if (const std::string sql = schema.Sql(); !sql.empty()) {
    const std::shared_ptr<BlockFile> file = FileOf(bytes);
    RunRaw(file, sql);
    bytes = Content(*file);
  }
  Damage(schema.rest(), bytes);
  CheckOpening(bytes);
  auto storage = OpenSqliteStorage(MakeMemoryFiles());
  Session mine;
  mine.id = SessionId("mine");
  mine.title = "mine";
  Require(Commit(**storage, {PutSession{mine}}).ok(), "a session is stored");
  auto source = OpenImportSource(FileOf(bytes), 1'700'000'000'000);
  if (!source.ok()) return CheckStore(**storage, false);
  const Status status = Commit(**storage, {ImportContent{*std::move(source), 1, nullptr}});
  CheckStore(**storage, status.ok());
}

}  // namespace
}  // namespace millrace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  millrace::Check({data, size});
  return 0;
}
