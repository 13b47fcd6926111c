#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "millrace/base/ids.h"
#include "millrace/base/status.h"
#include "millrace/model/message.h"
#include "millrace/storage/storage.h"
#include "storage/sqlite/connection.h"

namespace millrace {

// Parts as a row holds them. Never fails: what is no JSON array becomes a single custom part that
// carries it verbatim, as text where it is not even JSON.
std::vector<Part> PartsFromColumn(std::string_view json);

// The SQL of the table `messages`: rows as they are folded, without the delta log. Writes belong
// into a transaction of the caller's.
class MessageTable {
 public:
  // The connection outlives it.
  explicit MessageTable(Connection& connection) : connection_(connection) {}

  // What a delete took away.
  struct Deleted {
    std::int64_t seq = 0;
    SessionId session_id;
  };

  // Inserts the row (true), or rewrites the one with this seq and id (false); what a message is
  // created with (id, session, role, created_at) does not change then.
  // kNotFound: no such session. kInvalidArgument: no id or seq, or one of them belongs to another
  // message.
  Result<bool> Put(const Message& message);
  Result<std::optional<Deleted>> Delete(const MessageId& id);
  // The seqs of what was there.
  Result<std::vector<std::int64_t>> DeleteOfSession(const SessionId& id);

  Result<bool> Has(const MessageId& id);
  Result<std::optional<Message>> Read(const MessageId& id);
  Result<std::optional<Message>> Read(std::int64_t seq);
  // The first `limit` of those behind this seq, in the order of seq: for passing over all of them.
  Result<std::vector<Message>> ReadFrom(std::int64_t seq, std::size_t limit);
  // In the order of creation, without reading any message.
  Result<std::vector<MessageId>> IdsOfSession(const SessionId& id);
  // In the order of the query.
  Result<std::vector<Message>> Read(const MessageQuery& query);
  // The unfinished ones, and those with a seq of `also` (ascending); in the order of seq.
  Result<std::vector<Message>> ReadUnfinished(const std::vector<std::int64_t>& also);
  // The highest seq ever given.
  Result<std::int64_t> LastSeq();
  // The lowest seq of a row; 0 without rows.
  Result<std::int64_t> OldestSeq();

 private:
  Status Insert(const Message& message, std::string_view parts);

  Connection& connection_;
};

}  // namespace millrace
