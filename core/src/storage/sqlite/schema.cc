#include "storage/sqlite/schema.h"

#include <array>
#include <string>

#include "storage/sqlite/message_table.h"
#include "storage/sqlite/search_index.h"

namespace millrace {
namespace {

//   sessions 1 ──< messages 1 ──< deltas       (deltas: by seq, no foreign key)
//
// messages: long columns stand last, so that reading a header never walks through a long text.
//   seq is given by the service; AUTOINCREMENT remembers the highest one ever given.
//   version counts mutations; a row of `deltas` is void unless its version is greater.
// deltas: the delta log, append-only, in the order of id. It has no index and no foreign key, so
//   that a window's commit changes one page, the last one. A row takes the message `seq` from
//   version - merged to version. `part` set: `body` is text appended to that part, the common
//   case, stored plainly; `part` NULL: `body` is a JSON array of patch ops.
constexpr const char* kVersion1 = R"sql(
CREATE TABLE sessions(
  id TEXT NOT NULL PRIMARY KEY,
  parent_id TEXT,
  title TEXT NOT NULL,
  prompt_tokens INTEGER NOT NULL,
  completion_tokens INTEGER NOT NULL,
  cost REAL NOT NULL,
  summary_message_id TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_by_update ON sessions(updated_at);
CREATE INDEX sessions_by_parent ON sessions(parent_id, updated_at) WHERE parent_id IS NOT NULL;

CREATE TABLE messages(
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  session_id TEXT NOT NULL REFERENCES sessions(id) ON DELETE CASCADE,
  role TEXT NOT NULL,
  model TEXT NOT NULL,
  provider TEXT NOT NULL,
  is_summary INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  finished_at INTEGER,
  version INTEGER NOT NULL,
  parts TEXT NOT NULL
) STRICT;
CREATE INDEX messages_by_session ON messages(session_id, created_at);
CREATE INDEX messages_of_user ON messages(created_at) WHERE role = 'user';
CREATE INDEX messages_unfinished ON messages(seq) WHERE finished_at IS NULL;

CREATE TABLE deltas(
  id INTEGER PRIMARY KEY,
  seq INTEGER NOT NULL,
  version INTEGER NOT NULL,
  merged INTEGER NOT NULL,
  at INTEGER NOT NULL,
  part INTEGER,
  body TEXT NOT NULL
) STRICT;
)sql";

// It added `message_search` with another set of columns. Version 3 makes that table anew, so there
// is nothing to do for a file that has yet to come to version 2.
constexpr const char* kVersion2 = "";

// message_search: see SearchIndex. automerge: so many pieces of one size are merged into one, which
//   writes each word anew; 8 instead of 4 halves that for a few more pieces to look into.
constexpr const char* kVersion3 = R"sql(
DROP TABLE IF EXISTS message_search;
CREATE VIRTUAL TABLE message_search USING fts5(
  text,
  content='', contentless_delete=1, prefix='3', tokenize='unicode61 remove_diacritics 2'
);
INSERT INTO message_search(message_search, rank) VALUES('automerge', 8);
)sql";

Status FillSearchIndex(Connection& connection) {
  MessageTable messages(connection);
  return SearchIndex(connection, messages).Fill();
}

// message_count: kept by whoever adds or deletes messages, so that nobody counts them. The order of
// creation is that of seq, which stands in every index by itself. `sessions` is made anew because a
// column cannot be added behind NOT NULL without a default; foreign keys are not enforced yet.
constexpr const char* kVersion4 = R"sql(
CREATE TABLE sessions_before(
  id TEXT, parent_id TEXT, title TEXT, prompt_tokens INTEGER, completion_tokens INTEGER, cost REAL,
  summary_message_id TEXT, created_at INTEGER, updated_at INTEGER, rank INTEGER PRIMARY KEY
) STRICT;
INSERT INTO sessions_before
  SELECT id, parent_id, title, prompt_tokens, completion_tokens, cost, summary_message_id,
    created_at, updated_at, rowid FROM sessions;
DROP TABLE sessions;
CREATE TABLE sessions(
  id TEXT NOT NULL PRIMARY KEY,
  parent_id TEXT,
  title TEXT NOT NULL,
  prompt_tokens INTEGER NOT NULL,
  completion_tokens INTEGER NOT NULL,
  cost REAL NOT NULL,
  summary_message_id TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  message_count INTEGER NOT NULL
) STRICT;
INSERT INTO sessions
  SELECT id, parent_id, title, prompt_tokens, completion_tokens, cost, summary_message_id,
    created_at, updated_at,
    (SELECT count(*) FROM messages WHERE session_id = sessions_before.id)
  FROM sessions_before ORDER BY rank;
DROP TABLE sessions_before;
CREATE INDEX sessions_by_update ON sessions(updated_at);
CREATE INDEX sessions_by_parent ON sessions(parent_id, updated_at) WHERE parent_id IS NOT NULL;
DROP INDEX messages_by_session;
DROP INDEX messages_of_user;
CREATE INDEX messages_by_session ON messages(session_id);
CREATE INDEX messages_of_user ON messages(seq) WHERE role = 'user';
)sql";

