#include "storage/sqlite/migrations.h"

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
// is nothing to do for a file that has yet to come to version 2: the statement is a comment, for
// schema_check to find it in.
constexpr const char* kVersion2 = R"sql(/*
CREATE VIRTUAL TABLE message_search USING fts5(
  text, session,
  content='', contentless_delete=1, prefix='3', tokenize='unicode61 remove_diacritics 2'
);
*/)sql";

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

// Letters of more scripts are folded: all words are written anew. This version fills the index, and
// version 3 does not, so that an older file's is filled once.
constexpr const char* kVersion5 =
    "INSERT INTO message_search(message_search) VALUES('delete-all');";

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

}  // namespace

const std::array<Migration, kSchemaVersion> kMigrations = {{
    {kVersion1, nullptr},
    {kVersion2, nullptr},
    {kVersion3, nullptr},
    {kVersion4, nullptr},
    {kVersion5, FillSearchIndex},
}};

}  // namespace millrace
