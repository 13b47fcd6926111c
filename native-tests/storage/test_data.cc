#include "storage/test_data.h"

#include <optional>
#include <utility>

#include "millrace/model/codec.h"
#include "storage/sqlite/connection.h"

namespace millrace {

Session MakeSession(const std::string& id, TimeMs updated_at) {
  Session session;
  session.id = SessionId(id);
  session.title = "title of " + id;
  session.prompt_tokens = 7;
  session.completion_tokens = 8;
  session.cost = 0.25;
  session.created_at = 900;
  session.updated_at = updated_at;
  return session;
}

Message MakeMessage(std::int64_t seq, const std::string& text, const std::string& session) {
  Message message;
  message.id = MessageId("m" + std::to_string(seq));
  message.session_id = SessionId(session);
  message.parts.emplace_back(TextPart{text, false, ""});
  message.model = "model";
  message.provider = "provider";
  message.created_at = 1000 + seq;
  message.updated_at = 1000 + seq;
  message.seq = seq;
  message.version = 1;
  return message;
}

Message Finished(Message message, TimeMs at) {
  FinishPart finish;
  finish.reason = FinishReason::kEndTurn;
  finish.time = at;
  message.parts.emplace_back(finish);
  message.finished_at = at;
  message.updated_at = at;
  ++message.version;
  return message;
}

std::string TextOf(const Message& message) {
  const auto* text = message.parts.empty() ? nullptr : std::get_if<TextPart>(&message.parts[0]);
  return text == nullptr ? "(no text)" : text->text;
}

StorageOp Put(const Message& message) {
  return PutMessage{std::make_shared<const Message>(message)};
}

StorageOp Put(const Session& session) { return PutSession{session}; }

StorageOp Grow(Message& message, std::string_view text) {
  auto patch = std::make_shared<Patch>();
  patch->from_version = message.version;
  patch->to_version = ++message.version;
  patch->updated_at = ++message.updated_at;
  patch->Append(0, text);
  std::get<TextPart>(message.parts[0]).text += text;
  return AppendDelta{message.seq, std::move(patch)};
}

Status Commit(Storage& storage, StorageBatch batch, Durability durability) {
  std::optional<Status> status;
  storage.Commit(std::move(batch), {durability},
                 [&](CommitOutcome outcome) { status = std::move(outcome.status); });
  return status.value_or(Internal("the commit did not end during the call"));
}

std::string Dump(Storage& storage) {
  std::string out;
  const auto add = [&out](const auto&... fields) { ((out.append(fields).append("|")), ...); };
  Result<std::vector<Session>> sessions = storage.committed().ReadSessions({});
  if (!sessions.ok()) return "sessions: " + sessions.status().message();
  for (const Session& session : *sessions) {
    add("\nsession", session.id.value, session.title, std::to_string(session.message_count),
        std::to_string(session.completion_tokens), std::to_string(session.updated_at),
        session.head_id.value, session.metadata);
  }
  Result<std::vector<Message>> messages = storage.committed().ReadMessages({});
  if (!messages.ok()) return "messages: " + messages.status().message();
  for (const Message& message : *messages) {
    add("\nmessage", std::to_string(message.seq), message.id.value, message.session_id.value,
        message.parent_id.value, RoleName(message.role), message.model,
        std::to_string(message.created_at), std::to_string(message.updated_at),
        std::to_string(message.finished_at.value_or(-1)), std::to_string(message.version),
        EncodeParts(message.parts), message.metadata,
        message.usage ? std::to_string(message.usage->input_tokens) : "");
  }
  Result<std::vector<Message>> unfinished = storage.committed().ReadUnfinished();
  if (!unfinished.ok()) return "unfinished: " + unfinished.status().message();
  for (const Message& message : *unfinished) add("\nunfinished", message.id.value, TextOf(message));
  return out;
}

std::string QueryPlan(Connection& connection, const std::string& sql) {
  std::string text;
  Query query = connection.Prepare("EXPLAIN QUERY PLAN " + sql);
  for (auto row = query.Next(); row.ok() && *row; row = query.Next()) {
    text += query.String(3) + "; ";
  }
  return text;
}

std::string IntegrityCheck(DatabaseFiles files) {
  Result<std::unique_ptr<Connection>> connection = Connection::Open(std::move(files));
  if (!connection.ok()) return connection.status().message();
  Query query = (*connection)->Prepare("PRAGMA integrity_check");
  Result<bool> row = query.Next();
  if (!row.ok()) return row.status().message();
  return query.String(0);
}

}  // namespace millrace
