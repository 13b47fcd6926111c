#include "storage/sqlite/field_times.h"

#include <string>
#include <string_view>

#include "millrace/model/json_text.h"
#include "millrace/model/merge_patch.h"

namespace millrace {
namespace {

// What changed, with `stamp` for each field; "" if nothing did.
std::string Changes(const Session& before, const Session& after, std::string_view stamp) {
  std::string out;
  const auto add = [&out](std::string_view name, std::string_view json) {
    out.push_back(out.empty() ? '{' : ',');
    json::AppendString(name, out);
    out.append(":").append(json);
  };
  std::string text;
  json::AppendString(stamp, text);
  if (before.title != after.title) add("title", text);
  if (before.archived != after.archived) add("archived", text);
  if (before.summary_message_id != after.summary_message_id) add("summaryMessageId", text);
  const std::string members = ChangedMembers(before.metadata, after.metadata, stamp);
  if (!members.empty()) add("metadata", members);
  if (!out.empty()) out.push_back('}');
  return out;
}

}  // namespace

Status FieldTimes::Note(const Session& before, const Session& after) {
  if (Changes(before, after, "").empty()) return Status::Ok();
  const Result<std::string> stamp = replica_.Stamp();
  if (!stamp.ok()) return stamp.status();
  Query read = connection_.Prepare("SELECT times FROM sessions WHERE id = ?");
  if (const Result<bool> row = read.Bind(after.id).Next(); !row.ok()) return row.status();
  const std::string times = MergeObjects(read.Text(0), Changes(before, after, *stamp));
  return connection_.Prepare("UPDATE sessions SET times = ? WHERE id = ?")
      .Bind(std::string_view(times))
      .Bind(after.id)
      .Run();
}

Status FieldTimes::Note(const Message& after) {
  Query read = connection_.Prepare("SELECT metadata, times FROM message_notes WHERE seq = ?");
  const Result<bool> row = read.Bind(after.seq).Next();
  if (!row.ok()) return row.status();
  const std::string before = *row ? MetadataOrNone(read.Text(0)) : std::string();
  if (before == after.metadata) return Status::Ok();
  const Result<std::string> stamp = replica_.Stamp();
  if (!stamp.ok()) return stamp.status();
  const std::string times = MergeObjects(*row ? read.Text(1) : std::string_view(),
                                         ChangedMembers(before, after.metadata, *stamp));
  return connection_
      .Prepare(
          "INSERT INTO message_notes(seq, times) VALUES(?,?) "
          "ON CONFLICT(seq) DO UPDATE SET times = excluded.times")
      .Bind(after.seq)
      .Bind(std::string_view(times))
      .Run();
}

}  // namespace millrace
