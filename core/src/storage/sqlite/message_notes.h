#pragma once

#include "millrace/base/status.h"
#include "millrace/model/message.h"
#include "storage/sqlite/connection.h"

namespace millrace {

// The SQL that writes `message_notes`: the metadata, the usage and the resume point of the messages
// that have any. A table of their own, so that a rating of a finished message does not write its
// text again; and a message without them, which is the usual one, costs nothing. Reads are those of
// MessageTable. Call it inside a transaction.
class MessageNotes {
 public:
  // `connection` must outlive it.
  explicit MessageNotes(Connection& connection) : connection_(connection) {}

  // Whether the message has anything to put there.
  static bool Has(const Message& message) {
    return !message.metadata.empty() || message.usage || !message.resume.empty();
  }
  // In place of the earlier ones. Leaves the column of FieldTimes as it is.
  Status Put(const Message& message);
  Status Delete(std::int64_t seq);

 private:
  Connection& connection_;
};

}  // namespace millrace
