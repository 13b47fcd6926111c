#include "storage/sqlite/message_path.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace millrace {
namespace {

void MoveAll(std::vector<Message>& from, std::vector<Message>& to) {
  std::move(from.begin(), from.end(), std::back_inserter(to));
}

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
  if (!query.after) return ReadTo(session, head, query.limit);
  const Result<Seq> after = Find(session, *query.after);
  if (!after.ok()) return after.status();
  return ReadAfter(session, *after, head, query.limit);
}

Result<std::vector<Message>> MessagePath::ReadTo(const SessionId& session, Seq head,
                                                 std::optional<std::size_t> limit) {
  std::vector<Message> newest_first;
  for (Seq last = head; last != 0 && Rest(limit, newest_first) != std::size_t{0};) {
    const MessageTree::Line line = tree_.LineTo(session, last);
    Result<std::vector<Message>> read = messages_.ReadLine(
        session, line.first, last, /*newest_first=*/true, Rest(limit, newest_first));
    if (!read.ok()) return read;
    MoveAll(*read, newest_first);
    last = line.parent;
  }
  if (Status status = tree_.TakeStatus(); !status.ok()) return status;
  std::reverse(newest_first.begin(), newest_first.end());
  if (newest_first.empty()) return newest_first;
  const Seq parent = tree_.Parent(session, newest_first.front().seq);
  if (Status status = NameParents(newest_first, parent); !status.ok()) return status;
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
  std::vector<Message> path;
  for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
    if (Rest(limit, path) == std::size_t{0}) break;
    Result<std::vector<Message>> read = messages_.ReadLine(
        session, line->first, line->last, /*newest_first=*/false, Rest(limit, path));
    if (!read.ok()) return read;
    MoveAll(*read, path);
  }
  if (Status status = NameParents(path, after); !status.ok()) return status;
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
