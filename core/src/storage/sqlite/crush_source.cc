#include "storage/sqlite/crush_source.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "storage/sqlite/imported_values.h"
#include "storage/sqlite/message_table.h"

namespace millrace {
namespace {

constexpr std::int64_t kRowsPerPage = 64;

// A value that is too large for seconds (the year 5138) is already in milliseconds.
TimeMs FromSeconds(std::int64_t time) {
  constexpr std::int64_t kLastSecond = 100'000'000'000;
  return time < kLastSecond ? std::max<std::int64_t>(time, 0) * 1000 : time;
}

void PartTimesFromSeconds(std::vector<Part>& parts) {
  for (Part& part : parts) {
    if (auto* reasoning = std::get_if<ReasoningPart>(&part)) {
      if (reasoning->started_at) reasoning->started_at = FromSeconds(*reasoning->started_at);
      if (reasoning->finished_at) reasoning->finished_at = FromSeconds(*reasoning->finished_at);
    } else if (auto* finish = std::get_if<FinishPart>(&part)) {
      finish->time = FromSeconds(finish->time);
    }
  }
}

// For rows of the selects below; column 0 is the rowid.
Session CrushSession(const Query& row) {
  Session session;
  session.id = SessionId(row.String(1));
  session.parent_id = SessionId(row.String(2));
  session.title = row.String(3);
  session.prompt_tokens = row.Int(4);
  session.completion_tokens = row.Int(5);
  session.cost = row.Real(6);
  session.summary_message_id = MessageId(row.String(7));
  session.created_at = FromSeconds(row.Int(8));
  session.updated_at = FromSeconds(row.Int(9));
  return session;
}

Message CrushMessage(const Query& row) {
  Message message;
  message.id = MessageId(row.String(1));
  message.session_id = SessionId(row.String(2));
  message.role = RoleFromName(row.Text(3)).value_or(Role::kAssistant);
  message.parts = PartsFromColumn(row.Text(4));
  PartTimesFromSeconds(message.parts);
  message.model = row.String(5);
  message.provider = row.String(6);
  message.is_summary = row.Int(7) != 0;
  message.created_at = FromSeconds(row.Int(8));
  message.updated_at = FromSeconds(row.Int(9));
  if (const auto finished = row.OptionalInt(10)) message.finished_at = FromSeconds(*finished);
  return message;
}

class CrushSource final : public ImportSource {
 public:
  CrushSource(GuardedConnection file, TimeMs now) : file_(std::move(file)), now_(now) {}

  Status Load() {
    if (Status status = PrepareSelects(); !status.ok()) return status;
    Result<std::int64_t> count = file_.connection->ReadInt("SELECT count(*) FROM messages");
    if (!count.ok()) return AboutImportedFile(count.status());
    message_count_ = *count;
    return Status::Ok();
  }

  std::int64_t message_count() const override { return message_count_; }
  bool branches() const override { return false; }
  Result<std::optional<Session>> NextSession() override;
  Result<std::optional<Message>> NextMessage() override;

 private:
  using Columns = std::set<std::string, std::less<>>;
  Result<Columns> ColumnsOf(std::string_view table);
  Status PrepareSelects();
  // The next page of rows after `last`.
  template <typename T, typename ReadRow>
  Status ReadPage(const std::string& select, std::int64_t& last, std::vector<T>& values,
                  const ReadRow& read_row);

  GuardedConnection file_;
  TimeMs now_;
  std::string select_sessions_;
  std::string select_messages_;
  std::int64_t message_count_ = 0;
  // What was read so far. Rows are in the order in which they were written.
  std::int64_t last_session_ = INT64_MIN;
  std::int64_t last_message_ = INT64_MIN;
  std::vector<Session> sessions_;  // reversed: the next one is at the end
  std::vector<Message> messages_;
};

// The names in lower case, because SQLite ignores case.
Result<CrushSource::Columns> CrushSource::ColumnsOf(std::string_view table) {
  Columns columns;
  Query query = file_.connection->Prepare("SELECT name FROM pragma_table_xinfo(?)");
  query.Bind(table);
  for (;;) {
    Result<bool> row = query.Next();
    if (!row.ok()) return AboutImportedFile(row.status());
    if (!*row) return columns;
    std::string name = query.String(0);
    for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
    columns.insert(std::move(name));
  }
}

Status CrushSource::PrepareSelects() {
  const auto select = [](const Columns& there, std::string_view table, const auto& columns) {
    std::string sql = "SELECT rowid";
    for (const std::string_view column : columns) {
      sql += there.contains(column) ? ", " : ", NULL AS ";
      sql += column;
    }
    return sql.append(" FROM ").append(table).append(" WHERE rowid > ? ORDER BY rowid LIMIT ?");
  };
  const Result<Columns> sessions = ColumnsOf("sessions");
  if (!sessions.ok()) return sessions.status();
  const Result<Columns> messages = ColumnsOf("messages");
  if (!messages.ok()) return messages.status();
  // A column with that name would hide the order of the rows.
  bool complete =
      sessions->contains("id") && !sessions->contains("rowid") && !messages->contains("rowid");
  for (const char* column : {"id", "session_id", "role", "parts"}) {
    complete = complete && messages->contains(column);
  }
  if (!complete) {
    return InvalidArgument(
        "the file to import is a SQLite database, but neither of Millrace nor of Crush");
  }
  using Names = std::vector<std::string_view>;
  select_sessions_ =
      select(*sessions, "sessions",
             Names{"id", "parent_session_id", "title", "prompt_tokens", "completion_tokens", "cost",
                   "summary_message_id", "created_at", "updated_at"});
  select_messages_ = select(*messages, "messages",
                            Names{"id", "session_id", "role", "parts", "model", "provider",
                                  "is_summary_message", "created_at", "updated_at", "finished_at"});
  return Status::Ok();
}

template <typename T, typename ReadRow>
Status CrushSource::ReadPage(const std::string& select, std::int64_t& last, std::vector<T>& values,
                             const ReadRow& read_row) {
  Query query = file_.connection->Prepare(select);
  Result<std::vector<T>> page = query.Bind(last).Bind(kRowsPerPage).ReadAll([&](const Query& row) {
    last = row.Int(0);
    return read_row(row);
  });
  if (!page.ok()) return page.status();
  values = *std::move(page);
  std::reverse(values.begin(), values.end());
  return Status::Ok();
}

Result<std::optional<Session>> CrushSource::NextSession() {
  return NextStorable(
      sessions_,
      [this] { return ReadPage(select_sessions_, last_session_, sessions_, CrushSession); },
      [](Session& session) { MakeStorable(session); });
}

Result<std::optional<Message>> CrushSource::NextMessage() {
  return NextStorable(
      messages_,
      [this] { return ReadPage(select_messages_, last_message_, messages_, CrushMessage); },
      [this](Message& message) { MakeStorable(message, now_); });
}

}  // namespace

Result<std::unique_ptr<ImportSource>> OpenCrushSource(GuardedConnection file, TimeMs now) {
  auto source = std::make_unique<CrushSource>(std::move(file), now);
  if (Status status = source->Load(); !status.ok()) return status;
  return std::unique_ptr<ImportSource>(std::move(source));
}

}  // namespace millrace
