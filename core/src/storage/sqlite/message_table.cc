#include "storage/sqlite/message_table.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "millrace/base/utf8.h"
#include "millrace/model/codec.h"
#include "storage/sqlite/field_row.h"
#include "storage/sqlite/schema.h"

namespace millrace {
namespace {

using Stored = HeaderField::Stored;

// The columns of the table `messages` itself.
std::string ColumnsOfMessages(std::string_view after = {}, bool changing_only = false) {
  ColumnList columns(", ");
  const Message any;  // for the names of the fields
  MessageFields(any, [&](const HeaderField& field, const auto& /*value*/) {
    if (field.stored == Stored::kBeside) return;
    if (!changing_only || field.stored == Stored::kEachTime) columns.Add("", field.column, after);
  });
  return columns.Take();
}

// How to find the id of the parent. A path knows its parents: it reads them one after the other.
enum class Parents { kRead, kKnown };

constexpr std::string_view kParentId =
    "(SELECT p.id FROM messages AS p WHERE p.seq = coalesce("
    "(SELECT parent FROM parents WHERE session_id = m.session_id AND seq = m.seq), "
    "(SELECT b.seq FROM messages AS b WHERE b.session_id = m.session_id AND b.seq < m.seq "
    "ORDER BY b.seq DESC LIMIT 1)))";
constexpr std::string_view kPlainParentId =
    "(SELECT b.id FROM messages AS b WHERE b.session_id = m.session_id AND b.seq < m.seq "
    "ORDER BY b.seq DESC LIMIT 1)";
constexpr std::string_view kUsage =
    "n.input_tokens, n.output_tokens, n.cached_input_tokens, n.reasoning_tokens, n.cost";

// `schema`: the version of the file. Before kSchemaWithTree a message follows the one before it,
// and has no notes.
std::string SelectFromMessages(std::int64_t schema, Parents parents) {
  const bool with_tree = schema >= kSchemaWithTree;
  ColumnList columns(", ");
  const Message any;  // for the names of the fields
  MessageFields(any, [&](const HeaderField& field, const auto& value) {
    using Value = std::decay_t<decltype(value)>;
    if constexpr (std::is_same_v<Value, std::optional<Usage>>) {
      columns.Add("", with_tree ? kUsage : "NULL, NULL, NULL, NULL, NULL");
    } else if constexpr (std::is_same_v<Value, JsonField<const std::string>>) {
      const bool there = with_tree && schema >= field.since;
      columns.Add(there ? "n." : "NULL AS ", field.column);
    } else if constexpr (std::is_same_v<Value, OptionalId<const MessageId>>) {
      const std::string_view read = with_tree ? kParentId : kPlainParentId;
      columns.Add("", parents == Parents::kRead ? read : "NULL");
    } else {
      columns.Add("m.", field.column);
    }
  });
  return "SELECT " + columns.Take() + " FROM messages AS m " +
         (with_tree ? "LEFT JOIN message_notes AS n ON n.seq = m.seq " : "");
}

const std::string& SelectMessage() {
  static const std::string sql = SelectFromMessages(kSchemaVersion, Parents::kRead);
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
    MessageFields(any, [&](const HeaderField& field, const auto&) {
      if (field.stored != Stored::kBeside) parameters.Add("?", "");
    });
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
  void operator()(const std::optional<Usage>& /*usage*/) const {}
  void operator()(const HeaderField& field, const auto& value) const {
    if (field.stored == Stored::kBeside) return;
    if (!changing_only || field.stored == Stored::kEachTime) (*this)(value);
  }
};

struct MessageRow : FieldReader {
  using FieldReader::operator();

