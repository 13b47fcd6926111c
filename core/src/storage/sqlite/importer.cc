#include "storage/sqlite/importer.h"

#include <cstdint>
#include <utility>

namespace millrace {

Status Importer::Run(const ImportContent& op) {
  ImportCounts added;
  if (Status status = AddSessions(*op.source, added); !status.ok()) return status;
  if (Status status = AddMessages(op, added); !status.ok()) return status;
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
    if (Status status = sessions_.Put(**session); !status.ok()) return status;
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
    if (Result<bool> put = messages_.Put(message); !put.ok()) return put.status();
    if (Status status = sessions_.CountMessages(message.session_id, 1); !status.ok()) return status;
    if (Status status = index_.Put(message); !status.ok()) return status;
    ++added.messages;
  }
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
