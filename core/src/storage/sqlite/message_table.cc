#include "storage/sqlite/message_table.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "millrace/base/utf8.h"
#include "millrace/model/codec.h"
#include "storage/sqlite/field_row.h"

namespace millrace {
namespace {

using Stored = HeaderField::Stored;

std::string ColumnsOfMessages(std::string_view after = {}, bool changing_only = false) {
  ColumnList columns(", ");
  const Message any;  // for the names of the fields
  MessageFields(any, [&](const HeaderField& field, const auto& /*value*/) {
    if (!changing_only || field.stored == Stored::kEachTime) columns.Add("", field.column, after);
  });
  return columns.Take();
}

const std::string& SelectMessage() {
  static const std::string sql = "SELECT " + ColumnsOfMessages() + " FROM messages ";
  return sql;
}

// Leaves out columns that never change, so that their indexes are not touched.
const std::string& UpdateMessage() {
  static const std::string sql =
      "UPDATE messages SET " + ColumnsOfMessages(" = ?", true) + " WHERE seq = ? AND id = ?";
  return sql;
}

const std::string& InsertMessage() {
  static const std::string sql = [] {
    ColumnList parameters(",");
    const Message any;  // for the names of the fields
    MessageFields(any, [&](const HeaderField&, const auto&) { parameters.Add("?", ""); });
    return "INSERT INTO messages(" + ColumnsOfMessages() + ") VALUES(" + parameters.Take() + ")";
  }();
  return sql;
}

// Encodes the parts once for both ways of writing a row.
struct MessageBinder : FieldBinder {
  using FieldBinder::operator();
  std::string_view parts;
  bool changing_only;

  void operator()(const std::vector<Part>& /*value*/) const { query.Bind(parts); }
  void operator()(const HeaderField& field, const auto& value) const {
    if (!changing_only || field.stored == Stored::kEachTime) (*this)(value);
  }
};

struct MessageRow : FieldReader {
  using FieldReader::operator();

  void operator()(std::vector<Part>& parts) { parts = PartsFromColumn(row.Text(column++)); }
  void operator()(const HeaderField& /*field*/, auto& value) { (*this)(value); }
};

Message MessageFromRow(const Query& query) {
  Message message;
  MessageFields(message, MessageRow{{query}});
  return message;
}

// Whether a limit keeps the newest rows. With a lower bound it keeps those nearest to the bound.
bool TakesNewest(const MessageQuery& query) { return !query.after; }

std::string SelectFor(const MessageQuery& query) {
  std::string sql = SelectMessage();
  const char* separator = "WHERE ";
  const auto condition = [&](std::string_view text) {
    sql.append(separator).append(text);
    separator = " AND ";
  };
  if (query.session_id) condition("session_id = ?");
  // The role is in the text and not a parameter: only then can the planner use messages_of_user.
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
  Query update = connection_.Prepare(UpdateMessage());
  MessageFields(message, MessageBinder{{update}, parts, /*changing_only=*/true});
  Status rewritten = update.Bind(message.seq).Bind(message.id).Run();
  if (!rewritten.ok()) return rewritten;
  if (connection_.changes() > 0) return false;
  if (Status inserted = Insert(message, parts); !inserted.ok()) return inserted;
  return true;
}

Status MessageTable::Insert(const Message& message, std::string_view parts) {
  Query insert = connection_.Prepare(InsertMessage());
  MessageFields(message, MessageBinder{{insert}, parts, /*changing_only=*/false});
  Status status = insert.Run();
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
  return query.Bind(id).ReadAll([](const Query& row) { return MessageId(row.String(0)); });
}

Result<std::optional<MessageTable::Deleted>> MessageTable::Delete(const MessageId& id) {
  Query query = connection_.Prepare("DELETE FROM messages WHERE id = ? RETURNING seq, session_id");
  Result<bool> row = query.Bind(id).Next();
  if (!row.ok()) return row.status();
  if (!*row) return std::optional<Deleted>();
  std::optional<Deleted> deleted(Deleted{query.Int(0), SessionId(query.String(1))});
  // Only then has the statement ended.
  if (Result<bool> end = query.Next(); !end.ok()) return end.status();
  return deleted;
}

Result<std::vector<std::int64_t>> MessageTable::DeleteOfSession(const SessionId& id) {
  Query query = connection_.Prepare("DELETE FROM messages WHERE session_id = ? RETURNING seq");
  return query.Bind(id).ReadAll([](const Query& row) { return row.Int(0); });
}

Result<bool> MessageTable::Has(const MessageId& id) {
  return connection_.Prepare("SELECT 1 FROM messages WHERE id = ?").Bind(id).Next();
}

Result<std::optional<Message>> MessageTable::Read(const MessageId& id) {
  Query query = connection_.Prepare(SelectMessage() + "WHERE id = ?");
  return query.Bind(id).ReadOne(MessageFromRow);
}

Result<std::optional<Message>> MessageTable::Read(std::int64_t seq) {
  Query query = connection_.Prepare(SelectMessage() + "WHERE seq = ?");
  return query.Bind(seq).ReadOne(MessageFromRow);
}

Result<std::vector<Message>> MessageTable::ReadFrom(std::int64_t seq, std::size_t limit) {
  Query query = connection_.Prepare(SelectMessage() + "WHERE seq > ? ORDER BY seq LIMIT ?");
  Result<std::vector<Message>> messages =
      query.Bind(seq).Bind(LimitParameter(limit)).ReadAll(MessageFromRow);
  if (!messages.ok()) return messages;
  // In a damaged file the next row may not come after the last one. A reader that goes on from the
  // last row would then never end.
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
  Result<std::vector<Message>> messages =
      select.Bind(LimitParameter(query.limit)).ReadAll(MessageFromRow);
  const bool newest_first = query.order == MessageQuery::Order::kNewestFirst;
  if (messages.ok() && newest_first != TakesNewest(query)) {
    std::reverse(messages->begin(), messages->end());
  }
  return messages;
}

Result<std::vector<Message>> MessageTable::ReadUnfinished(const std::vector<std::int64_t>& also) {
  Query unfinished =
      connection_.Prepare(SelectMessage() + "WHERE finished_at IS NULL ORDER BY seq");
  Result<std::vector<Message>> messages = unfinished.ReadAll(MessageFromRow);
  if (!messages.ok()) return messages;
  const auto unfinished_count = static_cast<std::ptrdiff_t>(messages->size());
  for (const std::int64_t seq : also) {
    Query finished =
        connection_.Prepare(SelectMessage() + "WHERE seq = ? AND finished_at IS NOT NULL");
    Result<std::vector<Message>> found = finished.Bind(seq).ReadAll(MessageFromRow);
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
