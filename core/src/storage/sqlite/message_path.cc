#include "storage/sqlite/message_path.h"

#include <algorithm>
#include <utility>

namespace millrace {
namespace {

// A list of this many messages gets its memory at once. A longer one, or one of a damaged file
// whose count is not true, grows as it is read.
constexpr MessageTree::Seq kMostReserved = 20'000;

// How many more messages are wanted.
std::optional<std::size_t> Rest(std::optional<std::size_t> limit,
                                const std::vector<Message>& read) {
  if (!limit) return limit;
  return *limit - std::min(*limit, read.size());
}

}  // namespace

Result<std::vector<Message>> MessagePath::Read(const PathQuery& query) {
  const SessionId& session = query.session_id;
  Seq head = 0;
  if (query.head) {
    const Result<Seq> found = Find(session, *query.head);
    if (!found.ok()) return found.status();
    head = *found;
  } else {
    head = tree_.Head(session);
  }
  Result<std::vector<Message>> path = std::vector<Message>();
  Seq parent = 0;
  if (query.after) {
    const Result<Seq> after = Find(session, *query.after);
    if (!after.ok()) return after.status();
    parent = *after;
    path = ReadAfter(session, *after, head, query.limit);
  } else {
    path = query.limit ? ReadLast(session, head, *query.limit)
                       : ReadLines(session, tree_.LinesTo(session, head), query.limit);
    if (path.ok() && !path->empty()) parent = tree_.Parent(session, path->front().seq);
  }
  if (!path.ok()) return path;
  if (Status status = NameParents(*path, parent); !status.ok()) return status;
  return path;
}

Result<std::vector<Message>> MessagePath::ReadLast(const SessionId& session, Seq head,
                                                   std::size_t limit) {
  std::vector<Message> newest_first;
  for (Seq last = head; last != 0 && newest_first.size() < limit;) {
    const MessageTree::Line line = tree_.LineTo(session, last);
    Status read = messages_.ReadLine(session, line.first, last, /*newest_first=*/true,
                                     Rest(limit, newest_first), newest_first);
    if (!read.ok()) return read;
    last = line.parent;
  }
  std::reverse(newest_first.begin(), newest_first.end());
  return newest_first;
}

Result<std::vector<Message>> MessagePath::ReadAfter(const SessionId& session, Seq after, Seq head,
                                                    std::optional<std::size_t> limit) {
  std::vector<MessageTree::Line> lines = tree_.LinesTo(session, head, after);
  if (Status status = tree_.TakeStatus(); !status.ok()) return status;
  const bool on_path = !lines.empty() && lines.back().first <= after && after <= lines.back().last;
  if (!on_path) {
    return NotFound("the message to read on from is not on the path: list with `head`, or show it");
  }
  lines.back().first = after + 1;
  return ReadLines(session, lines, limit);
}

Result<std::vector<Message>> MessagePath::ReadLines(const SessionId& session,
                                                    const std::vector<MessageTree::Line>& lines,
                                                    std::optional<std::size_t> limit) {
  std::vector<Message> path;
  if (!limit) {
    path.reserve(static_cast<std::size_t>(std::clamp<Seq>(tree_.Count(session), 0, kMostReserved)));
  }
  for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
    const std::optional<std::size_t> rest = Rest(limit, path);
    if (rest == std::size_t{0}) break;
    Status read =
        messages_.ReadLine(session, line->first, line->last, /*newest_first=*/false, rest, path);
    if (!read.ok()) return read;
  }
  return path;
}

Result<MessagePath::Seq> MessagePath::Find(const SessionId& session, const MessageId& id) {
  const Result<std::optional<MessageTable::Place>> place = messages_.Find(id);
  if (!place.ok()) return place.status();
  if (!*place || (*place)->session_id != session) {
    return NotFound("no message '" + id.value + "' in this session");
  }
  return (*place)->seq;
}

Status MessagePath::NameParents(std::vector<Message>& path, Seq parent) {
  if (Status status = tree_.TakeStatus(); !status.ok()) return status;
  Result<MessageId> id = parent == 0 ? Result<MessageId>(MessageId()) : messages_.IdOf(parent);
  if (!id.ok()) return id.status();
  for (Message& message : path) {
    message.parent_id = std::exchange(*id, message.id);
  }
  return Status::Ok();
}

}  // namespace millrace
