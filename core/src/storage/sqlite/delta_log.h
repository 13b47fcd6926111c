#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "millrace/base/status.h"
#include "millrace/model/message.h"
#include "millrace/model/patch.h"
#include "storage/sqlite/connection.h"

namespace millrace {

// The delta log: the table `deltas`, a log of what happened to unfinished messages.
//
//      head                                              tail
//   ──▶ │ 17 a │ 18 b │ 19 a │ 20 c │ 21 b │ 22 c │ ◀── Append
//         ▲ low water: the oldest row of a message that is live
//
// A message is live from its first Append until Void (it was folded or deleted). Rows of a message
// that is not live are void; they go when the head passes them. So each row is written once and
// deleted once, and no index is needed. Void of the last live message empties the table.
//
// Only the tail grows: text that goes on where the last row ended is appended to that row while it
// fits into its page, which is the page that a new row would have changed. One stream then fills
// pages with nothing but its text, and a new page, with its neighbours in the file's books, is
// needed half as often.
//
// Invariants:
//  1. live_ and seq_of_first_row_ mirror each other: for each live message its oldest row.
//  2. No row below the low water is in the table (outside of a transaction).
//  3. In id order, the rows of one message that are not void take it from one version to the next.
//
// Turn rule: Append and Void belong into a transaction; Committed or RolledBack follows it.
class DeltaLog {
 public:
  // The connection outlives it.
  explicit DeltaLog(Connection& connection) : connection_(connection) {}

  // Finds the live messages of an existing file, in one pass.
  Status Load();

  // A patch whose version the log has reached is a no-op. kNotFound: no message has this seq.
  // kInternal: the patch does not follow on the version that is stored.
  Status Append(std::int64_t seq, const Patch& patch);
  // The rows of this message so far are void.
  Status Void(std::int64_t seq);
  void Committed() { undo_.clear(); }
  void RolledBack();

  // Ascending.
  std::vector<std::int64_t> LiveSeqs() const;
  // Brings messages just read from their rows to their newest version; one pass over the part of
  // the log that can hold their rows, none when there is no such part. A row that cannot be read,
  // or does not follow on what is before it, ends the way of its message there: what was written
  // up to it is what can be trusted.
  Status ApplyTo(std::vector<Message>& messages);

 private:
  struct Live {
    std::int64_t first_row;
    // That the last row leads to. 0: found at opening, not looked at; what follows on it is up to
    // whoever read the message.
    std::int64_t version;
  };
  struct Undo {
    std::int64_t seq;
    std::optional<Live> before;  // nullopt: not live
  };

  // The last row of the table, when it is an append of this life.
  struct Tail {
    std::int64_t row;
    std::int64_t seq;
    std::int64_t version;
    std::uint32_t part;
    std::size_t bytes;
  };

  // Of the row in `messages`. kNotFound.
  Result<std::int64_t> RowVersion(std::int64_t seq);
  bool ContinuesTail(std::int64_t seq, const Patch& patch, const AppendOp& append) const;
  Status GrowTail(const Patch& patch, const AppendOp& append);
  Status InsertRow(std::int64_t seq, const Patch& patch);
  Status TrimHead(std::int64_t freed);
  void SetLive(std::int64_t seq, std::optional<Live> state);

  Connection& connection_;
  std::unordered_map<std::int64_t, Live> live_;  // by seq
  std::map<std::int64_t, std::int64_t> seq_of_first_row_;
  std::optional<Tail> tail_;
  std::vector<Undo> undo_;                    // of the open transaction, oldest first
  std::unordered_set<std::int64_t> damaged_;  // seqs with a row that cannot be read
};

}  // namespace millrace
