#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "millrace/base/ids.h"
#include "millrace/base/status.h"
#include "storage/sqlite/connection.h"

namespace millrace {

// Who follows whom among the messages of a session (contracts D1, D2), and which path is shown.
//
//   seq   1 ── 2 ── 3 ── 4          `parents`   (5, parent 2), (7, parent 5)
//              └─── 5 ── 6          lines       1 2 3 4 │ 5 6 │ 7 8
//                   └─── 7 ── 8     `shown`     (2 → 3), while 4 is the head
//
// A message without a row in `parents` follows the message that was created before it in its
// session. So a session that never branched has no row in these tables, and reading it costs what a
// table without a tree would cost. A *line* is a series of such messages; it begins with a message
// that has a row, or with the first of the session. A path is read line by line.
//
// `shown` has the child that is shown of a message with several children, unless that is the newest
// one. The head is where this leads to from the session's beginning; `sessions.head_id` keeps it,
// so that nobody has to walk there.
//
// Invariant: a parent has a lower seq than its children. In a damaged file a walk ends where this
// does not hold. Parent 0 is no message: its children begin the session.
//
// The first error of SQLite is remembered: from then on reads give nothing and writes do nothing,
// so a call of several steps needs only one look at it, at its end.
//
// Call the writes inside a transaction.
class MessageTree {
 public:
  using Seq = std::int64_t;

  // A part of a path: the messages of the session from `first` to `last`.
  struct Line {
    Seq first = 0;
    Seq last = 0;
    Seq parent = 0;  // of `first`
  };

  // Where a message is that will be deleted: what Remove has to know of the time before.
  struct Place {
    Seq seq = 0;
    Seq parent = 0;
    Seq before = 0;       // the message created before it
    Seq plain_child = 0;  // the child without a row
    Seq shown_child = 0;
    Seq shown_of_parent = 0;
  };

  // A message and its children, oldest first. `parent` 0: the beginning of the session.
  struct Children {
    Seq parent = 0;
    std::vector<Seq> seqs;
  };

  // `connection` must outlive the tree.
  explicit MessageTree(Connection& connection) : connection_(connection) {}

  // The first error since the last call.
  Status TakeStatus() { return std::exchange(status_, Status::Ok()); }

  // ---- reading
  // The parent of a message; 0 if it begins the session.
  Seq Parent(const SessionId& session, Seq seq);
  // 0: the session has no message.
  Seq Head(const SessionId& session);
  // How many messages the session has.
  Seq Count(const SessionId& session);
  // The lines of the path to a message: the last one, which ends with it, comes first. It ends
  // early with the line that has `until`.
  std::vector<Line> LinesTo(const SessionId& session, Seq seq, Seq until = 0);
  // The line that a message is in, up to this message.
  Line LineTo(const SessionId& session, Seq seq);
  Children ChildrenOf(const SessionId& session, Seq parent);
  // Those messages that have several children, in the order of creation.
  std::vector<Children> Branches(const SessionId& session);
  // A message and all that follow it, in ascending order.
  std::vector<Seq> Branch(const SessionId& session, Seq seq);
  // Whether the message is on the path to the head.
  bool IsShown(const SessionId& session, Seq seq);
  // Where the shown path leads to from a message (0: from the beginning).
  Seq Leaf(const SessionId& session, Seq from);

  // ---- writing
  // `seq` was just added to `messages`, as the newest of its session, without children.
  void Add(const SessionId& session, Seq seq, Seq parent);
  // Shows the path to this message. REQUIRES: `head` is what is shown now (0: nothing).
  void Show(const SessionId& session, Seq seq, Seq head);
  Place PlaceOf(const SessionId& session, Seq seq);
  // The row of the message is deleted: its children become those of its parent.
  void Remove(const SessionId& session, const Place& place);
  // The same with all that follow it. `branch`: as Branch gave it before they were deleted.
  void RemoveBranch(const SessionId& session, const Place& place, const std::vector<Seq>& branch);
  // Takes out everything.
  void Clear(const SessionId& session);

 private:
  struct Row {
    Seq seq = 0;
    Seq parent = 0;
  };

  // The first column of the first row of a query on the session, and then on these numbers; 0
  // without a row.
  template <typename... Numbers>
  Seq One(std::string_view sql, const SessionId& session, Numbers... numbers);
  // The same of all rows.
  template <typename... Numbers>
  std::vector<Seq> All(std::string_view sql, const SessionId& session, Numbers... numbers);
  template <typename... Numbers>
  void Run(std::string_view sql, const SessionId& session, Numbers... numbers);
  std::optional<Row> OneRow(std::string_view sql, const SessionId& session, Seq seq);

  // The message of the session before or after this seq; 0 if there is none.
  Seq Before(const SessionId& session, Seq seq);
  Seq After(const SessionId& session, Seq seq);
  std::optional<Row> RowOf(const SessionId& session, Seq seq);
  // The message that follows this one without a row; 0 if there is none.
  Seq PlainChild(const SessionId& session, Seq seq);
  Seq NewestChild(const SessionId& session, Seq parent);
  Seq ShownChild(const SessionId& session, Seq parent);
  std::vector<Seq> ChildrenWithRows(const SessionId& session, Seq parent);
  // The last message of the line that goes on from this one.
  Seq EndOfLine(const SessionId& session, Seq seq);
  // Those of the messages from `first` to `last` that have a child with a row.
  std::vector<Seq> Forks(const SessionId& session, Seq first, Seq last);

  void DropRows(const SessionId& session, Seq seq);
  void PutRow(const SessionId& session, Seq seq, Seq parent);
  // 0: the newest one.
  void SetShown(const SessionId& session, Seq parent, Seq child);
  // Shows the line's own messages, from `line.first` to `line.last`, at each fork on the way.
  void ShowLine(const SessionId& session, const Line& line);

  Connection& connection_;
  Status status_;
};

}  // namespace millrace
