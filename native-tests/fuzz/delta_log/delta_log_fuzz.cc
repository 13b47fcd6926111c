// The delta log of a damaged or hostile file. Whatever its rows hold, the store opens or says why
// not, and every read answers. A sound message beside the damaged one is whole, now and after it is
// folded.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fuzz/delta_log/hostile_rows.h"
#include "fuzz/require.h"
#include "millrace/storage/sqlite_storage.h"
#include "storage/raw_database.h"
#include "storage/sqlite/connection.h"
#include "support/shared_files.h"

namespace millrace {
namespace {

constexpr std::int64_t kHostileSeq = 1;
constexpr std::int64_t kSoundSeq = 2;
constexpr int kSoundRows = 4;
constexpr std::string_view kSoundText = "sound";

Message Unfinished(std::int64_t seq) {
  Message message;
  message.id = MessageId("m" + std::to_string(seq));
  message.session_id = SessionId("s");
  message.parts = {TextPart{"text", false, ""}, ToolCallPart{"c", "n", "{", false, false, ""}};
  message.seq = seq;
  message.version = 1;
  return message;
}

// Appends `text` to the first part, in the message and as a patch.
std::shared_ptr<const Patch> Grow(Message& message, std::string_view text) {
  auto patch = std::make_shared<Patch>();
  patch->from_version = message.version;
  patch->to_version = message.version + 1;
  patch->updated_at = message.updated_at;
  patch->Append(0, text);
  Require(ApplyPatch(*patch, message).ok(), "a sound patch fits");
  return patch;
}

Status Commit(Storage& storage, StorageBatch batch) {
  Status status = Internal("the commit did not end");
  storage.Commit(std::move(batch), {Durability::kProcess},
                 [&](const CommitOutcome& outcome) { status = outcome.status; });
  return status;
}

struct Template {
  std::vector<std::byte> bytes;
  std::string sql_of_log;  // the statement that a store has
};

// The database that each input starts from: a session and two unfinished messages. Until the rows
// are in it, its `deltas` accepts any type, which a table of ours does not.
Template MakeTemplate() {
  SharedFiles files;
  {
    auto storage = OpenSqliteStorage(files.Open());
    Require(storage.ok(), "a new store opens");
    Session session;
    session.id = SessionId("s");
    const auto put = [](std::int64_t seq) {
      return PutMessage{std::make_shared<const Message>(Unfinished(seq))};
    };
    Require(Commit(**storage, {PutSession{session}, put(kHostileSeq), put(kSoundSeq)}).ok(),
            "the messages are stored");
    Require((*storage)->Close().ok(), "the store closes");
  }
  Template made;
  auto connection = Connection::Open(files.Open());
  {
    Query sql = (*connection)->Prepare("SELECT sql FROM sqlite_schema WHERE name = 'deltas'");
    Require(*sql.Next(), "there is a log");
    made.sql_of_log = sql.String(0);
  }
  Require((*connection)
              ->Execute("DROP TABLE deltas; CREATE TABLE deltas"
                        "(id INTEGER PRIMARY KEY, seq, version, merged, at, part, body)")
              .ok(),
          "the schema is changed");
  Require((*connection)->Close().ok(), "the file closes");
  const DatabaseFiles closed = files.Open();
  made.bytes.resize(static_cast<std::size_t>(*closed.database->Size()));
  Require(closed.database->Read(0, made.bytes).ok(), "the template is read");
  return made;
}

// Gives the table the statement of a store again. Only the rows are then unlike those of a store.
void RestoreSchema(SharedFiles& files, const std::string& sql_of_log) {
  RunRaw(files.Open().database, "PRAGMA writable_schema=ON; UPDATE sqlite_schema SET sql = '" +
                                    sql_of_log + "' WHERE name = 'deltas';");
}

// Writes the rows of both messages. A row of the sound message comes before each of the first
// hostile ones.
void WriteRows(SharedFiles& files, std::string_view bytes, Message& sound) {
  auto connection = Connection::Open(files.Open());
  Require(connection.ok(), "the copy opens");
  Require((*connection)->Execute("BEGIN").ok(), "a transaction begins");
  HostileRows hostile(bytes);
  for (int i = 0; i < kSoundRows || hostile.more(); ++i) {
    if (i < kSoundRows) {
      Grow(sound, kSoundText);
      Require((*connection)
                  ->Prepare("INSERT INTO deltas(seq, version, merged, at, part, body)"
                            " VALUES(?, ?, 1, 0, 0, ?)")
                  .Bind(kSoundSeq)
                  .Bind(sound.version)
                  .Bind(kSoundText)
                  .Run()
                  .ok(),
              "a sound row is written");
    }
    if (hostile.more()) hostile.InsertNext(**connection, kSoundSeq);
  }
  Require((*connection)->Execute("COMMIT").ok(), "the rows are committed");
  Require((*connection)->Close().ok(), "the copy closes");
}

// Checks what every reader gets, whatever is in the log. Returns the hostile message.
Message CheckReads(Storage& storage, const Message& sound) {
  const auto one = storage.committed().ReadMessage(sound.id);
  Require(one.ok() && *one == sound, "the sound message is whole");
  const auto hostile = storage.committed().ReadMessage(Unfinished(kHostileSeq).id);
  Require(hostile.ok() && hostile->has_value(), "the other one can be read up to somewhere");
  const auto all = storage.committed().ReadMessages({});
  Require(all.ok() && all->size() == 2, "a list fails for no row");
  Require(all->front() == **hostile && all->back() == sound, "a list shows what reading shows");
  const auto unfinished = storage.committed().ReadUnfinished();
  Require(unfinished.ok(), "what a crash left can be read");
  Require(sound.finished() || (!unfinished->empty() && unfinished->back() == sound),
          "the sound message is among it");
  return **hostile;
}

std::unique_ptr<Storage> Open(SharedFiles& files) {
  auto storage = OpenSqliteStorage(files.Open());
  Require(storage.ok(), "no row keeps a store from opening");
  return *std::move(storage);
}

void Check(std::string_view bytes) {
  static const Template kTemplate = MakeTemplate();
  SharedFiles files;
  Require(files.Open().database->Write(0, kTemplate.bytes).ok(), "the template is copied");
  Message sound = Unfinished(kSoundSeq);
  WriteRows(files, bytes, sound);
  RestoreSchema(files, kTemplate.sql_of_log);

  std::unique_ptr<Storage> storage = Open(files);
  CheckReads(*storage, sound);
  Require(Commit(*storage, {AppendDelta{kSoundSeq, Grow(sound, "more")}}).ok(),
          "the sound message goes on");
  Message hostile = CheckReads(*storage, sound);
  // Folds what could be read, as opening a store does after a crash.
  Require(Commit(*storage, {PutMessage{std::make_shared<const Message>(hostile)}}).ok(),
          "what was read can be stored");
  Require(CheckReads(*storage, sound) == hostile, "and reads back as it was");
  sound.finished_at = 1;
  Require(Commit(*storage, {PutMessage{std::make_shared<const Message>(sound)}}).ok(),
          "the sound message is finished");
  CheckReads(*storage, sound);
  storage = Open(files);
  Require(CheckReads(*storage, sound) == hostile, "nothing of the log comes back");
}

}  // namespace
}  // namespace millrace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  millrace::Check(std::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
