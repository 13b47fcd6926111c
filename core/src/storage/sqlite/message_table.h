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
#include "storage/sqlite/message_notes.h"
#include "storage/sqlite/schema.h"

namespace millrace {

// Decodes the parts of a row. Never fails: a column that is not a JSON array becomes a single
// custom part that carries it verbatim, or as text if it is not even JSON.
std::vector<Part> PartsFromColumn(std::string_view json);

// The SQL of the table `messages`, which holds rows as they were folded, without the delta log.
// Call the writes inside a transaction.
class MessageTable {
 public:
  // `connection` must outlive the table. `schema`: the version of the file; ReadFrom reads older
  // ones too.
  explicit MessageTable(Connection& connection, std::int64_t schema = kSchemaVersion)
      : connection_(connection), schema_(schema), notes_(connection) {}

  // Where a message is.
  struct Place {
    std::int64_t seq = 0;
    SessionId session_id;
  };

  // Inserts the row (returns true), or rewrites the row with this seq and id (returns false). A
  // rewrite does not change the fields a message is created with (id, session, role, created_at).
  // kNotFound: no such session. kInvalidArgument: no id or seq, or one of them belongs to another
  // message. The parent is MessageTree's matter.
  Result<bool> Put(const Message& message);
  // Writes only its metadata, usage, version and updated_at.
  Status PutNotes(const Message& message);
  Status Delete(std::int64_t seq);
  // Returns the seqs of the deleted messages.
  Result<std::vector<std::int64_t>> DeleteOfSession(const SessionId& id);

  Result<bool> Has(const MessageId& id);
  Result<std::optional<Place>> Find(const MessageId& id);
  // The sessions that have messages from this seq on.
  Result<std::vector<SessionId>> SessionsFrom(std::int64_t seq);
  // Empty: no message has this seq.
  Result<MessageId> IdOf(std::int64_t seq);
  // Appends those of the session from `first` to `last`, without their parents (see
  // MessageTree::Line).
  Status ReadLine(const SessionId& session, std::int64_t first, std::int64_t last,
                  bool newest_first, std::optional<std::size_t> limit, std::vector<Message>& into);
  Result<std::optional<Message>> Read(const MessageId& id);
  Result<std::optional<Message>> Read(std::int64_t seq);
  // The first `limit` messages after this seq, in the order of seq. For reading all messages in
  // pages.
  Result<std::vector<Message>> ReadFrom(std::int64_t seq, std::size_t limit);
  // In the order of creation. Reads no message.
  Result<std::vector<MessageId>> IdsOfSession(const SessionId& id);
  // In the order of the query.
  Result<std::vector<Message>> Read(const MessageQuery& query);
  // The unfinished messages and those with a seq in `also` (ascending), in the order of seq.
  Result<std::vector<Message>> ReadUnfinished(const std::vector<std::int64_t>& also);
  // The highest seq ever given to a message.
  Result<std::int64_t> LastSeq();
  // The lowest seq of a row; 0 without rows.
  Result<std::int64_t> OldestSeq();

 private:
  Status Insert(const Message& message, std::string_view parts);

  Connection& connection_;
  std::int64_t schema_;
  MessageNotes notes_;
};

}  // namespace millrace
