#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "millrace/base/status.h"
#include "millrace/model/message.h"
#include "millrace/model/patch.h"
#include "millrace/model/session.h"
#include "millrace/storage/block_file.h"
#include "millrace/storage/storage.h"

namespace millrace {

class Connection;

// Values for the storage tests, and calls that they repeat.

Session MakeSession(const std::string& id, TimeMs updated_at = 1000);
// An unfinished assistant message of session "s" with id "m<seq>", one text part and version 1.
Message MakeMessage(std::int64_t seq, const std::string& text, const std::string& session = "s");
// `message` with a finish part.
Message Finished(Message message, TimeMs at = 9000);
// The text of the first part.
std::string TextOf(const Message& message);

StorageOp Put(const Message& message);
StorageOp Put(const Session& session);
// Appends `text` to the first part, in `message` and as an op: the version grows by one.
StorageOp Grow(Message& message, std::string_view text);

// Commits on a storage that ends commits during the call.
Status Commit(Storage& storage, StorageBatch batch, Durability durability = Durability::kProcess);

// Everything the storage answers, as text. Two stores with the same dump have the same content.
std::string Dump(Storage& storage);

// The module that a page loads has a SQLite without EXPLAIN (cmake/sqlite/README.md).
#ifdef SQLITE_OMIT_EXPLAIN
inline constexpr bool kSqliteExplains = false;
#else
inline constexpr bool kSqliteExplains = true;
#endif
// SQLite's plan for the statement, its steps joined.
std::string QueryPlan(Connection& connection, const std::string& sql);

// The result of PRAGMA integrity_check for the database in these files; "ok" if it is sound.
std::string IntegrityCheck(DatabaseFiles files);

}  // namespace millrace
