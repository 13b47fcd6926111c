#pragma once

#include <optional>

#include "millrace/base/status.h"
#include "millrace/storage/storage.h"
#include "storage/sqlite/message_table.h"
#include "storage/sqlite/search_index.h"
#include "storage/sqlite/session_table.h"

namespace millrace {

// Carries out one ImportContent, inside a transaction of the caller's. Rows that are there stay as
// they are; messages of theirs that are not there are added to them.
class Importer {
 public:
  // All outlive it.
  Importer(SessionTable& sessions, MessageTable& messages, SearchIndex& index)
      : sessions_(sessions), messages_(messages), index_(index) {}

  Status Run(const ImportContent& op);

 private:
  Status AddSessions(ImportSource& source, ImportCounts& added);
  Status AddMessages(const ImportContent& op, ImportCounts& added);
  Result<bool> HasSession(const SessionId& id);

  SessionTable& sessions_;
  MessageTable& messages_;
  SearchIndex& index_;
  std::optional<SessionId> known_;  // the session of the last message, and whether it is there
  bool known_is_there_ = false;
};

}  // namespace millrace
