#include "storage/sqlite/message_tree.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <set>

namespace millrace {

template <typename... Numbers>
std::vector<MessageTree::Seq> MessageTree::All(std::string_view sql, const SessionId& session,
                                               Numbers... numbers) {
  if (!status_.ok()) return {};
  Query query = connection_.Prepare(sql);
  query.Bind(session);
  (query.Bind(numbers), ...);
  Result<std::vector<Seq>> rows = query.ReadAll([](const Query& row) { return row.Int(0); });
  if (rows.ok()) return *std::move(rows);
  status_ = rows.status();
  return {};
}

template <typename... Numbers>
MessageTree::Seq MessageTree::One(std::string_view sql, const SessionId& session,
                                  Numbers... numbers) {
  const std::vector<Seq> rows = All(sql, session, numbers...);
  return rows.empty() ? 0 : rows.front();
}

template <typename... Numbers>
void MessageTree::Run(std::string_view sql, const SessionId& session, Numbers... numbers) {
  (void)All(sql, session, numbers...);
}

std::optional<MessageTree::Row> MessageTree::OneRow(std::string_view sql, const SessionId& session,
                                                    Seq seq) {
  if (!status_.ok()) return std::nullopt;
  Query query = connection_.Prepare(sql);
  const Result<bool> there = query.Bind(session).Bind(seq).Next();
  if (!there.ok()) status_ = there.status();
  if (!there.ok() || !*there) return std::nullopt;
  // In a damaged file the parent may be a newer message. Then it counts as the one before.
  return Row{query.Int(0), std::min(query.Int(1), query.Int(0) - 1)};
}

// ---- neighbours

MessageTree::Seq MessageTree::Before(const SessionId& session, Seq seq) {
  return One("SELECT seq FROM messages WHERE session_id = ? AND seq < ? ORDER BY seq DESC LIMIT 1",
             session, seq);
}

MessageTree::Seq MessageTree::After(const SessionId& session, Seq seq) {
  return One("SELECT seq FROM messages WHERE session_id = ? AND seq > ? ORDER BY seq LIMIT 1",
             session, seq);
}

std::optional<MessageTree::Row> MessageTree::RowOf(const SessionId& session, Seq seq) {
  return OneRow("SELECT seq, parent FROM parents WHERE session_id = ? AND seq = ?", session, seq);
}

MessageTree::Seq MessageTree::PlainChild(const SessionId& session, Seq seq) {
  const Seq next = After(session, seq);
  return next == 0 || RowOf(session, next) ? 0 : next;
}

MessageTree::Seq MessageTree::NewestChild(const SessionId& session, Seq parent) {
  const Seq newest =
      One("SELECT seq FROM parents WHERE session_id = ? AND parent = ? ORDER BY seq DESC LIMIT 1",
          session, parent);
  // A plain child is the next message, so it is older than a child with a row.
  return newest > parent ? newest : PlainChild(session, parent);
}

MessageTree::Seq MessageTree::ShownChild(const SessionId& session, Seq parent) {
  const Seq chosen =
      One("SELECT child FROM shown WHERE session_id = ? AND parent = ?", session, parent);
  return chosen > parent ? chosen : NewestChild(session, parent);
}

MessageTree::Seq MessageTree::Parent(const SessionId& session, Seq seq) {
  const std::optional<Row> row = RowOf(session, seq);
  return row ? row->parent : Before(session, seq);
}

MessageTree::Seq MessageTree::Head(const SessionId& session) {
  const Seq head = One(
      "SELECT m.seq FROM sessions AS s JOIN messages AS m ON m.id = s.head_id WHERE s.id = ? AND "
      "m.session_id = s.id",
      session);
  return head != 0 ? head : Leaf(session, 0);
}

MessageTree::Seq MessageTree::Count(const SessionId& session) {
  return One("SELECT message_count FROM sessions WHERE id = ?", session);
}

// ---- lines

MessageTree::Line MessageTree::LineTo(const SessionId& session, Seq seq) {
  const std::optional<Row> row = OneRow(
      "SELECT seq, parent FROM parents WHERE session_id = ? AND seq <= ? ORDER BY seq DESC LIMIT 1",
      session, seq);
  if (row) return {row->seq, seq, row->parent};
  return {std::min(After(session, 0), seq), seq, 0};
}

std::vector<MessageTree::Line> MessageTree::LinesTo(const SessionId& session, Seq seq, Seq until) {
  std::vector<Line> lines;
  while (seq > 0) {
    lines.push_back(LineTo(session, seq));
    if (lines.back().first <= until) break;
    seq = lines.back().parent;
  }
  return lines;
}

bool MessageTree::IsShown(const SessionId& session, Seq seq) {
  const std::vector<Line> lines = LinesTo(session, Head(session), seq);
  return !lines.empty() && lines.back().first <= seq && seq <= lines.back().last;
}

MessageTree::Seq MessageTree::EndOfLine(const SessionId& session, Seq seq) {
  const Seq next =
      One("SELECT seq FROM parents WHERE session_id = ? AND seq > ? ORDER BY seq LIMIT 1", session,
          seq);
  return std::max(Before(session, next != 0 ? next : INT64_MAX), seq);
}

std::vector<MessageTree::Seq> MessageTree::Forks(const SessionId& session, Seq first, Seq last) {
  return All(
      "SELECT DISTINCT parent FROM parents WHERE session_id = ? AND parent >= ? AND parent <= ? "
      "ORDER BY parent",
      session, first, last);
}

MessageTree::Seq MessageTree::Leaf(const SessionId& session, Seq from) {
  for (;;) {
    const Seq end = EndOfLine(session, from);
    const std::vector<Seq> fork = All(
        "SELECT parent FROM parents WHERE session_id = ? AND parent >= ? AND parent <= ? ORDER BY "
        "parent LIMIT 1",
        session, from, end);
    if (fork.empty()) return end;
    const Seq child = ShownChild(session, fork.front());
    if (child <= fork.front()) return fork.front();  // a damaged file
    from = child;
  }
}

// ---- branches

std::vector<MessageTree::Seq> MessageTree::ChildrenWithRows(const SessionId& session, Seq parent) {
  return All("SELECT seq FROM parents WHERE session_id = ? AND parent = ? ORDER BY seq", session,
             parent);
}

MessageTree::Children MessageTree::ChildrenOf(const SessionId& session, Seq parent) {
  Children children{parent, ChildrenWithRows(session, parent)};
  const Seq plain = PlainChild(session, parent);
  if (plain != 0) children.seqs.insert(children.seqs.begin(), plain);
  return children;
}

std::vector<MessageTree::Children> MessageTree::Branches(const SessionId& session) {
  std::vector<Children> branches;
  for (const Seq fork : Forks(session, 0, INT64_MAX)) {
    Children children = ChildrenOf(session, fork);
    if (children.seqs.size() > 1) branches.push_back(std::move(children));
  }
  return branches;
}

std::vector<MessageTree::Seq> MessageTree::Branch(const SessionId& session, Seq seq) {
  std::set<Seq> branch;
  std::vector<Seq> beginnings = {seq};
  while (!beginnings.empty()) {
    const Seq first = beginnings.back();
    beginnings.pop_back();
    const Seq last = EndOfLine(session, first);
    const std::vector<Seq> line =
        All("SELECT seq FROM messages WHERE session_id = ? AND seq >= ? AND seq <= ?", session,
            first, last);
    branch.insert(line.begin(), line.end());
    const std::vector<Seq> children =
        All("SELECT seq FROM parents WHERE session_id = ? AND parent >= ? AND parent <= ?", session,
            first, last);
    // A child with a lower seq is one of a damaged file.
    std::copy_if(children.begin(), children.end(), std::back_inserter(beginnings),
                 [last](Seq child) { return child > last; });
  }
  return {branch.begin(), branch.end()};
}

// ---- writing

void MessageTree::PutRow(const SessionId& session, Seq seq, Seq parent) {
  Run("INSERT OR REPLACE INTO parents(session_id, seq, parent) VALUES(?,?,?)", session, seq,
      parent);
}

void MessageTree::SetShown(const SessionId& session, Seq parent, Seq child) {
  if (child == 0 || child == NewestChild(session, parent)) {
    Run("DELETE FROM shown WHERE session_id = ? AND parent = ?", session, parent);
  } else {
    Run("INSERT OR REPLACE INTO shown(session_id, parent, child) VALUES(?,?,?)", session, parent,
        child);
  }
}

void MessageTree::Add(const SessionId& session, Seq seq, Seq parent) {
  if (Before(session, seq) != parent) PutRow(session, seq, parent);
}

void MessageTree::ShowLine(const SessionId& session, const Line& line) {
  for (const Seq fork : Forks(session, line.first, line.last - 1)) {
    SetShown(session, fork, After(session, fork));
  }
}

// Climbs from both ends to where the two paths meet. Above that point nothing changes.
void MessageTree::Show(const SessionId& session, Seq seq, Seq head) {
  const auto line_to = [&](Seq last) { return last == 0 ? Line{0, 0, -1} : LineTo(session, last); };
  Line shown = line_to(head);
  Line wanted = line_to(seq);
  while (wanted.first != shown.first && status_.ok()) {
    if (wanted.first < shown.first) {
      shown = line_to(shown.parent);
      continue;
    }
    ShowLine(session, wanted);
    SetShown(session, wanted.parent, wanted.first);
    wanted = line_to(wanted.parent);
  }
  ShowLine(session, {std::min(shown.last, wanted.last), wanted.last, 0});
}

MessageTree::Place MessageTree::PlaceOf(const SessionId& session, Seq seq) {
  Place place;
  place.seq = seq;
  place.parent = Parent(session, seq);
  place.before = Before(session, seq);
  place.plain_child = PlainChild(session, seq);
  place.shown_child = ShownChild(session, seq);
  place.shown_of_parent = ShownChild(session, place.parent);
  return place;
}

void MessageTree::DropRows(const SessionId& session, Seq seq) {
  Run("DELETE FROM parents WHERE session_id = ? AND seq = ?", session, seq);
  SetShown(session, seq, 0);
}

void MessageTree::Remove(const SessionId& session, const Place& place) {
  DropRows(session, place.seq);
  for (const Seq child : ChildrenWithRows(session, place.seq)) {
    PutRow(session, child, place.parent);
  }
  // Without a row it would now follow the message created before it.
  if (place.plain_child != 0 && place.parent != place.before) {
    PutRow(session, place.plain_child, place.parent);
  }
  const bool was_shown = place.shown_of_parent == place.seq;
  SetShown(session, place.parent, was_shown ? place.shown_child : place.shown_of_parent);
}

void MessageTree::RemoveBranch(const SessionId& session, const Place& place,
                               const std::vector<Seq>& branch) {
  for (const Seq seq : branch) DropRows(session, seq);
  const bool was_shown = place.shown_of_parent == place.seq;
  SetShown(session, place.parent, was_shown ? 0 : place.shown_of_parent);
}

void MessageTree::Clear(const SessionId& session) {
  Run("DELETE FROM parents WHERE session_id = ?", session);
  Run("DELETE FROM shown WHERE session_id = ?", session);
}

}  // namespace millrace
