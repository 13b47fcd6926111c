#pragma once

#include <optional>
#include <vector>

#include "millrace/base/ids.h"
#include "millrace/base/status.h"
#include "millrace/model/session.h"
#include "millrace/storage/storage.h"
#include "storage/sqlite/connection.h"

namespace millrace {

// The SQL of the table `sessions`. Writes belong into a transaction of the caller's.
class SessionTable {
 public:
  // The connection outlives it.
  explicit SessionTable(Connection& connection) : connection_(connection) {}

  // Inserts it, or changes every field of the one that is there; its messages stay.
  // message_count is not taken from it: see CountMessages.
  Status Put(const Session& session);
  // Deleting what is not there is OK. The schema deletes its messages with it.
  Status Delete(const SessionId& id);

  // The session has so many messages more (or fewer). Whoever adds or deletes rows of messages says
  // so in the same transaction, so that nobody has to count them.
  Status CountMessages(const SessionId& id, std::int64_t more);

  Result<bool> Has(const SessionId& id);
  Result<std::optional<Session>> Read(const SessionId& id);
  Result<std::vector<Session>> Read(const SessionQuery& query);
  // All of them, from a file of any version of the schema: message_count is 0.
  Result<std::vector<Session>> ReadUncounted();

 private:
  Connection& connection_;
};

}  // namespace millrace
