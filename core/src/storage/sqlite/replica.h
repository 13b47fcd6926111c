#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "millrace/base/hybrid_clock.h"
#include "millrace/base/status.h"
#include "millrace/base/time.h"
#include "storage/sqlite/connection.h"

namespace millrace {

// Which copy of a store this is, and what it counts. No other copy has its name, so what a copy
// did is known by its name and its count.
//
//   replica   one row: name, place, and how far the two counters may have come
//
// name: made at random by the first commit in a place. A file that lies in another place was
//   copied, so it gets a new name there. An export has no row.
// commits, time: both counters never go back, not even after a crash. So that a window does not
//   write this row each time, the row holds a bound that was reserved ahead: the counters go on
//   behind it when the store is opened again, and some numbers are never used.
class Replica {
 public:
  explicit Replica(Connection& connection) : connection_(connection) {}

  // `place`: where the host keeps the file. Writes nothing.
  Status Load(std::string_view place);

  // Whether the next commit has to write the row.
  bool must_reserve() const { return commit_ >= reserved_commits_; }
  // Gives the transaction that just began its number.
  Status BeginCommit(TimeMs now);
  // What the transaction reserved is not on disk.
  void RolledBack();

  const std::string& name() const { return name_; }
  std::int64_t commit() const { return commit_; }
  // A time and this copy's name as one text. Such texts are ordered as their times are. Each is
  // later than the one before.
  Result<std::string> Stamp();
  // The beginning of all stamps of `ms` and later.
  static std::string StampFrom(TimeMs ms);

 private:
  Status Save();

  Connection& connection_;
  std::string name_;
  std::string place_;
  HybridClock clock_;
  TimeMs now_ = 0;  // of the commit under way
  std::int64_t commit_ = 0;
  // No number or time beyond these was ever given out.
  std::int64_t reserved_commits_ = 0;
  HybridTime reserved_time_ = 0;
};

}  // namespace millrace