struct Migration {
  const char* sql;
  Status (*then)(Connection&);  // what SQL cannot do, in the same transaction; or nullptr
};

// Entry n takes the file from version n to n + 1. Never edited once released.
constexpr std::array<Migration, kSchemaVersion> kMigrations = {{
    {kVersion1, nullptr},
    {kVersion2, nullptr},
    {kVersion3, FillSearchIndex},
    {kVersion4, nullptr},
}};

// The version of the file that is there; 0 for an empty one.
Result<std::int64_t> StoredVersion(Connection& connection) {
  Result<std::int64_t> application = connection.ReadInt("PRAGMA application_id");
  if (!application.ok()) return application.status();
  Result<std::int64_t> version = connection.ReadInt("PRAGMA user_version");
  if (!version.ok()) return version.status();
  Result<std::int64_t> objects = connection.ReadInt("SELECT count(*) FROM sqlite_schema");
  if (!objects.ok()) return objects.status();
  if (*application == 0 && *version == 0 && *objects == 0) return std::int64_t{0};
  if (*application != kApplicationId) {
    return Status(Code::kCorrupt,
                  "the file is a SQLite database, but not one of Millrace; it is kept as it is: "
                  "open the store under another name, or import the file");
  }
  if (*version > kSchemaVersion) {
    return Status(Code::kNewerSchema,
                  "the store was written by a newer version of Millrace (its schema is " +
                      std::to_string(*version) + ", this version knows up to " +
                      std::to_string(kSchemaVersion) +
                      "): update the application; nothing was "
                      "changed");
  }
  if (*version < 0) {
    return Status(Code::kCorrupt,
                  "the store's schema has no version that Millrace gave it: "
                  "the file is kept as it is; open the store under another name");
  }
  return *version;
}

// All steps in one transaction: the file is of the version it was, or of ours.
Status Migrate(Connection& connection, std::int64_t from) {
  if (from == kSchemaVersion) return Status::Ok();
  Transaction transaction(connection);
  if (Status status = transaction.Begin(); !status.ok()) return status;
  for (std::int64_t version = from; version < kSchemaVersion; ++version) {
    const Migration& migration = kMigrations[static_cast<std::size_t>(version)];
    if (Status status = connection.Execute(migration.sql); !status.ok()) return status;
    if (migration.then == nullptr) continue;
    if (Status status = migration.then(connection); !status.ok()) return status;
  }
  const std::string mark = "PRAGMA application_id=" + std::to_string(kApplicationId) +
                           ";PRAGMA user_version=" + std::to_string(kSchemaVersion);
  if (Status status = connection.Execute(mark); !status.ok()) return status;
  return transaction.Commit();
}

// 1000 frames (4 MB) between checkpoints: what a checkpoint costs (two syncs and each page changed
// since the last one) is spread over a thousand windows, half a minute of streaming, and the WAL
// index stays small in memory. A WAL that one long message stretched further is cut back to 8 MiB,
// twice the usual size. The cache, 8 MiB, holds the inner pages of a store of a million messages.
constexpr const char* kSettings =
    "PRAGMA synchronous=NORMAL;"
    "PRAGMA wal_autocheckpoint=1000;"
    "PRAGMA journal_size_limit=8388608;"
    "PRAGMA cache_size=-8192;"
    "PRAGMA foreign_keys=ON";

}  // namespace

Status PrepareDatabase(Connection& connection) {
  Result<std::int64_t> version = StoredVersion(connection);
  if (!version.ok()) return version.status();
  if (*version == 0) {
    // A delta row of a window is one page: a smaller one would be split too often, a larger one
    // costs its size in every window.
    if (Status status = connection.Execute("PRAGMA page_size=4096"); !status.ok()) return status;
  }
  if (Status status = Migrate(connection, *version); !status.ok()) return status;
  Query wal = connection.Prepare("PRAGMA journal_mode=WAL");
  Result<bool> row = wal.Next();
  if (!row.ok()) return row.status();
  if (!*row || wal.Text(0) != "wal") return Internal("SQLite refused the write-ahead log");
  return connection.Execute(kSettings);
}

}  // namespace millrace
