#include "storage/sqlite/session_table.h"

#include <string>
#include <string_view>
#include <utility>

#include "storage/sqlite/field_row.h"

namespace millrace {
namespace {

using Stored = HeaderField::Stored;

// `uncounted`: for a table without message_count.
std::string SelectFromSessions(bool uncounted) {
  ColumnList columns(", ");
  const Session any;  // for the names of the fields
  SessionFields(any, [&](const HeaderField& field, const auto& /*value*/) {
    const bool missing = uncounted && field.stored == Stored::kByStorage;
    columns.Add(missing ? "0 AS " : "", field.column);
  });
  return "SELECT " + columns.Take() + " FROM sessions ";
}

const std::string& SelectSession() {
  static const std::string sql = SelectFromSessions(/*uncounted=*/false);
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

Result<std::vector<Session>> SessionTable::Read(const SessionQuery& query) {
  std::string sql = SelectSession();
  if (query.parent_id) sql += "WHERE parent_id = ? ";
  sql += "ORDER BY updated_at DESC, rowid DESC LIMIT ?";
  Query select = connection_.Prepare(sql);
  if (query.parent_id) select.Bind(*query.parent_id);
  return select.Bind(LimitParameter(query.limit)).ReadAll(SessionFromRow);
}

Result<std::vector<Session>> SessionTable::ReadUncounted() {
  Query select = connection_.Prepare(SelectFromSessions(/*uncounted=*/true) +
                                     "ORDER BY updated_at DESC, rowid DESC");
  return select.ReadAll(SessionFromRow);
}

}  // namespace millrace
