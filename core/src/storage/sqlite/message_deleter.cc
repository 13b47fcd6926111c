#include "storage/sqlite/message_deleter.h"

#include <algorithm>
#include <optional>
#include <vector>

namespace millrace {

Status MessageDeleter::Delete(const DeleteMessage& op, TimeMs now) {
  const Result<std::optional<MessageTable::Place>> found = messages_.Find(op.id);
  if (!found.ok()) return found.status();
  if (!*found) return Status::Ok();
  const auto& [seq, session] = **found;
  const std::int64_t head = tree_.Head(session);
  const MessageTree::Place place = tree_.PlaceOf(session, seq);
  std::vector<std::int64_t> seqs = {seq};
  if (op.branch) seqs = tree_.Branch(session, seq);
  if (Status status = tree_.TakeStatus(); !status.ok()) return status;
  for (const std::int64_t each : seqs) {
    if (Status status = DeleteRow(each); !status.ok()) return status;
  }
  op.branch ? tree_.RemoveBranch(session, place, seqs) : tree_.Remove(session, place);
  Status status = tree_.TakeStatus();
  const bool shown = std::binary_search(seqs.begin(), seqs.end(), head);
  if (status.ok() && shown) status = ShowLeafAbove(session, place.parent);
  if (status.ok()) status = tombstones_.DropOld(now);
  if (!status.ok()) return status;
  return sessions_.CountMessages(session, -static_cast<std::int64_t>(seqs.size()));
}

Status MessageDeleter::Delete(const DeleteSessionMessages& op, TimeMs now) {
  Status status = tombstones_.AddMessagesOf(op.session_id);
  if (status.ok()) status = DeleteOf(op.session_id);
  return status.ok() ? tombstones_.DropOld(now) : status;
}

// Deletes its messages explicitly, not by the cascade: their log rows and words must go too.
Status MessageDeleter::Delete(const DeleteSession& op, TimeMs now) {
  Status status = DeleteOf(op.id);
  if (status.ok()) status = tombstones_.AddSession(op.id);
  if (status.ok()) status = sessions_.Delete(op.id);
  return status.ok() ? tombstones_.DropOld(now) : status;
}

Status MessageDeleter::DeleteOf(const SessionId& id) {
  const Result<std::vector<std::int64_t>> seqs = messages_.DeleteOfSession(id);
  if (!seqs.ok()) return seqs.status();
  for (const std::int64_t seq : *seqs) {
    if (Status status = Forget(seq); !status.ok()) return status;
  }
  tree_.Clear(id);
  Status status = tree_.TakeStatus();
  if (status.ok()) status = sessions_.SetHead(id, MessageId());
  if (!status.ok()) return status;
  return sessions_.CountMessages(id, -static_cast<std::int64_t>(seqs->size()));
}

Status MessageDeleter::DeleteRow(std::int64_t seq) {
  Status status = tombstones_.AddMessage(seq);
  if (status.ok()) status = messages_.Delete(seq);
  return status.ok() ? Forget(seq) : status;
}

Status MessageDeleter::Forget(std::int64_t seq) {
  Status status = log_.Void(seq);
  if (status.ok()) status = writers_.Delete(seq);
  if (status.ok()) status = blobs_.DeleteNames(seq);
  return status.ok() ? index_.Remove(seq) : status;
}

Status MessageDeleter::ShowLeafAbove(const SessionId& session, std::int64_t parent) {
  const std::int64_t leaf = tree_.Leaf(session, parent);
  if (Status status = tree_.TakeStatus(); !status.ok()) return status;
  const Result<MessageId> head = messages_.IdOf(leaf);
  return head.ok() ? sessions_.SetHead(session, *head) : head.status();
}

}  // namespace millrace
