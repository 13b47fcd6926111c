#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "millrace/base/ids.h"
#include "millrace/base/status.h"
#include "millrace/model/session.h"
#include "millrace/storage/storage.h"
#include "storage/sqlite/connection.h"

namespace millrace {

// The SQL of the table `sessions`. Call the writes inside a transaction.
class SessionTable {
 public:
  // `connection` must outlive the table.
  explicit SessionTable(Connection& connection) : connection_(connection) {}

  // Inserts the session, or changes every field of an existing one; its messages stay. Does not
  // write message_count and head_id: see CountMessages and SetHead.
  Status Put(const Session& session);
  // Deleting a missing session is OK. The schema deletes its messages with it.
  Status Delete(const SessionId& id);

  // Adds `more` (which may be negative) to the session's message count. Code that adds or deletes
  // rows of messages calls it in the same transaction, so that nobody has to count them.
  Status CountMessages(const SessionId& id, std::int64_t more);

  // Empty: none.
  Status SetHead(const SessionId& id, const MessageId& head);
  Result<MessageId> Head(const SessionId& id);
  // Sessions without messages have no head.
  Status DropHeadsOfEmpty();

  Result<bool> Has(const SessionId& id);
  Result<std::optional<Session>> Read(const SessionId& id);
  // Only those that are `wanted`, if that is given; the query's title is the caller's matter.
  // kNotFound: query.before is no session.
  Result<std::vector<Session>> Read(const SessionQuery& query,
                                    const std::function<bool(const Session&)>& wanted = {});
  // All sessions of a file whose schema has this version; what it does not have is empty.
  Result<std::vector<Session>> ReadAll(std::int64_t schema);

 private:
  Connection& connection_;
};

}  // namespace millrace
