#include "storage/sqlite/replica.h"

#include <algorithm>
#include <cstddef>

namespace millrace {
namespace {

// Half a minute of windows.
constexpr std::int64_t kCommitsAhead = 1024;
// A store that is opened again this soon after its last stamp has a clock that is ahead by less.
constexpr HybridTime kTimeAhead = HybridTime{1000} << kHybridCountBits;
// Far from an overflow, whatever a damaged file says.
constexpr std::int64_t kMostCommits = std::int64_t{1} << 60;

std::string HexText(HybridTime time) {
  std::string text(2 * sizeof(time), '0');
  for (std::size_t i = text.size(); i > 0; --i, time >>= 4)
    text[i - 1] = "0123456789abcdef"[time & 15];
  return text;
}

}  // namespace

Status Replica::Load(std::string_view place) {
  place_ = place;
  Query row = connection_.Prepare("SELECT commits, time, place, name FROM replica");
  const Result<bool> there = row.Next();
  if (!there.ok()) return there.status();
  if (*there) {
    commit_ = std::clamp<std::int64_t>(row.Int(0), 0, kMostCommits);
    clock_.Saw(row.Int(1));
    if (row.Text(2) == place) name_ = row.String(3);
  }
  if (name_.empty()) {
    Query random = connection_.Prepare("SELECT lower(hex(randomblob(8)))");
    const Result<bool> made = random.Next();
    if (!made.ok()) return made.status();
    name_ = random.String(0);
  }
  RolledBack();
  return Status::Ok();
}

Status Replica::BeginCommit(TimeMs now) {
  now_ = now;
  const bool reserve = must_reserve();
  ++commit_;
  if (!reserve) return Status::Ok();
  reserved_commits_ = commit_ + kCommitsAhead;
  return Save();
}

void Replica::RolledBack() {
  reserved_commits_ = commit_;
  reserved_time_ = clock_.last();
}

Result<std::string> Replica::Stamp() {
  const HybridTime time = clock_.Next(now_);
  if (time > reserved_time_) {
    reserved_time_ = time + kTimeAhead;
    if (Status status = Save(); !status.ok()) return status;
  }
  return HexText(time) + '-' + name_;
}

std::string Replica::StampFrom(TimeMs ms) {
  return HexText(std::max<TimeMs>(ms, 0) << kHybridCountBits);
}

Status Replica::Save() {
  return connection_
      .Prepare("INSERT OR REPLACE INTO replica(id, name, place, commits, time) VALUES(1,?,?,?,?)")
      .Bind(std::string_view(name_))
      .Bind(std::string_view(place_))
      .Bind(reserved_commits_)
      .Bind(reserved_time_)
      .Run();
}

}  // namespace millrace
