#include "messages/fresh_path.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "messages/commit_cycle.h"

namespace millrace {
namespace {

// A message that is being created, and whom it will follow as things stand: what comes before it
// may still fail, or be deleted.
struct Created {
  const Message* message;
  MessageId parent;
};

Result<MessageId> StoredHead(CommitCycle& cycle, const SessionId& session) {
  const Result<std::optional<Session>> stored = cycle.committed().ReadSession(session);
  if (!stored.ok()) return stored.status();
  return stored->has_value() ? (*stored)->head_id : MessageId();
}

// Those of the session, oldest first; also those that are being deleted.
Result<std::vector<Created>> CreatedIn(CommitCycle& cycle, const SessionId& session) {
  std::map<std::int64_t, const LiveMessage*> found;  // by seq
  for (const auto& [id, live] : cycle.live()) {
    if (live->on_disk || live->accepted.session_id != session) continue;
    found.emplace(live->accepted.seq, live.get());
  }
  std::vector<Created> created;
  if (found.empty()) return created;
  const Result<MessageId> stored = StoredHead(cycle, session);
  if (!stored.ok()) return stored.status();
  MessageId head = *stored;
  for (const auto& [seq, live] : found) {
    const Message& message = live->accepted;
    created.push_back({&message, live->follows_head ? head : message.parent_id});
    head = message.id;
  }
  return created;
}

// The last messages, or those after a bound.
void CutPath(const PathQuery& query, std::vector<Message>& path) {
  if (!query.limit || path.size() <= *query.limit) return;
  const auto limit = static_cast<std::ptrdiff_t>(*query.limit);
  if (query.after) {
    path.erase(path.begin() + limit, path.end());
  } else {
    path.erase(path.begin(), path.end() - limit);
  }
}

}  // namespace

Result<MessageId> FreshHead(CommitCycle& cycle, const SessionId& session) {
  MessageId head = cycle.live().NewHead(session);
  if (head.empty()) {
    Result<MessageId> stored = StoredHead(cycle, session);
    if (!stored.ok()) return stored;
    head = *stored;
  }
  if (!cycle.live().any_deletion() || head.empty()) return head;
  // If it is leaving, its nearest ancestor that stays is the one to follow.
  const Result<std::vector<Message>> path = FreshPath(cycle, {session, head, {}, {}});
  if (!path.ok()) return path.status();
  return path->empty() ? MessageId() : path->back().id;
}

Result<std::vector<Message>> FreshPath(CommitCycle& cycle, PathQuery query) {
  if (!query.head) {
    const Result<MessageId> head = FreshHead(cycle, query.session_id);
    if (!head.ok()) return head.status();
    query.head = *head;
  }
  const Result<std::vector<Created>> created = CreatedIn(cycle, query.session_id);
  if (!created.ok()) return created.status();
  std::vector<Message> fresh;  // the newest first
  MessageId at = *query.head;
  for (auto one = created->rbegin(); one != created->rend() && query.after != at; ++one) {
    if (one->message->id != at) continue;
    if (!cycle.live().IsLeaving(*one->message)) fresh.push_back(*one->message);
    at = one->parent;
  }
  std::vector<Message> path;
  if (!at.empty() && query.after != at) {
    PathQuery stored = query;
    stored.head = at;
    // It is not known how many stored messages are being deleted, so all are read.
    if (cycle.live().any_deletion()) stored.limit.reset();
    Result<std::vector<Message>> read = cycle.committed().ReadPath(stored);
    // What a new message was to follow may have failed: then it fails too.
    const bool lost = !fresh.empty() && read.status().code() == Code::kNotFound;
    if (!read.ok() && !lost) return read;
    if (read.ok()) path = *std::move(read);
    std::erase_if(path, [&](const Message& message) { return cycle.live().IsLeaving(message); });
    for (Message& message : path) {
      if (const LiveMessage* live = cycle.live().Find(message.id)) message = live->accepted;
    }
  }
  std::move(fresh.rbegin(), fresh.rend(), std::back_inserter(path));
  CutPath(query, path);
  return path;
}

Result<std::vector<Branching>> FreshBranches(CommitCycle& cycle, const SessionId& session) {
  Result<std::vector<Branching>> stored = cycle.committed().ReadBranches(session);
  if (!stored.ok()) return stored;
  std::vector<Branching> branches = *std::move(stored);
  const auto of = [&](const MessageId& parent) -> Result<Branching*> {
    const auto there = std::find_if(branches.begin(), branches.end(), [&](const Branching& branch) {
      return branch.parent == parent;
    });
    if (there != branches.end()) return &*there;
    Result<std::vector<Branching>> single = cycle.committed().ReadBranches(session, parent);
    if (!single.ok()) return single.status();
    branches.push_back(single->empty() ? Branching{parent, {}} : std::move(single->front()));
    return &branches.back();
  };
  const Result<std::vector<Created>> created = CreatedIn(cycle, session);
  if (!created.ok()) return created.status();
  for (const auto& [message, parent] : *created) {
    if (cycle.live().IsLeaving(*message)) continue;
    const Result<Branching*> branch = of(parent);
    if (!branch.ok()) return branch.status();
    (*branch)->children.push_back(message->id);
  }
  if (cycle.live().any_deletion()) {
    for (Branching& branch : branches) {
      std::erase_if(branch.children, [&](const MessageId& id) {
        const Result<std::optional<Message>> child = cycle.committed().ReadMessage(id);
        return child.ok() && *child && cycle.live().IsLeaving(**child);
      });
    }
  }
  std::erase_if(branches, [](const Branching& branch) { return branch.children.size() < 2; });
  return branches;
}

Result<std::vector<MessageId>> FreshBranch(CommitCycle& cycle, const MessageId& id) {
  Result<std::vector<MessageId>> stored = cycle.committed().ReadBranch(id);
  if (!stored.ok()) return stored;
  std::vector<MessageId> branch = *std::move(stored);
  std::optional<SessionId> session;
  if (const LiveMessage* live = cycle.live().Find(id)) {
    session = live->accepted.session_id;
    if (branch.empty()) branch.push_back(id);
  } else {
    const Result<std::optional<SessionId>> of = cycle.committed().SessionOf(id);
    if (!of.ok()) return of.status();
    session = *of;
  }
  if (!session) return branch;
  std::set<MessageId> in_it(branch.begin(), branch.end());
  const Result<std::vector<Created>> created = CreatedIn(cycle, *session);
  if (!created.ok()) return created.status();
  for (const auto& [message, parent] : *created) {
    if (in_it.contains(parent) && in_it.insert(message->id).second) branch.push_back(message->id);
  }
  return branch;
}

}  // namespace millrace
