#include "storage/sqlite/migrations.h"

#include "storage/sqlite/message_table.h"
#include "storage/sqlite/search_index.h"

namespace millrace {
namespace {

//   sessions 1 ──< messages 1 ──< deltas       (deltas: by seq, no foreign key)
//
// messages: long columns come last, so that reading a header never walks through a long text.
//   The service gives the seq; AUTOINCREMENT remembers the highest one ever given.
//   version counts mutations; a row of `deltas` is void unless its version is greater.
// deltas: the delta log, append-only, in the order of id. It has no index and no foreign key, so
//   that a window's commit changes one page, the last one. A row takes the message `seq` from
//   version - merged to version. `part` set: `body` is text appended to that part, stored
//   plainly (the common case). `part` NULL: `body` is a JSON array of patch ops.
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

// Version 2 added `message_search` with other columns. Version 3 creates that table again, so a
// file that is older than version 2 needs nothing here. The statement is a comment so that
// schema_check finds it.
constexpr const char* kVersion2 = R"sql(/*
CREATE VIRTUAL TABLE message_search USING fts5(
  text, session,
  content='', contentless_delete=1, prefix='3', tokenize='unicode61 remove_diacritics 2'
);
*/)sql";

// message_search: see SearchIndex. automerge: how many pieces of one size are merged into one. A
// merge writes each word again; 8 instead of 4 halves that, and a search looks into a few more
// pieces.
constexpr const char* kVersion3 = R"sql(
DROP TABLE IF EXISTS message_search;
CREATE VIRTUAL TABLE message_search USING fts5(
  text,
  content='', contentless_delete=1, prefix='3', tokenize='unicode61 remove_diacritics 2'
);
INSERT INTO message_search(message_search, rank) VALUES('automerge', 8);
)sql";

// Folds the letters of more scripts, so all words are written again. This version fills the index
// and version 3 does not, so the index of an older file is filled only once.
constexpr const char* kVersion5 =
    "INSERT INTO message_search(message_search) VALUES('delete-all');";

Status FillSearchIndex(Connection& connection) {
  constexpr std::int64_t kVersionNow = 5;
  MessageTable messages(connection, kVersionNow);
  return SearchIndex(connection, messages).Fill();
}

// message_count: the code that adds or deletes messages keeps it, so nobody has to count. The order
// of creation is the order of seq, which every index contains anyway. `sessions` is created again
// because SQLite cannot add a NOT NULL column without a default. Foreign keys are not enforced yet.
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

// receipts: see Receipt. Without a rowid: one page is all that a commit changes in it.
constexpr const char* kVersion6 = R"sql(
CREATE TABLE receipts(
  client TEXT NOT NULL,
  name TEXT NOT NULL,
  number INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  PRIMARY KEY(client, name)
) STRICT, WITHOUT ROWID;
)sql";

// parents, shown: see MessageTree. A message of an older file follows the one created before it,
// and that needs no row. message_notes: see MessageNotes. No foreign keys: whoever deletes messages
// deletes these rows too. The statement in the comment is what SQLite makes of `sessions`;
// schema_check finds it there.
constexpr const char* kVersion7 = R"sql(
CREATE TABLE parents(
  session_id TEXT NOT NULL,
  seq INTEGER NOT NULL,
  parent INTEGER NOT NULL,
  PRIMARY KEY(session_id, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX parents_by_parent ON parents(session_id, parent);
CREATE TABLE shown(
  session_id TEXT NOT NULL,
  parent INTEGER NOT NULL,
  child INTEGER NOT NULL,
  PRIMARY KEY(session_id, parent)
) STRICT, WITHOUT ROWID;
CREATE TABLE message_notes(
  seq INTEGER PRIMARY KEY,
  metadata TEXT,
  input_tokens INTEGER,
  output_tokens INTEGER,
  cached_input_tokens INTEGER,
  reasoning_tokens INTEGER,
  cost REAL
) STRICT;
ALTER TABLE sessions ADD COLUMN head_id TEXT;
ALTER TABLE sessions ADD COLUMN metadata TEXT;
ALTER TABLE sessions ADD COLUMN archived INTEGER NOT NULL DEFAULT 0;
CREATE INDEX sessions_archived ON sessions(updated_at) WHERE archived;
UPDATE sessions SET head_id =
  (SELECT id FROM messages WHERE session_id = sessions.id ORDER BY seq DESC LIMIT 1);
/*
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
, head_id TEXT, metadata TEXT, archived INTEGER NOT NULL DEFAULT 0) STRICT;
*/)sql";

// blobs, blob_names: see BlobTable.
constexpr const char* kVersion8 = R"sql(
CREATE TABLE blobs(
  id TEXT NOT NULL PRIMARY KEY,
  size INTEGER NOT NULL,
  media_type TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  lonely_since INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE blob_names(
  seq INTEGER NOT NULL,
  blob TEXT NOT NULL,
  PRIMARY KEY(seq, blob)
) STRICT, WITHOUT ROWID;
CREATE INDEX blob_names_by_blob ON blob_names(blob);
)sql";

// replica, writers, tombstones and the columns `times`: see Replica, WriterTable, Tombstones and
// FieldTimes. blob_pieces is empty in a store: see BlobArchive. The statements in the comment are
// what SQLite makes of the altered tables.
constexpr const char* kVersion9 = R"sql(
CREATE TABLE replica(
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  place TEXT NOT NULL,
  commits INTEGER NOT NULL,
  time INTEGER NOT NULL
) STRICT;
CREATE TABLE writers(
  seq INTEGER PRIMARY KEY,
  replica TEXT NOT NULL,
  tab TEXT NOT NULL
) STRICT;
CREATE TABLE tombstones(
  n INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  session_id TEXT,
  stamp TEXT NOT NULL,
  commits INTEGER NOT NULL,
  UNIQUE(kind, id)
) STRICT;
CREATE TABLE blob_pieces(
  n INTEGER PRIMARY KEY,
  blob TEXT NOT NULL,
  data BLOB NOT NULL
) STRICT;
ALTER TABLE sessions ADD COLUMN times TEXT;
ALTER TABLE message_notes ADD COLUMN times TEXT;
/*
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
, head_id TEXT, metadata TEXT, archived INTEGER NOT NULL DEFAULT 0, times TEXT) STRICT;
CREATE TABLE message_notes(
  seq INTEGER PRIMARY KEY,
  metadata TEXT,
  input_tokens INTEGER,
  output_tokens INTEGER,
  cached_input_tokens INTEGER,
  reasoning_tokens INTEGER,
  cost REAL
, times TEXT) STRICT;
*/)sql";

// resume: see Message::resume. The statement in the comment is what SQLite makes of the table.
constexpr const char* kVersion10 = R"sql(
ALTER TABLE message_notes ADD COLUMN resume TEXT;
/*
CREATE TABLE message_notes(
  seq INTEGER PRIMARY KEY,
  metadata TEXT,
  input_tokens INTEGER,
  output_tokens INTEGER,
  cached_input_tokens INTEGER,
  reasoning_tokens INTEGER,
  cost REAL
, times TEXT, resume TEXT) STRICT;
*/)sql";

}  // namespace

const std::array<Migration, kSchemaVersion> kMigrations = {{
    {kVersion1, nullptr},
    {kVersion2, nullptr},
    {kVersion3, nullptr},
    {kVersion4, nullptr},
    {kVersion5, FillSearchIndex},
    {kVersion6, nullptr},
    {kVersion7, nullptr},
    {kVersion8, nullptr},
    {kVersion9, nullptr},
    {kVersion10, nullptr},
}};

}  // namespace millrace
