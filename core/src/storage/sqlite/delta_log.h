#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "millrace/base/status.h"
#include "millrace/model/message.h"
#include "millrace/model/patch.h"
#include "storage/sqlite/connection.h"

namespace millrace {

// The delta log: the table `deltas`, a log of the changes to unfinished messages.
//
//      head                                              tail
//   ──▶ │ 17 a │ 18 b │ 19 a │ 20 c │ 21 b │ 22 c │ ◀── Append
//         ▲ low water: the oldest row of a message that is live
//
// A message is live from its first Append until Void (when it is folded or deleted). Rows of a
// message that is not live are void and are deleted when the head passes them. So each row is
// written once and deleted once, and no index is needed. Void of the last live message empties the
// table.
//
// Only the tail grows. If text continues the last row, it is appended to that row as long as it
// fits into the row's page; a new row would change the same page. So the pages of a single stream
// hold nothing but its text. A new page, which also changes the pages that refer to it, is needed
// half as often.
//
// Invariants:
//  1. live_ and seq_of_first_row_ mirror each other: for each live message its oldest row.
//  2. No row below the low water is in the table (outside of a transaction).
//  3. In id order, the rows of one message that are not void take it from one version to the next.
//
// Turn rule: call Append and Void inside a transaction, and Committed or RolledBack after it.
class DeltaLog {
 public:
  // `connection` must outlive the log.
  explicit DeltaLog(Connection& connection) : connection_(connection) {}

  // Finds the live messages of an existing file, in one pass.
  Status Load();

  // A no-op if the log has reached the patch's version already. kNotFound: no message has this seq.
  // kInternal: the patch does not continue the stored version.
  Status Append(std::int64_t seq, const Patch& patch);
  // All present rows of this message become void.
  Status Void(std::int64_t seq);
  void Committed() { undo_.clear(); }
  void RolledBack();

  // In ascending order.
  std::vector<std::int64_t> LiveSeqs() const;
  // Brings messages just read from their rows to their newest version. It makes one pass over the
  // part of the log that can hold their rows, or none if there is no such part. If a row cannot be
  // read, or does not continue what comes before it, its message stops there: only what comes
  // before can be trusted.
  Status ApplyTo(std::vector<Message>& messages);

 private:
  struct Live {
    std::int64_t first_row;
    // The version that the last row leads to. 0: the message was found at opening, and its version
    // is not known. The caller who read the message must then make sure that a patch fits.
    std::int64_t version;
  };
  struct Undo {
    std::int64_t seq;
    std::optional<Live> before;  // nullopt: was not live
  };

  // The last row of the table, if this connection appended it.
  struct Tail {
    std::int64_t row;
    std::int64_t seq;
    std::int64_t version;
    std::uint32_t part;
    std::size_t bytes;
  };

  // The version in the row of `messages`. kNotFound.
  Result<std::int64_t> RowVersion(std::int64_t seq);
  bool ContinuesTail(std::int64_t seq, const Patch& patch, const AppendOp& append) const;
  Status GrowTail(const Patch& patch, const AppendOp& append);
  Status InsertRow(std::int64_t seq, const Patch& patch);
  Status TrimHead(std::int64_t freed);
  void SetLive(std::int64_t seq, std::optional<Live> state);

  Connection& connection_;
  std::map<std::int64_t, Live> live_;  // by seq
  std::map<std::int64_t, std::int64_t> seq_of_first_row_;
  std::optional<Tail> tail_;
  std::vector<Undo> undo_;          // for the open transaction, oldest first
  std::set<std::int64_t> damaged_;  // seqs with a row that cannot be read
};

}  // namespace millrace
