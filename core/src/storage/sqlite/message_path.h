#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "millrace/base/ids.h"
#include "millrace/base/status.h"
#include "millrace/model/message.h"
#include "millrace/storage/storage_reads.h"
#include "storage/sqlite/message_table.h"
#include "storage/sqlite/message_tree.h"

namespace millrace {

// Reads the messages of a path, line by line. A page costs the page and the forks on the way to it,
// whatever the length of the path.
class MessagePath {
 public:
  // Both must outlive it.
  MessagePath(MessageTable& messages, MessageTree& tree) : messages_(messages), tree_(tree) {}

  // See StorageReads::ReadPath. The messages are as they were folded.
  Result<std::vector<Message>> Read(const PathQuery& query);

 private:
  using Seq = MessageTree::Seq;

  // These read the messages without their parents. The last ones up to `head`:
  Result<std::vector<Message>> ReadLast(const SessionId& session, Seq head, std::size_t limit);
  Result<std::vector<Message>> ReadAfter(const SessionId& session, Seq after, Seq head,
                                         std::optional<std::size_t> limit);
  // The first ones of these lines. `lines`: the last one comes first.
  Result<std::vector<Message>> ReadLines(const SessionId& session,
                                         const std::vector<MessageTree::Line>& lines,
                                         std::optional<std::size_t> limit);
  // The seq of a message of this session. kNotFound.
  Result<Seq> Find(const SessionId& session, const MessageId& id);
  // Each follows the one before it; the first one follows `parent`.
  Status NameParents(std::vector<Message>& path, Seq parent);

  MessageTable& messages_;
  MessageTree& tree_;
};

}  // namespace millrace
