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

// Values for the storage tests, and the calls they repeat.

Session MakeSession(const std::string& id, TimeMs updated_at = 1000);
// An unfinished assistant message of session "s" with id "m<seq>", one text part and version 1.
Message MakeMessage(std::int64_t seq, const std::string& text, const std::string& session = "s");
// `message` with a finish part.
Message Finished(Message message, TimeMs at = 9000);
// The text of the first part.
std::string TextOf(const Message& message);

StorageOp Put(const Message& message);
StorageOp Put(const Session& session);
// Appends `text` to the first part of `message`, here and as an op: the version grows by one.
StorageOp Grow(Message& message, std::string_view text);

// Commits on a storage that ends commits during the call.
Status Commit(Storage& storage, StorageBatch batch, Durability durability = Durability::kProcess);

// Everything the storage answers, as text: two stores with the same dump hold the same.
std::string Dump(Storage& storage);

// How SQLite would run the statement, its steps one after another.
std::string QueryPlan(Connection& connection, const std::string& sql);

// What PRAGMA integrity_check says of the database that these bytes and this WAL make: "ok".
std::string IntegrityCheck(DatabaseFiles files);

}  // namespace millrace
