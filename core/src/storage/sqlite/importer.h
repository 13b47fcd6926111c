#pragma once

#include <optional>

#include "millrace/base/status.h"
#include "millrace/storage/storage.h"
#include "storage/sqlite/blob_table.h"
#include "storage/sqlite/message_table.h"
#include "storage/sqlite/message_tree.h"
#include "storage/sqlite/search_index.h"
#include "storage/sqlite/session_table.h"
#include "storage/sqlite/tombstones.h"

namespace millrace {

// Carries out one ImportContent, inside a transaction of the caller. Existing rows stay as they
// are. New messages of an existing session are added to it, and shown if they follow its head. A
// message whose parent is not there begins its session.
class Importer {
 public:
  // All arguments must outlive the importer.
  Importer(SessionTable& sessions, MessageTable& messages, MessageTree& tree, BlobTable& blobs,
           Tombstones& tombstones, SearchIndex& index)
      : sessions_(sessions),
        messages_(messages),
        tree_(tree),
        blobs_(blobs),
        tombstones_(tombstones),
        index_(index) {}

  Status Run(const ImportContent& op);

 private:
  Status AddSessions(ImportSource& source, ImportCounts& added);
  Status AddMessages(const ImportContent& op, ImportCounts& added);
  Status PlaceInTree(const ImportContent& op, const Message& message);
  Status ShowHeads(const ImportContent& op);
  Result<bool> HasSession(const SessionId& id);

  SessionTable& sessions_;
  MessageTable& messages_;
  MessageTree& tree_;
  BlobTable& blobs_;
  Tombstones& tombstones_;
  SearchIndex& index_;
  std::optional<SessionId> known_;  // the session of the last message, and whether it exists
  bool known_is_there_ = false;
};

}  // namespace millrace
