#pragma once

#include <cstdint>

#include "millrace/base/ids.h"
#include "millrace/base/status.h"
#include "millrace/base/time.h"
#include "millrace/storage/storage.h"
#include "storage/sqlite/blob_table.h"
#include "storage/sqlite/delta_log.h"
#include "storage/sqlite/message_table.h"
#include "storage/sqlite/message_tree.h"
#include "storage/sqlite/search_index.h"
#include "storage/sqlite/session_table.h"
#include "storage/sqlite/tombstones.h"
#include "storage/sqlite/writer_table.h"

namespace millrace {

// Deletes messages and sessions, inside a transaction of the caller: their rows in every table, and
// a tombstone stays. Nothing to delete is no error. `now`: the time of the commit.
class MessageDeleter {
 public:
  // All arguments must outlive the deleter.
  MessageDeleter(SessionTable& sessions, MessageTable& messages, MessageTree& tree,
                 WriterTable& writers, BlobTable& blobs, Tombstones& tombstones, SearchIndex& index,
                 DeltaLog& log)
      : sessions_(sessions),
        messages_(messages),
        tree_(tree),
        writers_(writers),
        blobs_(blobs),
        tombstones_(tombstones),
        index_(index),
        log_(log) {}

  Status Delete(const DeleteMessage& op, TimeMs now);
  Status Delete(const DeleteSessionMessages& op, TimeMs now);
  Status Delete(const DeleteSession& op, TimeMs now);

 private:
  // The messages of a session, without tombstones.
  Status DeleteOf(const SessionId& id);
  // All of a message but its place in the tree.
  Status DeleteRow(std::int64_t seq);
  // What other tables have of a message whose row was deleted.
  Status Forget(std::int64_t seq);
  Status ShowLeafAbove(const SessionId& session, std::int64_t parent);

  SessionTable& sessions_;
  MessageTable& messages_;
  MessageTree& tree_;
  WriterTable& writers_;
  BlobTable& blobs_;
  Tombstones& tombstones_;
  SearchIndex& index_;
  DeltaLog& log_;
};

}  // namespace millrace
