#include "storage/sqlite/message_table.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "millrace/base/utf8.h"
#include "millrace/model/codec.h"

namespace millrace {
namespace {

constexpr std::string_view kSelectMessage =
    "SELECT seq, id, session_id, role, model, provider, is_summary, created_at, updated_at,"
    " finished_at, version, parts FROM messages ";

Message MessageFromRow(const Query& row) {
  Message message;
  message.seq = row.Int(0);
  message.id = MessageId(row.String(1));
  message.session_id = SessionId(row.String(2));
  // A word that is no role is shown as the model's own.
  message.role = RoleFromName(row.Text(3)).value_or(Role::kAssistant);
  message.model = row.String(4);
  message.provider = row.String(5);
  message.is_summary = row.Int(6) != 0;
  message.created_at = row.Int(7);
  message.updated_at = row.Int(8);
  message.finished_at = row.OptionalInt(9);
  message.version = row.Int(10);
  message.parts = PartsFromColumn(row.Text(11));
  return message;
}

Result<std::vector<Message>> Messages(Query& query) {
  std::vector<Message> messages;
  for (;;) {
    Result<bool> row = query.Next();
    if (!row.ok()) return row.status();
    if (!*row) return messages;
    messages.push_back(MessageFromRow(query));
  }
}

// The limit is taken from the newest down, unless it counts from a lower bound up.
bool TakesNewest(const MessageQuery& query) { return !query.after; }

std::string SelectFor(const MessageQuery& query) {
  std::string sql(kSelectMessage);
  const char* separator = "WHERE ";
  const auto condition = [&](std::string_view text) {
    sql.append(separator).append(text);
    separator = " AND ";
  };
  if (query.session_id) condition("session_id = ?");
  // The role's own word, not a parameter: only then may the planner use messages_of_user.
  if (query.role) condition("role = '" + std::string(RoleName(*query.role)) + "'");
  if (query.before) condition("seq < ?");
  if (query.after) condition("seq > ?");
  sql += TakesNewest(query) ? " ORDER BY seq DESC LIMIT ?" : " ORDER BY seq LIMIT ?";
  return sql;
}

}  // namespace

std::vector<Part> PartsFromColumn(std::string_view json) {
  Result<std::vector<Part>> parts = DecodeParts(json);
  if (parts.ok()) return *std::move(parts);
  CustomPart part;
  part.name = "undecodable";
  part.data = EncodePart(TextPart{.text = ToValidUtf8(json), .refusal = false, .extra = {}});
  return {std::move(part)};
}

Result<bool> MessageTable::Put(const Message& message) {
  if (message.id.empty()) return InvalidArgument("a message needs an id");
  if (message.seq <= 0) return InvalidArgument("a message needs a seq from 1 up");
  const std::string parts = EncodeParts(message.parts);
  // Leaves out what never changes, so that its indexes are not touched.
  Status rewritten = connection_
                         .Prepare(
                             "UPDATE messages SET model = ?, provider = ?, is_summary = ?,"
                             " updated_at = ?, finished_at = ?, version = ?, parts = ?"
                             " WHERE seq = ? AND id = ?")
                         .Bind(std::string_view(message.model))
                         .Bind(std::string_view(message.provider))
                         .Bind(std::int64_t{message.is_summary ? 1 : 0})
                         .Bind(message.updated_at)
                         .Bind(message.finished_at)
                         .Bind(message.version)
                         .Bind(std::string_view(parts))
                         .Bind(message.seq)
                         .Bind(message.id)
                         .Run();
  if (!rewritten.ok()) return rewritten;
  if (connection_.changes() > 0) return false;
  if (Status inserted = Insert(message, parts); !inserted.ok()) return inserted;
  return true;
}

Status MessageTable::Insert(const Message& message, std::string_view parts) {
  Status status =
      connection_
          .Prepare(
              "INSERT INTO messages(seq, id, session_id, role, model, provider, is_summary,"
              " created_at, updated_at, finished_at, version, parts)"
              " VALUES(?,?,?,?,?,?,?,?,?,?,?,?)")
          .Bind(message.seq)
          .Bind(message.id)
          .Bind(message.session_id)
          .Bind(RoleName(message.role))
          .Bind(std::string_view(message.model))
          .Bind(std::string_view(message.provider))
          .Bind(std::int64_t{message.is_summary ? 1 : 0})
          .Bind(message.created_at)
          .Bind(message.updated_at)
          .Bind(message.finished_at)
          .Bind(message.version)
          .Bind(parts)
          .Run();
  switch (status.ok() ? SQLITE_OK : connection_.last_code()) {
    case SQLITE_CONSTRAINT_FOREIGNKEY:
      return NotFound("there is no session '" + message.session_id.value + "'");
    case SQLITE_CONSTRAINT_UNIQUE:
      return InvalidArgument("the message id '" + message.id.value + "' is taken");
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
      return InvalidArgument("seq " + std::to_string(message.seq) + " belongs to another message");
    default:
      return status;
  }
}

Result<std::vector<MessageId>> MessageTable::IdsOfSession(const SessionId& id) {
  Query query = connection_.Prepare("SELECT id FROM messages WHERE session_id = ? ORDER BY seq");
  query.Bind(id);
  std::vector<MessageId> ids;
  for (;;) {
    Result<bool> row = query.Next();
    if (!row.ok()) return row.status();
    if (!*row) return ids;
    ids.emplace_back(query.String(0));
  }
}

Result<std::optional<MessageTable::Deleted>> MessageTable::Delete(const MessageId& id) {
  Query query = connection_.Prepare("DELETE FROM messages WHERE id = ? RETURNING seq, session_id");
  Result<bool> row = query.Bind(id).Next();
  if (!row.ok()) return row.status();
  if (!*row) return std::optional<Deleted>();
  std::optional<Deleted> deleted(Deleted{query.Int(0), SessionId(query.String(1))});
  // The statement is through only then.
  if (Result<bool> end = query.Next(); !end.ok()) return end.status();
  return deleted;
}

Result<std::vector<std::int64_t>> MessageTable::DeleteOfSession(const SessionId& id) {
  Query query = connection_.Prepare("DELETE FROM messages WHERE session_id = ? RETURNING seq");
  query.Bind(id);
  std::vector<std::int64_t> seqs;
  for (;;) {
    Result<bool> row = query.Next();
    if (!row.ok()) return row.status();
    if (!*row) return seqs;
    seqs.push_back(query.Int(0));
  }
}

Result<bool> MessageTable::Has(const MessageId& id) {
  return connection_.Prepare("SELECT 1 FROM messages WHERE id = ?").Bind(id).Next();
}

Result<std::optional<Message>> MessageTable::Read(const MessageId& id) {
  Query query = connection_.Prepare(std::string(kSelectMessage) + "WHERE id = ?");
  Result<bool> row = query.Bind(id).Next();
  if (!row.ok()) return row.status();
  if (!*row) return std::optional<Message>();
  return std::optional<Message>(MessageFromRow(query));
}

Result<std::optional<Message>> MessageTable::Read(std::int64_t seq) {
  Query query = connection_.Prepare(std::string(kSelectMessage) + "WHERE seq = ?");
  Result<bool> row = query.Bind(seq).Next();
  if (!row.ok()) return row.status();
  if (!*row) return std::optional<Message>();
  return std::optional<Message>(MessageFromRow(query));
}

Result<std::vector<Message>> MessageTable::ReadFrom(std::int64_t seq, std::size_t limit) {
  Query query =
      connection_.Prepare(std::string(kSelectMessage) + "WHERE seq > ? ORDER BY seq LIMIT ?");
  Result<std::vector<Message>> messages = Messages(query.Bind(seq).Bind(LimitParameter(limit)));
  if (!messages.ok()) return messages;
  // Whoever reads on from the last one would never end in a damaged file that does not move on.
  for (const Message& message : *messages) {
    if (message.seq <= seq) return Status(Code::kCorrupt, "messages are not in their order");
    seq = message.seq;
  }
  return messages;
}

Result<std::vector<Message>> MessageTable::Read(const MessageQuery& query) {
  Query select = connection_.Prepare(SelectFor(query));
  if (query.session_id) select.Bind(*query.session_id);
  for (const auto& bound : {query.before, query.after}) {
    if (bound) select.Bind(*bound);
  }
  Result<std::vector<Message>> messages = Messages(select.Bind(LimitParameter(query.limit)));
  const bool newest_first = query.order == MessageQuery::Order::kNewestFirst;
  if (messages.ok() && newest_first != TakesNewest(query)) {
    std::reverse(messages->begin(), messages->end());
  }
  return messages;
}

Result<std::vector<Message>> MessageTable::ReadUnfinished(const std::vector<std::int64_t>& also) {
  Query unfinished =
      connection_.Prepare(std::string(kSelectMessage) + "WHERE finished_at IS NULL ORDER BY seq");
  Result<std::vector<Message>> messages = Messages(unfinished);
  if (!messages.ok()) return messages;
  const auto unfinished_count = static_cast<std::ptrdiff_t>(messages->size());
  for (const std::int64_t seq : also) {
    Query finished = connection_.Prepare(std::string(kSelectMessage) +
                                         "WHERE seq = ? AND finished_at IS NOT NULL");
    Result<std::vector<Message>> found = Messages(finished.Bind(seq));
    if (!found.ok()) return found;
    std::move(found->begin(), found->end(), std::back_inserter(*messages));
  }
  std::inplace_merge(messages->begin(), messages->begin() + unfinished_count, messages->end(),
                     [](const Message& a, const Message& b) { return a.seq < b.seq; });
  return messages;
}

Result<std::int64_t> MessageTable::LastSeq() {
  return connection_.ReadInt(
      "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'messages'");
}

Result<std::int64_t> MessageTable::OldestSeq() {
  return connection_.ReadInt("SELECT coalesce(min(seq), 0) FROM messages");
}

}  // namespace millrace
