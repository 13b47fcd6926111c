#include "storage/sqlite/millrace_source.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "storage/sqlite/delta_log.h"
#include "storage/sqlite/imported_values.h"
#include "storage/sqlite/message_table.h"
#include "storage/sqlite/session_table.h"

namespace millrace {
namespace {

// How many messages are read at once. One pass over the delta log serves all of them.
constexpr std::size_t kMessagesPerPage = 256;

class MillraceSource final : public ImportSource {
 public:
  MillraceSource(GuardedConnection file, std::int64_t schema, TimeMs now)
      : file_(std::move(file)),
        schema_(schema),
        now_(now),
        sessions_table_(*file_.connection),
        messages_table_(*file_.connection, schema),
        log_(*file_.connection) {}

  Status Load() {
    Result<std::int64_t> count = file_.connection->ReadInt("SELECT count(*) FROM messages");
    if (!count.ok()) return AboutImportedFile(count.status());
    message_count_ = *count;
    if (Status status = log_.Load(); !status.ok()) return AboutImportedFile(status);
    Result<std::vector<Session>> sessions = sessions_table_.ReadAll(schema_);
    if (!sessions.ok()) return AboutImportedFile(sessions.status());
    sessions_ = *std::move(sessions);  // the last one is taken first, so the order stays
    return Status::Ok();
  }

  std::int64_t message_count() const override { return message_count_; }
  bool branches() const override { return true; }

  Result<std::optional<Session>> NextSession() override {
    // Load has read all of them.
    return NextStorable(
        sessions_, [] { return Status::Ok(); }, [](Session& session) { MakeStorable(session); });
  }

  Result<std::optional<Message>> NextMessage() override {
    return NextStorable(
        page_, [this] { return ReadPage(); },
        [this](Message& message) { MakeStorable(message, now_); });
  }

 private:
  Status ReadPage() {
    Result<std::vector<Message>> page = messages_table_.ReadFrom(last_seq_, kMessagesPerPage);
    if (!page.ok()) return page.status();
    if (page->empty()) return Status::Ok();
    last_seq_ = page->back().seq;
    if (Status status = log_.ApplyTo(*page); !status.ok()) return status;
    page_ = *std::move(page);
    std::reverse(page_.begin(), page_.end());
    return Status::Ok();
  }

  GuardedConnection file_;
  std::int64_t schema_;
  TimeMs now_;
  SessionTable sessions_table_;
  MessageTable messages_table_;
  DeltaLog log_;
  std::int64_t message_count_ = 0;
  std::int64_t last_seq_ = INT64_MIN;
  std::vector<Session> sessions_;
  std::vector<Message> page_;  // reversed
};

}  // namespace

Result<std::unique_ptr<ImportSource>> OpenMillraceSource(GuardedConnection file,
                                                         std::int64_t schema, TimeMs now) {
  auto source = std::make_unique<MillraceSource>(std::move(file), schema, now);
  if (Status status = source->Load(); !status.ok()) return status;
  return std::unique_ptr<ImportSource>(std::move(source));
}

}  // namespace millrace