  void operator()(std::vector<Part>& parts) { parts = PartsFromColumn(row.Text(column++)); }
  void operator()(std::optional<Usage>& usage) {
    const auto count = [this](int at) { return row.OptionalInt(column + at); };
    if (count(0)) {
      usage = Usage{*count(0), row.Int(column + 1), count(2), count(3), std::nullopt};
      if (count(4)) usage->cost = row.Real(column + 4);
      usage = Bounded(*usage);
    }
    column += 5;
  }
  void operator()(const HeaderField& /*field*/, auto&& value) { (*this)(value); }
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
  if (query.session_id) condition("m.session_id = ?");
  // The role is in the text and not a parameter: only then can the planner use messages_of_user.
  if (query.role) condition("m.role = '" + std::string(RoleName(*query.role)) + "'");
  if (query.before) condition("m.seq < ?");
  if (query.after) condition("m.seq > ?");
  sql += TakesNewest(query) ? " ORDER BY m.seq DESC LIMIT ?" : " ORDER BY m.seq LIMIT ?";
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
  const bool there = connection_.changes() > 0;
  Status status = there ? Status::Ok() : Insert(message, parts);
  const bool noted = there || MessageNotes::Has(message);
  if (status.ok() && noted) status = notes_.Put(message);
  if (!status.ok()) return status;
  return !there;
}

Status MessageTable::PutNotes(const Message& message) {
  Query update =
      connection_.Prepare("UPDATE messages SET version = ?, updated_at = ? WHERE seq = ?");
  Status status = update.Bind(message.version).Bind(message.updated_at).Bind(message.seq).Run();
  return status.ok() ? notes_.Put(message) : status;
}

Status MessageTable::ReadLine(const SessionId& session, std::int64_t first, std::int64_t last,
                              bool newest_first, std::optional<std::size_t> limit,
                              std::vector<Message>& into) {
  static const std::string select =
      SelectFromMessages(kSchemaVersion, Parents::kKnown) +
      "WHERE m.session_id = ? AND m.seq >= ? AND m.seq <= ? ORDER BY m.seq ";
  Query query = connection_.Prepare(select + (newest_first ? "DESC LIMIT ?" : "LIMIT ?"));
  query.Bind(session).Bind(first).Bind(last).Bind(LimitParameter(limit));
  for (;;) {
    const Result<bool> row = query.Next();
    if (!row.ok()) return row.status();
    if (!*row) return Status::Ok();
    MessageFields(into.emplace_back(), MessageRow{{query}});
  }
}

Result<std::optional<MessageTable::Place>> MessageTable::Find(const MessageId& id) {
  Query query = connection_.Prepare("SELECT seq, session_id FROM messages WHERE id = ?");
  return query.Bind(id).ReadOne([](const Query& row) {
    return Place{row.Int(0), SessionId(row.String(1))};
  });
}

Result<std::vector<SessionId>> MessageTable::SessionsFrom(std::int64_t seq) {
  Query query = connection_.Prepare("SELECT DISTINCT session_id FROM messages WHERE seq >= ?");
  return query.Bind(seq).ReadAll([](const Query& row) { return SessionId(row.String(0)); });
}

Result<MessageId> MessageTable::IdOf(std::int64_t seq) {
  Query query = connection_.Prepare("SELECT id FROM messages WHERE seq = ?");
  const Result<bool> row = query.Bind(seq).Next();
  if (!row.ok()) return row.status();
  return *row ? MessageId(query.String(0)) : MessageId();
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

Status MessageTable::Delete(std::int64_t seq) {
  Status status = connection_.Prepare("DELETE FROM messages WHERE seq = ?").Bind(seq).Run();
  return status.ok() ? notes_.Delete(seq) : status;
}

Result<std::vector<std::int64_t>> MessageTable::DeleteOfSession(const SessionId& id) {
  Query query = connection_.Prepare("DELETE FROM messages WHERE session_id = ? RETURNING seq");
  Result<std::vector<std::int64_t>> seqs =
      query.Bind(id).ReadAll([](const Query& row) { return row.Int(0); });
  if (!seqs.ok()) return seqs;
  for (const std::int64_t seq : *seqs) {
    if (Status status = notes_.Delete(seq); !status.ok()) return status;
  }
  return seqs;
}

Result<bool> MessageTable::Has(const MessageId& id) {
  return connection_.Prepare("SELECT 1 FROM messages WHERE id = ?").Bind(id).Next();
}

Result<std::optional<Message>> MessageTable::Read(const MessageId& id) {
  Query query = connection_.Prepare(SelectMessage() + "WHERE m.id = ?");
  return query.Bind(id).ReadOne(MessageFromRow);
}

Result<std::optional<Message>> MessageTable::Read(std::int64_t seq) {
  Query query = connection_.Prepare(SelectMessage() + "WHERE m.seq = ?");
  return query.Bind(seq).ReadOne(MessageFromRow);
}

Result<std::vector<Message>> MessageTable::ReadFrom(std::int64_t seq, std::size_t limit) {
  Query query = connection_.Prepare(SelectFromMessages(schema_, Parents::kRead) +
                                    "WHERE m.seq > ? ORDER BY m.seq LIMIT ?");
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
      connection_.Prepare(SelectMessage() + "WHERE m.finished_at IS NULL ORDER BY m.seq");
  Result<std::vector<Message>> messages = unfinished.ReadAll(MessageFromRow);
  if (!messages.ok()) return messages;
  for (const std::int64_t seq : also) {
    Query finished =
        connection_.Prepare(SelectMessage() + "WHERE m.seq = ? AND m.finished_at IS NOT NULL");
    Result<std::vector<Message>> found = finished.Bind(seq).ReadAll(MessageFromRow);
    if (!found.ok()) return found;
    if (found->empty()) continue;
    const auto place = std::find_if(messages->begin(), messages->end(),
                                    [seq](const Message& message) { return message.seq > seq; });
    messages->insert(place, std::move(found->front()));
  }
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
