#include "storage/sqlite/delta_log.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>
#include <variant>

#include "millrace/base/utf8.h"
#include "millrace/model/codec.h"

namespace millrace {
namespace {

// The most bytes of text in a row that still fits into one leaf page (4061 bytes in a page of
// 4096), whatever its numbers take.
constexpr std::size_t kMaxTailBytes = 4036;

// The op of the common case, text that grew. It is stored without JSON.
const AppendOp* SingleAppend(const Patch& patch) {
  return patch.ops.size() == 1 ? std::get_if<AppendOp>(&patch.ops.front()) : nullptr;
}

// The columns are those that ApplyTo selects: seq, version, merged, at, part, body.
Result<Patch> PatchFromRow(const Query& row) {
  Patch patch;
  patch.to_version = row.Int(1);
  const std::int64_t merged = row.Int(2);
  if (merged < 1 || merged > patch.to_version) {
    return Status(Code::kCorrupt, "a delta starts from no version");
  }
  patch.from_version = patch.to_version - merged;
  patch.updated_at = row.Int(3);
  if (const std::optional<std::int64_t> part = row.OptionalInt(4)) {
    if (*part < 0 || *part > std::numeric_limits<std::uint32_t>::max()) {
      return Status(Code::kCorrupt, "a delta names no part");
    }
    patch.ops.emplace_back(AppendOp{static_cast<std::uint32_t>(*part), ToValidUtf8(row.Text(5))});
    return patch;
  }
  Result<std::vector<PatchOp>> ops = DecodePatchOps(row.Text(5));
  if (!ops.ok()) return ops.status();
  patch.ops = *std::move(ops);
  return patch;
}

}  // namespace

Status DeltaLog::Load() {
  live_.clear();
  seq_of_first_row_.clear();
  tail_.reset();
  Query query = connection_.Prepare(
      "SELECT messages.seq, min(deltas.id) FROM deltas CROSS JOIN messages"
      " ON messages.seq = deltas.seq WHERE deltas.version > messages.version GROUP BY "
      "messages.seq");
  for (;;) {
    Result<bool> row = query.Next();
    if (!row.ok()) return row.status();
    if (!*row) return Status::Ok();
    SetLive(query.Int(0), Live{query.Int(1), 0});
  }
}

Status DeltaLog::Append(std::int64_t seq, const Patch& patch) {
  if (patch.empty()) return Status::Ok();
  const auto found = live_.find(seq);
  const bool first = found == live_.end();
  Result<std::int64_t> version = first ? RowVersion(seq) : found->second.version;
  if (!version.ok()) return version.status();
  if (patch.to_version <= *version) return Status::Ok();
  if (*version != 0 && patch.from_version != *version) {
    return Internal("a delta of message " + std::to_string(seq) + " starts at version " +
                    std::to_string(patch.from_version) + ", but version " +
                    std::to_string(*version) + " is stored");
  }
  const AppendOp* append = SingleAppend(patch);
  const bool grows = append != nullptr && ContinuesTail(seq, patch, *append);
  Status status = grows ? GrowTail(patch, *append) : InsertRow(seq, patch);
  if (!status.ok()) return status;
  undo_.push_back({seq, first ? std::nullopt : std::optional(found->second)});
  if (first) {
    SetLive(seq, Live{connection_.last_row_id(), patch.to_version});
  } else {
    found->second.version = patch.to_version;
  }
  return Status::Ok();
}

bool DeltaLog::ContinuesTail(std::int64_t seq, const Patch& patch, const AppendOp& append) const {
  return tail_ && tail_->seq == seq && tail_->part == append.part &&
         tail_->version == patch.from_version && tail_->bytes + append.text.size() <= kMaxTailBytes;
}

Status DeltaLog::GrowTail(const Patch& patch, const AppendOp& append) {
  tail_->bytes += append.text.size();
  tail_->version = patch.to_version;
  return connection_
      .Prepare(
          "UPDATE deltas SET version = ?, merged = merged + ?, at = ?, body = body || ?"
          " WHERE id = ?")
      .Bind(patch.to_version)
      .Bind(patch.to_version - patch.from_version)
      .Bind(patch.updated_at)
      .Bind(std::string_view(append.text))
      .Bind(tail_->row)
      .Run();
}

Status DeltaLog::InsertRow(std::int64_t seq, const Patch& patch) {
  tail_.reset();
  Query insert = connection_.Prepare(
      "INSERT INTO deltas(seq, version, merged, at, part, body) VALUES(?,?,?,?,?,?)");
  insert.Bind(seq)
      .Bind(patch.to_version)
      .Bind(patch.to_version - patch.from_version)
      .Bind(patch.updated_at);
  const AppendOp* append = SingleAppend(patch);
  std::string ops;
  if (append != nullptr) {
    insert.Bind(std::int64_t{append->part}).Bind(std::string_view(append->text));
  } else {
    ops = EncodePatchOps(patch.ops);
    insert.BindNull().Bind(std::string_view(ops));
  }
  if (Status status = insert.Run(); !status.ok()) return status;
  if (append != nullptr) {
    tail_ =
        Tail{connection_.last_row_id(), seq, patch.to_version, append->part, append->text.size()};
  }
  return Status::Ok();
}

Status DeltaLog::Void(std::int64_t seq) {
  const auto found = live_.find(seq);
  if (found == live_.end()) return Status::Ok();
  const Live before = found->second;
  undo_.push_back({seq, before});
  if (tail_ && tail_->seq == seq) tail_.reset();
  SetLive(seq, std::nullopt);
  // Rows after a broken one could fit the version that is now in the message's row.
  if (damaged_.contains(seq)) {
    Status gone = connection_.Prepare("DELETE FROM deltas WHERE seq = ?").Bind(seq).Run();
    if (!gone.ok()) return gone;
  }
  return TrimHead(before.first_row);
}

// Called when the message whose oldest row was `freed` is not live any more.
Status DeltaLog::TrimHead(std::int64_t freed) {
  // Without a condition SQLite frees whole pages and looks at no row.
  if (seq_of_first_row_.empty()) return connection_.Prepare("DELETE FROM deltas").Run();
  const std::int64_t low_water = seq_of_first_row_.begin()->first;
  if (freed > low_water) return Status::Ok();
  return connection_.Prepare("DELETE FROM deltas WHERE id < ?").Bind(low_water).Run();
}

void DeltaLog::RolledBack() {
  tail_.reset();
  for (; !undo_.empty(); undo_.pop_back()) SetLive(undo_.back().seq, undo_.back().before);
}

std::vector<std::int64_t> DeltaLog::LiveSeqs() const {
  std::vector<std::int64_t> seqs;
  seqs.reserve(live_.size());
  for (const auto& [seq, state] : live_) seqs.push_back(seq);
  return seqs;
}

Status DeltaLog::ApplyTo(std::vector<Message>& messages) {
  struct Wanted {
    Message* message;
    std::int64_t first_row;
  };
  std::map<std::int64_t, Wanted> wanted;  // by seq
  std::int64_t begin = 0;
  for (Message& message : messages) {
    const auto found = live_.find(message.seq);
    if (found == live_.end()) continue;
    const std::int64_t first_row = found->second.first_row;
    begin = wanted.empty() ? first_row : std::min(begin, first_row);
    wanted.emplace(message.seq, Wanted{&message, first_row});
  }
  if (wanted.empty()) return Status::Ok();
  Query query = connection_.Prepare(
      "SELECT seq, version, merged, at, part, body, id FROM deltas WHERE id >= ? ORDER BY id");
  query.Bind(begin);
  for (;;) {
    Result<bool> row = query.Next();
    if (!row.ok()) return row.status();
    if (!*row) return Status::Ok();
    const auto found = wanted.find(query.Int(0));
    // A damaged file may have a row before the first one that Load took for the message's. It does
    // not count, or the message would depend on what else is read.
    if (found == wanted.end() || query.Int(6) < found->second.first_row) continue;
    Message& message = *found->second.message;
    if (query.Int(1) <= message.version) continue;  // void
    Result<Patch> patch = PatchFromRow(query);
    if (patch.ok() && ApplyPatch(*patch, message).ok()) continue;
    damaged_.insert(message.seq);
    wanted.erase(found);
  }
}

Result<std::int64_t> DeltaLog::RowVersion(std::int64_t seq) {
  Query query = connection_.Prepare("SELECT version FROM messages WHERE seq = ?");
  Result<bool> row = query.Bind(seq).Next();
  if (!row.ok()) return row.status();
  if (!*row) return NotFound("there is no message with seq " + std::to_string(seq));
  return query.Int(0);
}

void DeltaLog::SetLive(std::int64_t seq, std::optional<Live> state) {
  if (const auto found = live_.find(seq); found != live_.end()) {
    seq_of_first_row_.erase(found->second.first_row);
    live_.erase(found);
  }
  if (!state) return;
  live_.emplace(seq, *state);
  seq_of_first_row_.emplace(state->first_row, seq);
}

}  // namespace millrace
