#pragma once

#include <cstdint>
#include <string_view>

#include "millrace/base/ids.h"
#include "millrace/base/status.h"
#include "millrace/base/time.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/replica.h"

namespace millrace {

// What is remembered of a deleted message or session. Another copy of the store may still send what
// it knew of it.
inline constexpr TimeMs kTombstoneMs = TimeMs{90} * 24 * 60 * 60 * 1000;

//   tombstones   kind, id       what was deleted. A session's stands for its messages too.
//                session_id     of a message
//                stamp, commits when: see Replica
//
// Rows are in the order of the deletions. Each deletion also drops those that are too old. What is
// created again under an id has no tombstone.
class Tombstones {
 public:
  Tombstones(Connection& connection, Replica& replica)
      : connection_(connection), replica_(replica) {}

  // Call these before the rows are deleted.
  Status AddMessage(std::int64_t seq);
  Status AddMessagesOf(const SessionId& id);
  Status AddSession(const SessionId& id);
  // Drops what is older than kTombstoneMs.
  Status DropOld(TimeMs now);

  Status Remove(const MessageId& id) { return Remove("message", id.value); }
  Status Remove(const SessionId& id) { return Remove("session", id.value); }

 private:
  // `rows` has the key as its first parameter, then the stamp and the number of the commit.
  template <typename Key>
  Status Add(std::string_view rows, const Key& key);
  Status Remove(std::string_view kind, std::string_view id);

  Connection& connection_;
  Replica& replica_;
};

}  // namespace millrace
