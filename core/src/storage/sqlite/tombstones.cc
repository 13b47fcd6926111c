#include "storage/sqlite/tombstones.h"

#include <algorithm>
#include <string>

namespace millrace {

Status Tombstones::AddMessage(std::int64_t seq) {
  return Add("SELECT 'message', id, session_id, ?2, ?3 FROM messages WHERE seq = ?1", seq);
}

Status Tombstones::AddMessagesOf(const SessionId& id) {
  return Add("SELECT 'message', id, session_id, ?2, ?3 FROM messages WHERE session_id = ?1", id);
}

Status Tombstones::AddSession(const SessionId& id) {
  return Add("VALUES('session', ?1, NULL, ?2, ?3)", id);
}

template <typename Key>
Status Tombstones::Add(std::string_view rows, const Key& key) {
  const Result<std::string> stamp = replica_.Stamp();
  if (!stamp.ok()) return stamp.status();
  std::string sql = "INSERT OR REPLACE INTO tombstones(kind, id, session_id, stamp, commits) ";
  return connection_.Prepare(sql.append(rows))
      .Bind(key)
      .Bind(std::string_view(*stamp))
      .Bind(replica_.commit())
      .Run();
}

// Reads the old rows and one more. Without a younger row nothing is dropped, but the deletion that
// is under way has just made one.
Status Tombstones::DropOld(TimeMs now) {
  const std::string oldest = Replica::StampFrom(now - kTombstoneMs);
  return connection_
      .Prepare(
          "DELETE FROM tombstones WHERE n < "
          "(SELECT n FROM tombstones WHERE stamp >= ? ORDER BY n LIMIT 1)")
      .Bind(std::string_view(oldest))
      .Run();
}

Status Tombstones::Remove(std::string_view kind, std::string_view id) {
  return connection_.Prepare("DELETE FROM tombstones WHERE kind = ? AND id = ?")
      .Bind(kind)
      .Bind(id)
      .Run();
}

}  // namespace millrace
