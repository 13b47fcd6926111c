#pragma once

#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "millrace/base/ids.h"
#include "millrace/base/status.h"
#include "millrace/model/session.h"
#include "millrace/storage/storage.h"

namespace millrace {

// Puts one commit together. Each session appears once, however many requests change it. Sessions
// come first, because messages refer to them; deletes and imports come last.
// A copy is a trial: whoever has several steps takes them on a copy, and keeps it if all went well.
// REQUIRES: no commit is in flight while a batch is built, because the builder reads what is on
// disk.
class BatchBuilder {
 public:
  explicit BatchBuilder(Storage& storage) : storage_(&storage) {}

  // The session as this batch leaves it; the caller may change it. kNotFound, or the storage's
  // error.
  Result<Session*> EditSession(const SessionId& id);
  // Whether the session is on disk or created by this batch.
  Result<bool> HasSession(const SessionId& id) const;
  // kInvalidArgument: the id is taken.
  Status CreateSession(Session session);

  // Of a message on disk or created by this batch; nullopt if there is none.
  Result<std::optional<SessionId>> SessionOf(const MessageId& id) const;
  // A new message. Sets its parent: `parent`, or the session's head if that is unset. It becomes
  // the head. kInvalidArgument: the id is taken, or the parent is in another session. kNotFound: no
  // such session or parent.
  Status Create(const std::shared_ptr<Message>& message, const std::optional<MessageId>& parent);

  void Put(PutMessage op) { writes_.emplace_back(std::move(op)); }
  void Put(PutNotes op) { writes_.emplace_back(std::move(op)); }
  void Put(PutWriter op) { writes_.emplace_back(std::move(op)); }
  void Append(AppendDelta op) { writes_.emplace_back(std::move(op)); }
  // Adds a delete or an import, after everything else in the batch.
  void AddLast(StorageOp op) { last_.push_back(std::move(op)); }

  // The sessions that changed after they were read or created. Call it before Take.
  std::vector<SessionId> edited_sessions() const;
  StorageBatch Take();

 private:
  struct Edit {
    Session session;
    bool edited = false;  // changed since it was read or created
  };

  Storage* storage_;
  std::map<SessionId, Edit> sessions_;
  std::map<MessageId, SessionId> created_;
  StorageBatch writes_;
  StorageBatch last_;
};

}  // namespace millrace
