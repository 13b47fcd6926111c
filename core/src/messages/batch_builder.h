#pragma once

#include <map>
#include <vector>

#include "millrace/base/ids.h"
#include "millrace/base/status.h"
#include "millrace/model/session.h"
#include "millrace/storage/storage.h"

namespace millrace {

// Puts one commit together. Sessions are edited in place however many requests touch them, and
// stand first (messages refer to them); deletes and imports stand last.
// REQUIRES: no commit is in flight while one is built: it reads what is on disk.
class BatchBuilder {
 public:
  explicit BatchBuilder(Storage& storage) : storage_(storage) {}

  // The session as this batch leaves it, to be changed. kNotFound, or the storage's error.
  Result<Session*> EditSession(const SessionId& id);
  // Whether this batch finds or makes it.
  Result<bool> HasSession(const SessionId& id) const;
  // kInvalidArgument: the id is taken.
  Status CreateSession(Session session);

  void Put(PutMessage op) { writes_.emplace_back(std::move(op)); }
  void Append(AppendDelta op) { writes_.emplace_back(std::move(op)); }
  // Behind everything else of the batch: deletes and imports.
  void AddLast(StorageOp op) { last_.push_back(std::move(op)); }

  // Sessions that changed after they were there, or were made; read before Take.
  std::vector<SessionId> edited_sessions() const;
  StorageBatch Take();

 private:
  struct Edit {
    Session session;
    bool edited = false;  // since it was there, or was made
  };

  Storage& storage_;
  std::map<SessionId, Edit> sessions_;
  StorageBatch writes_;
  StorageBatch last_;
};

}  // namespace millrace
