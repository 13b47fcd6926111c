#include "messages/deletion.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "messages/commit_cycle.h"
#include "messages/fresh_path.h"
#include "millrace/model/event.h"

namespace millrace {
namespace {

// A deletion on its way to disk.
struct Deleting {
  Deletion deletion;
  SessionId session_id;        // the session of the messages
  bool session_found = false;  // with kSession
  std::vector<MessageId> ids;  // the ids that are on disk, for the `deleted` event

  // With kMessage: its children that are on disk, and what they follow from now on.
  std::vector<MessageId> children;
  MessageId parent_id;

  bool of_session() const { return deletion.scope == Deletion::Scope::kSession; }
  bool by_message() const {
    return deletion.scope == Deletion::Scope::kMessage ||
           deletion.scope == Deletion::Scope::kBranch;
  }
};

Status FindMessage(StorageReads& committed, Deleting& deleting) {
  Result<std::optional<Message>> stored = committed.ReadMessage(deleting.deletion.message_id);
  if (!stored.ok()) return stored.status();
  if (!stored->has_value()) return Status::Ok();
  deleting.session_id = (*stored)->session_id;
  deleting.parent_id = (*stored)->parent_id;
  if (deleting.deletion.scope == Deletion::Scope::kMessage) {
    deleting.ids.push_back((*stored)->id);
    Result<std::vector<Branching>> children =
        committed.ReadBranches((*stored)->session_id, (*stored)->id);
    if (!children.ok()) return children.status();
    if (!children->empty()) deleting.children = std::move(children->front().children);
    return Status::Ok();
  }
  Result<std::vector<MessageId>> branch = committed.ReadBranch((*stored)->id);
  if (!branch.ok()) return branch.status();
  deleting.ids = *std::move(branch);
  return Status::Ok();
}

Status FindSession(StorageReads& committed, Deleting& deleting) {
  deleting.session_id = deleting.deletion.session_id;
  Result<std::vector<MessageId>> stored = committed.ReadMessageIds(deleting.session_id);
  if (!stored.ok()) return stored.status();
  deleting.ids = *std::move(stored);
  if (!deleting.of_session()) return Status::Ok();
  const Result<std::optional<Session>> session = committed.ReadSession(deleting.session_id);
  deleting.session_found = session.ok() && session->has_value();
  return session.status();
}

Status Build(CommitCycle& cycle, Deleting& deleting, BatchBuilder& builder) {
  Status found = deleting.by_message() ? FindMessage(cycle.committed(), deleting)
                                       : FindSession(cycle.committed(), deleting);
  if (!found.ok()) return found;
  if (deleting.of_session()) {
    if (deleting.session_found) builder.AddLast(DeleteSession{deleting.session_id});
    return Status::Ok();
  }
  if (deleting.ids.empty()) return Status::Ok();
  if (deleting.by_message()) {
    const bool branch = deleting.deletion.scope == Deletion::Scope::kBranch;
    builder.AddLast(DeleteMessage{deleting.deletion.message_id, branch});
  } else {
    builder.AddLast(DeleteSessionMessages{deleting.session_id});
  }
  // The session's message count changes, so its listeners are told.
  const Result<Session*> session = builder.EditSession(deleting.session_id);
  if (!session.ok()) return session.status();
  (*session)->updated_at = std::max((*session)->updated_at, cycle.now());
  return Status::Ok();
}

// An event without a patch: the receiver gets the newest state.
MessageUpdated NewestState(const LiveMessage& live) {
  MessageUpdated event;
  event.id = live.accepted.id;
  event.session_id = live.accepted.session_id;
  event.version = live.accepted.version;
  event.terminal = true;
  event.saved = live.clean();
  event.finished = live.accepted.finished() && live.published();
  return event;
}

// On disk, the children follow the parent of what was deleted. Those in memory come to do so now,
// and whoever holds one of them is told.
void MoveUpChildren(CommitCycle& cycle, const Deleting& deleting, std::vector<Event>& events) {
  for (const auto& [id, live] : cycle.live()) {
    Message& message = live->accepted;
    const bool child = message.session_id == deleting.session_id &&
                       message.parent_id == deleting.deletion.message_id;
    if (child) message.parent_id = deleting.parent_id;
  }
  for (const MessageId& id : deleting.children) {
    const Result<LiveMessage*> live = cycle.Load(id);
    if (!live.ok()) continue;  // a delete of it is under way
    events.emplace_back(NewestState(**live));
    if ((*live)->evictable()) cycle.live().Erase(id);
  }
}

void SettleOk(CommitCycle& cycle, const Deleting& deleting, std::vector<Event>& events) {
  for (const MessageId& id : deleting.ids) {
    cycle.DropTargets(id);
    cycle.live().Erase(id);
  }
  if (!deleting.ids.empty()) {
    events.emplace_back(MessagesDeleted{deleting.session_id, deleting.ids});
  }
  if (deleting.session_found) events.emplace_back(SessionDeleted{deleting.session_id});
  if (deleting.deletion.scope == Deletion::Scope::kMessage) {
    MoveUpChildren(cycle, deleting, events);
  }
}

// While the delete was under way, saves were not told and some receivers could not read the
// message. Now they hear its state.
void SettleFailed(CommitCycle& cycle, const Deleting& deleting, std::vector<Event>& events) {
  for (const MessageId& id : deleting.ids) {
    const Result<LiveMessage*> live = cycle.Load(id);
    if (!live.ok()) continue;  // another delete is under way
    events.emplace_back(NewestState(**live));
    if ((*live)->evictable()) cycle.live().Erase(id);
  }
}

}  // namespace

void SubmitDeletion(CommitCycle& cycle, Deletion deletion, Done done) {
  Turn turn(cycle.turns());
  done = OrNobody(std::move(done));
  if (const Status open = cycle.CheckAccepting(); !open.ok()) {
    return cycle.Defer([done = std::move(done), open] { done(open); });
  }
  if (const Result<bool> before = cycle.CallDoneBefore(); !before.ok() || *before) {
    return cycle.Defer([done = std::move(done), status = before.status()] { done(status); });
  }
  if (deletion.scope == Deletion::Scope::kBranch) {
    const Result<std::vector<MessageId>> branch = FreshBranch(cycle, deletion.message_id);
    if (!branch.ok()) {
      return cycle.Defer([done = std::move(done), status = branch.status()] { done(status); });
    }
    deletion.branch.insert(branch->begin(), branch->end());
  }
  deletion.up_to_seq = cycle.last_seq();
  auto deleting = std::make_shared<Deleting>();
  deleting->deletion = std::move(deletion);
  cycle.live().BeginDeletion(deleting->deletion);
  Request request;
  request.alone = true;
  request.build = [&cycle, deleting](BatchBuilder& builder) {
    return Build(cycle, *deleting, builder);
  };
  request.settle = [&cycle, deleting, done = std::move(done)](const Status& status,
                                                              std::vector<Event>& events) {
    cycle.live().EndDeletion(deleting->deletion);
    if (status.ok()) {
      SettleOk(cycle, *deleting, events);
    } else {
      SettleFailed(cycle, *deleting, events);
    }
    cycle.Defer([done, status] { done(status); });
  };
  cycle.Submit(std::move(request));
}

}  // namespace millrace
