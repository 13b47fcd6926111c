#include "storage/sqlite/session_table.h"

#include <string>
#include <utility>

namespace millrace {
namespace {

constexpr std::string_view kSelectSession =
    "SELECT id, parent_id, title, prompt_tokens, completion_tokens, cost, summary_message_id,"
    " created_at, updated_at, message_count FROM sessions ";

Session SessionFromRow(const Query& row) {
  Session session;
  session.id = SessionId(row.String(0));
  session.parent_id = SessionId(row.String(1));
  session.title = row.String(2);
  session.prompt_tokens = row.Int(3);
  session.completion_tokens = row.Int(4);
  session.cost = row.Real(5);
  session.summary_message_id = MessageId(row.String(6));
  session.created_at = row.Int(7);
  session.updated_at = row.Int(8);
  session.message_count = row.Int(9);
  return session;
}

}  // namespace

Status SessionTable::Put(const Session& session) {
  if (session.id.empty()) return InvalidArgument("a session needs an id");
  // An upsert, never REPLACE: that would delete the row first, and its messages with it.
  return connection_
      .Prepare(
          "INSERT INTO sessions(id, parent_id, title, prompt_tokens, completion_tokens, cost,"
          " summary_message_id, created_at, updated_at, message_count)"
          " VALUES(?,?,?,?,?,?,?,?,?,0)"
          " ON CONFLICT(id) DO UPDATE SET parent_id = excluded.parent_id, title = excluded.title,"
          " prompt_tokens = excluded.prompt_tokens,"
          " completion_tokens = excluded.completion_tokens, cost = excluded.cost,"
          " summary_message_id = excluded.summary_message_id, created_at = excluded.created_at,"
          " updated_at = excluded.updated_at")
      .Bind(session.id)
      .BindOptional(session.parent_id)
      .Bind(std::string_view(session.title))
      .Bind(session.prompt_tokens)
      .Bind(session.completion_tokens)
      .Bind(session.cost)
      .BindOptional(session.summary_message_id)
      .Bind(session.created_at)
      .Bind(session.updated_at)
      .Run();
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
  Query query = connection_.Prepare(std::string(kSelectSession) + "WHERE id = ?");
  Result<bool> row = query.Bind(id).Next();
  if (!row.ok()) return row.status();
  if (!*row) return std::optional<Session>();
  return std::optional<Session>(SessionFromRow(query));
}

Result<std::vector<Session>> SessionTable::Read(const SessionQuery& query) {
  std::string sql(kSelectSession);
  if (query.parent_id) sql += "WHERE parent_id = ? ";
  sql += "ORDER BY updated_at DESC, rowid DESC LIMIT ?";
  Query select = connection_.Prepare(sql);
  if (query.parent_id) select.Bind(*query.parent_id);
  return Sessions(select.Bind(LimitParameter(query.limit)));
}

Result<std::vector<Session>> SessionTable::ReadUncounted() {
  Query select = connection_.Prepare(
      "SELECT id, parent_id, title, prompt_tokens, completion_tokens, cost, summary_message_id,"
      " created_at, updated_at, 0 FROM sessions ORDER BY updated_at DESC, rowid DESC");
  return Sessions(select);
}

Result<std::vector<Session>> SessionTable::Sessions(Query& select) {
  std::vector<Session> sessions;
  for (;;) {
    Result<bool> row = select.Next();
    if (!row.ok()) return row.status();
    if (!*row) return sessions;
    sessions.push_back(SessionFromRow(select));
  }
}

}  // namespace millrace
