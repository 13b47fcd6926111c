#include "storage/sqlite/importer.h"

#include <cstdint>
#include <utility>

namespace millrace {

Status Importer::Run(const ImportContent& op) {
  ImportCounts added;
  if (Status status = AddSessions(*op.source, added); !status.ok()) return status;
  if (Status status = AddMessages(op, added); !status.ok()) return status;
  if (Status status = ShowHeads(op); !status.ok()) return status;
  if (op.added != nullptr) *op.added = added;
  return Status::Ok();
}

Status Importer::AddSessions(ImportSource& source, ImportCounts& added) {
  for (;;) {
    Result<std::optional<Session>> session = source.NextSession();
    if (!session.ok()) return session.status();
    if (!session->has_value()) return Status::Ok();
    const Result<bool> there = sessions_.Has((*session)->id);
    if (!there.ok()) return there.status();
    if (*there) continue;
    if (Status status = tombstones_.Remove((*session)->id); !status.ok()) return status;
    if (Status status = sessions_.Put(**session); !status.ok()) return status;
    if (Status status = sessions_.SetHead((*session)->id, (*session)->head_id); !status.ok()) {
      return status;
    }
    ++added.sessions;
  }
}

Status Importer::AddMessages(const ImportContent& op, ImportCounts& added) {
  const std::int64_t end_seq = op.first_seq + op.source->message_count();
  std::int64_t seq = op.first_seq;
  for (;;) {
    Result<std::optional<Message>> next = op.source->NextMessage();
    if (!next.ok()) return next.status();
    if (!next->has_value()) return Status::Ok();
    Message message = **std::move(next);
    const Result<bool> wanted = HasSession(message.session_id);
    if (!wanted.ok()) return wanted.status();
    if (!*wanted) continue;
    const Result<bool> there = messages_.Has(message.id);
    if (!there.ok()) return there.status();
    if (*there) continue;
    if (seq == end_seq) return Internal("the file to import has more messages than it counted");
    message.seq = seq++;
    if (Status status = tombstones_.Remove(message.id); !status.ok()) return status;
    if (Result<bool> put = messages_.Put(message); !put.ok()) return put.status();
    if (Status named = blobs_.SetNames(message, /*added=*/true); !named.ok()) return named;
    if (Status status = PlaceInTree(op, message); !status.ok()) return status;
    if (Status status = sessions_.CountMessages(message.session_id, 1); !status.ok()) return status;
    if (Status status = index_.Put(message); !status.ok()) return status;
    ++added.messages;
  }
}

Status Importer::PlaceInTree(const ImportContent& op, const Message& message) {
  const SessionId& session = message.session_id;
  std::int64_t parent = 0;
  if (!message.parent_id.empty()) {
    const Result<std::optional<MessageTable::Place>> place = messages_.Find(message.parent_id);
    if (!place.ok()) return place.status();
    if (*place && (*place)->session_id == session && (*place)->seq < message.seq) {
      parent = (*place)->seq;
    }
  }
  // Without a row it follows the message created before it.
  if (op.source->branches()) tree_.Add(session, message.seq, parent);
  return tree_.TakeStatus();
}

// The head is now what a new session had in its file, and what another session had before.
Status Importer::ShowHeads(const ImportContent& op) {
  const Result<std::vector<SessionId>> grown = messages_.SessionsFrom(op.first_seq);
  if (!grown.ok()) return grown.status();
  // A head in the file without a message here, because its id was there already.
  if (Status status = sessions_.DropHeadsOfEmpty(); !status.ok()) return status;
  for (const SessionId& session : *grown) {
    const Result<MessageId> id = sessions_.Head(session);
    if (!id.ok()) return id.status();
    const Result<std::optional<MessageTable::Place>> place = messages_.Find(*id);
    if (!place.ok()) return place.status();
    const bool there = *place && (*place)->session_id == session;
    const std::int64_t head = there ? (*place)->seq : 0;
    if (there) tree_.Show(session, head, tree_.Leaf(session, 0));
    const std::int64_t leaf = tree_.Leaf(session, head);
    if (Status status = tree_.TakeStatus(); !status.ok()) return status;
    const Result<MessageId> shown = messages_.IdOf(leaf);
    if (!shown.ok()) return shown.status();
    if (Status set = sessions_.SetHead(session, *shown); !set.ok()) return set;
  }
  return Status::Ok();
}

Result<bool> Importer::HasSession(const SessionId& id) {
  if (known_ != id) {
    Result<bool> there = sessions_.Has(id);
    if (!there.ok()) return there;
    known_ = id;
    known_is_there_ = *there;
  }
  return known_is_there_;
}

}  // namespace millrace
