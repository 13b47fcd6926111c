#include "storage/storage_script.h"

#include <cassert>
#include <utility>

#include "storage/fixtures/store_v1.h"
#include "storage/fixtures/store_v2.h"
#include "storage/fixtures/store_v3.h"
#include "storage/fixtures/store_v4.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/migrations.h"
#include "storage/sqlite/schema.h"
#include "storage/sqlite/sqlite_storage.h"
#include "storage/test_data.h"

namespace millrace {
namespace {

class ScriptWriter {
 public:
  void Step(StorageBatch batch, Durability durability = Durability::kProcess) {
    script_.push_back({std::move(batch), durability});
  }
  void DurableStep(StorageBatch batch) { Step(std::move(batch), Durability::kPower); }
  std::vector<ScriptStep> Take() { return std::move(script_); }

 private:
  std::vector<ScriptStep> script_;
};

StorageOp AddToolCall(Message& message) {
  auto patch = std::make_shared<Patch>();
  patch->from_version = message.version;
  patch->to_version = message.version + 1;
  patch->updated_at = message.updated_at + 1;
  patch->Add(PutOp{1, ToolCallPart{"call", "search", "{}", true, false, ""}, false});
  (void)ApplyPatch(*patch, message);
  return AppendDelta{message.seq, std::move(patch)};
}

}  // namespace

std::vector<ScriptStep> MakeScript() {
  ScriptWriter script;
  std::int64_t seq_of_branch = 16;
  Session session = MakeSession("u");
  script.DurableStep({Put(session)});
  script.DurableStep({Put(MakeSession("v"))});
  script.DurableStep({Put(Finished(MakeMessage(11, "a question", "u")))});
  Message first = MakeMessage(12, "", "u");
  Message second = MakeMessage(13, "", "v");
  script.DurableStep({Put(first)});
  // One stream, long enough to fill pages of the log.
  for (int i = 0; i < 12; ++i) script.Step({Grow(first, std::string(700, 'a'))});
  script.DurableStep({Put(second)});
  // Two streams in the same windows, a flush and a tool call in the middle.
  for (int i = 0; i < 8; ++i) {
    script.Step({Grow(first, "text of the first, "), Grow(second, std::string(900, 'b'))});
    if (i == 3) script.DurableStep({});
    if (i == 5) script.DurableStep({AddToolCall(first)});
  }
  session.completion_tokens += 100;
  session.updated_at += 10;
  script.DurableStep({Put(Finished(first)), Put(session)});
  for (int i = 0; i < 6; ++i) script.Step({Grow(second, "more of the second. ")});
  script.DurableStep({Put(Finished(MakeMessage(14, std::string(60'000, 'c'), "v")))});
  // Larger than the cache of OpenForScript. So pages go to the WAL before the commit and are
  // changed again and rewritten there, with the headers of all frames after them.
  // A branch, a switch, metadata, and the branch goes.
  for (const char* parent : {"m11", "m11"}) {
    Message version = Finished(MakeMessage(seq_of_branch++, "another version", "u"));
    version.parent_id = MessageId(parent);
    version.metadata = R"({"rating":1})";
    version.usage = Usage{7, 11};
    script.DurableStep({Put(version)});
    version.metadata = R"({"rating":2})";
    ++version.version;
    script.Step({PutNotes{std::make_shared<const Message>(version)}});
  }
  script.DurableStep({SwitchTo{SessionId("u"), MessageId("m12")}});
  script.DurableStep({DeleteMessage{MessageId("m16"), /*branch=*/true}});
  StorageBatch large;
  for (std::int64_t seq = 20; seq < 32; ++seq) {
    large.push_back(Put(Finished(MakeMessage(seq, std::string(3000, 'e'), "u"))));
  }
  script.Step(std::move(large));
  script.DurableStep({DeleteMessage{MessageId("m11")}});
  script.Step({Grow(second, "still more.")});
  script.DurableStep({DeleteSession{SessionId("v")}});
  Message third = MakeMessage(15, "", "u");
  script.DurableStep({Put(third)});
  for (int i = 0; i < 6; ++i) script.Step({Grow(third, std::string(300, 'd'))});
  script.DurableStep({});
  script.Step({Grow(third, "the last window")});
  return script.Take();
}

FaultDisk MakeOlderStore(int version) {
  FaultDisk disk;
  auto connection = Connection::Open(disk.Files());
  bool made = connection.ok() && (*connection)->Execute(kStoreV1).ok();
  // Stores were closed in this mode, which the file remembers; kStoreV1 left that out.
  if (version >= 2) {
    made = made && (*connection)->Execute(kStoreV1ToV2).ok() &&
           (*connection)->Execute("PRAGMA journal_mode=WAL").ok();
  }
  if (version >= 3) made = made && (*connection)->Execute(kStoreV2ToV3).ok();
  if (version >= 4) made = made && (*connection)->Execute(kStoreV3ToV4).ok();
  // The statements of a released version never change, so these are those that it ran.
  for (int next = 5; next <= version; ++next) {
    const Migration& migration = kMigrations[static_cast<std::size_t>(next - 1)];
    made = made && (*connection)->Execute(migration.sql).ok() &&
           (migration.then == nullptr || migration.then(**connection).ok()) &&
           (*connection)->Execute("PRAGMA user_version=" + std::to_string(next)).ok();
  }
  made = made && (*connection)->Close().ok();
  assert(made);
  return disk;
}

Result<std::unique_ptr<Storage>> OpenForScript(DatabaseFiles files) {
  Result<std::unique_ptr<Connection>> connection = Connection::Open(std::move(files));
  if (!connection.ok()) return connection.status();
  if (Status status = PrepareDatabase(**connection); !status.ok()) return status;
  const Status status = (*connection)->Execute("PRAGMA wal_autocheckpoint=24;PRAGMA cache_size=10");
  if (!status.ok()) return status;
  auto storage = std::make_unique<SqliteStorage>(*std::move(connection), SqliteOptions());
  if (Status loaded = storage->Load(); !loaded.ok()) return loaded;
  return std::unique_ptr<Storage>(std::move(storage));
}

std::vector<std::string> ExpectedDumps(const std::vector<ScriptStep>& script) {
  FaultDisk disk = MakeOlderStore();
  auto storage = OpenForScript(disk.Files());
  std::vector<std::string> dumps = {Dump(**storage)};
  for (const ScriptStep& step : script) {
    const Status status = Commit(**storage, step.batch, step.durability);
    dumps.push_back(status.ok() ? Dump(**storage) : status.message());
  }
  return dumps;
}

ScriptRun RunUntilFailure(FaultDisk& disk, const std::vector<ScriptStep>& script) {
  ScriptRun run;
  auto storage = OpenForScript(disk.Files());
  run.opened = storage.ok();
  if (!run.opened) return run;
  for (const ScriptStep& step : script) {
    if (!Commit(**storage, step.batch, step.durability).ok()) break;
    ++run.acknowledged;
    if (step.durability == Durability::kPower) run.durable = run.acknowledged;
  }
  return run;
}

}  // namespace millrace
