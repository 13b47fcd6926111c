#pragma once

#include <optional>
#include <vector>

#include "millrace/base/ids.h"
#include "millrace/base/status.h"
#include "millrace/messages/completion.h"
#include "millrace/model/session.h"
#include "millrace/storage/storage.h"

namespace millrace {

class CommitCycle;

// Sessions. When the completion of a change is called, the change survives power loss and is
// delivered. The turn rule, ordering and ownership are those of MessageService.
class SessionService {
 public:
  // `cycle` must outlive the service.
  explicit SessionService(CommitCycle& cycle) : cycle_(cycle) {}
  SessionService(const SessionService&) = delete;
  SessionService& operator=(const SessionService&) = delete;

  // The caller gives id, title, parent, metadata and, for history from elsewhere, created_at.
  // kInvalidArgument: the id is empty or taken, bad metadata. kNotFound: no such parent.
  void Create(Session init, DoneSession done);
  // kNotFound; kInvalidArgument: bad metadata.
  void Update(const SessionId& id, SessionChange change, DoneSession done);
  // Shows the path through this message, down to where it was last shown below it, else to its
  // newest leaf. kNotFound: no such message in the session.
  void SwitchTo(const SessionId& id, const MessageId& message, DoneSession done);
  // Deletes its messages too (C7). Deleting a missing session is OK.
  void Delete(const SessionId& id, Done done);

  Result<std::optional<Session>> Get(const SessionId& id) const;
  // Most recently updated first. kNotFound: query.before is no session.
  Result<std::vector<Session>> List(const SessionQuery& query) const;

 private:
  // A call that is made again, and was done: `done` has the session as it is now.
  bool AnsweredBefore(const SessionId& id, const DoneSession& done);

  CommitCycle& cycle_;
};

}  // namespace millrace
