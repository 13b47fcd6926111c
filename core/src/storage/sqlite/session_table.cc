#include "storage/sqlite/session_table.h"

#include <string>
#include <string_view>
#include <utility>

#include "storage/sqlite/field_row.h"
#include "storage/sqlite/schema.h"

namespace millrace {
namespace {

using Stored = HeaderField::Stored;

// `schema`: the version of the file. A column that it does not have is read as NULL.
std::string SelectFromSessions(std::int64_t schema) {
  ColumnList columns(", ");
  const Session any;  // for the names of the fields
  SessionFields(any, [&](const HeaderField& field, const auto& /*value*/) {
    columns.Add(field.since > schema ? "NULL AS " : "", field.column);
  });
  return "SELECT " + columns.Take() + " FROM sessions ";
}

const std::string& SelectSession() {
  static const std::string sql = SelectFromSessions(kSchemaVersion);
  return sql;
}

// An upsert, never REPLACE: REPLACE would delete the row first, and with it its messages.
const std::string& UpsertSession() {
  static const std::string sql = [] {
    ColumnList columns(", ");
    ColumnList values(",");
    ColumnList changes(", ");
    const Session any;  // for the names of the fields
    SessionFields(any, [&](const HeaderField& field, const auto& /*value*/) {
      // Of these, message_count needs a value.
      if (field.stored == Stored::kByStorage && field.since > 4) return;
      columns.Add("", field.column);
      values.Add(field.stored == Stored::kByStorage ? "0" : "?", "");
      if (field.stored != Stored::kEachTime) return;
      changes.Add(field.column, " = excluded.", field.column);
    });
    return "INSERT INTO sessions(" + columns.Take() + ") VALUES(" + values.Take() +
           ") ON CONFLICT(id) DO UPDATE SET " + changes.Take();
  }();
  return sql;
}

Session SessionFromRow(const Query& query) {
  Session session;
  FieldReader row{query};
  SessionFields(session, [&](const HeaderField&, auto&& value) { row(value); });
  return session;
}

}  // namespace

Status SessionTable::Put(const Session& session) {
  if (session.id.empty()) return InvalidArgument("a session needs an id");
  Query upsert = connection_.Prepare(UpsertSession());
  SessionFields(session, [bind = FieldBinder{upsert}](const HeaderField& field, const auto& value) {
    if (field.stored != Stored::kByStorage) bind(value);
  });
  return upsert.Run();
}

Status SessionTable::Delete(const SessionId& id) {
  return connection_.Prepare("DELETE FROM sessions WHERE id = ?").Bind(id).Run();
}

Status SessionTable::CountMessages(const SessionId& id, std::int64_t more) {
  return connection_.Prepare("UPDATE sessions SET message_count = message_count + ? WHERE id = ?")
      .Bind(more)
      .Bind(id)
      .Run();
}

Result<bool> SessionTable::Has(const SessionId& id) {
  return connection_.Prepare("SELECT 1 FROM sessions WHERE id = ?").Bind(id).Next();
}

Result<std::optional<Session>> SessionTable::Read(const SessionId& id) {
  Query query = connection_.Prepare(SelectSession() + "WHERE id = ?");
  return query.Bind(id).ReadOne(SessionFromRow);
}

Status SessionTable::SetHead(const SessionId& id, const MessageId& head) {
  return connection_.Prepare("UPDATE sessions SET head_id = ? WHERE id = ?")
      .BindOptional(head)
      .Bind(id)
      .Run();
}

Status SessionTable::DropHeadsOfEmpty() {
  return connection_.Prepare("UPDATE sessions SET head_id = NULL WHERE message_count = 0").Run();
}

Result<MessageId> SessionTable::Head(const SessionId& id) {
  Query query = connection_.Prepare("SELECT head_id FROM sessions WHERE id = ?");
  const Result<bool> row = query.Bind(id).Next();
  if (!row.ok()) return row.status();
  return *row ? MessageId(query.String(0)) : MessageId();
}

Result<std::vector<Session>> SessionTable::Read(const SessionQuery& query,
                                                const std::function<bool(const Session&)>& wanted) {
  std::int64_t before_time = 0;
  std::int64_t before_row = 0;
  if (query.before) {
    Query place = connection_.Prepare("SELECT updated_at, rowid FROM sessions WHERE id = ?");
    const Result<bool> there = place.Bind(*query.before).Next();
    if (!there.ok()) return there.status();
    if (!*there) return NotFound("no session '" + query.before->value + "'");
    before_time = place.Int(0);
    before_row = place.Int(1);
  }
  std::string sql = SelectSession();
  const char* separator = "WHERE ";
  const auto condition = [&](bool wanted_too, std::string_view text) {
    if (!wanted_too) return;
    sql.append(separator).append(text);
    separator = "AND ";
  };
  condition(query.parent_id.has_value(), "parent_id = ? ");
  condition(query.before.has_value(), "(updated_at, rowid) < (?, ?) ");
  condition(query.archived == true, "archived ");
  condition(query.archived == false, "NOT archived ");
  sql += "ORDER BY updated_at DESC, rowid DESC";
  Query select = connection_.Prepare(sql);
  if (query.parent_id) select.Bind(*query.parent_id);
  if (query.before) select.Bind(before_time).Bind(before_row);
  std::vector<Session> sessions;
  while (!query.limit || sessions.size() < *query.limit) {
    const Result<bool> row = select.Next();
    if (!row.ok()) return row.status();
    if (!*row) break;
    Session session = SessionFromRow(select);
    if (!wanted || wanted(session)) sessions.push_back(std::move(session));
  }
  return sessions;
}

Result<std::vector<Session>> SessionTable::ReadAll(std::int64_t schema) {
  Query select =
      connection_.Prepare(SelectFromSessions(schema) + "ORDER BY updated_at DESC, rowid DESC");
  return select.ReadAll(SessionFromRow);
}

}  // namespace millrace
