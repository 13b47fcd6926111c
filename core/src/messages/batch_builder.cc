#include "messages/batch_builder.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

namespace millrace {

Result<Session*> BatchBuilder::EditSession(const SessionId& id) {
  if (const auto it = sessions_.find(id); it != sessions_.end()) {
    it->second.edited = true;
    return &it->second.session;
  }
  Result<std::optional<Session>> stored = storage_->committed().ReadSession(id);
  if (!stored.ok()) return stored.status();
  if (!stored->has_value()) return NotFound("no session '" + id.value + "'");
  return &sessions_.emplace(id, Edit{**std::move(stored), true}).first->second.session;
}

Result<bool> BatchBuilder::HasSession(const SessionId& id) const {
  if (sessions_.contains(id)) return true;
  const Result<std::optional<Session>> stored = storage_->committed().ReadSession(id);
  if (!stored.ok()) return stored.status();
  return stored->has_value();
}

Status BatchBuilder::CreateSession(Session session) {
  const Result<bool> there = HasSession(session.id);
  if (!there.ok()) return there.status();
  if (*there) return InvalidArgument("session id '" + session.id.value + "' is taken");
  SessionId id = session.id;
  sessions_.emplace(std::move(id), Edit{std::move(session), false});
  return Status::Ok();
}

Result<std::optional<SessionId>> BatchBuilder::SessionOf(const MessageId& id) const {
  const auto created = created_.find(id);
  if (created != created_.end()) return std::optional<SessionId>(created->second);
  return storage_->committed().SessionOf(id);
}

Status BatchBuilder::Create(const std::shared_ptr<Message>& message,
                            const std::optional<MessageId>& parent) {
  const Result<std::optional<SessionId>> taken = SessionOf(message->id);
  if (!taken.ok()) return taken.status();
  if (*taken) return InvalidArgument("message id '" + message->id.value + "' is taken");
  if (parent && !parent->empty()) {
    const Result<std::optional<SessionId>> of = SessionOf(*parent);
    if (!of.ok()) return of.status();
    if (!*of) return NotFound("no message '" + parent->value + "' to follow");
    if (**of != message->session_id) {
      return InvalidArgument("message '" + parent->value +
                             "' belongs to another session: a message follows one of its own");
    }
  }
  const Result<Session*> session = EditSession(message->session_id);
  if (!session.ok()) return session.status();
  message->parent_id = parent.value_or((*session)->head_id);
  (*session)->head_id = message->id;
  (*session)->updated_at = std::max((*session)->updated_at, message->created_at);
  if (message->usage) AddUsage(Usage(), *message->usage, **session);
  created_.emplace(message->id, message->session_id);
  Put(PutMessage{message});
  return Status::Ok();
}

std::vector<SessionId> BatchBuilder::edited_sessions() const {
  std::vector<SessionId> ids;
  for (const auto& [id, edit] : sessions_) {
    if (edit.edited) ids.push_back(id);
  }
  return ids;
}

StorageBatch BatchBuilder::Take() {
  StorageBatch batch;
  for (auto& [id, edit] : sessions_) batch.emplace_back(PutSession{std::move(edit.session)});
  std::move(writes_.begin(), writes_.end(), std::back_inserter(batch));
  std::move(last_.begin(), last_.end(), std::back_inserter(batch));
  return batch;
}

}  // namespace millrace
