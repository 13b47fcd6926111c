#include "messages/deletion.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "millrace/model/event.h"

namespace millrace {
namespace {

void MarkDeleting(CommitCycle& cycle, const Deletion& deletion, bool deleting) {
  if (deletion.scope == Deletion::Scope::kMessages) {
    for (const MessageId& id : deletion.ids) {
      if (LiveMessage* live = cycle.Find(id)) live->deleting = deleting;
    }
    return;
  }
  for (const auto& [id, live] : cycle.live()) {
    if (live->accepted.session_id == deletion.session_id) live->deleting = deleting;
  }
}

// Everything of the session that is on disk, for the `deleted` event.
Status CollectIds(CommitCycle& cycle, Deletion& deletion) {
  if (deletion.scope == Deletion::Scope::kMessages) return Status::Ok();
  MessageQuery query;
  query.session_id = deletion.session_id;
  Result<std::vector<Message>> stored = cycle.storage().ReadMessages(query);
  if (!stored.ok()) return stored.status();
  deletion.ids.clear();
  for (Message& message : *stored) deletion.ids.push_back(std::move(message.id));
  return Status::Ok();
}

Status Build(CommitCycle& cycle, Deletion& deletion, BatchBuilder& builder) {
  if (Status status = CollectIds(cycle, deletion); !status.ok()) return status;
  switch (deletion.scope) {
    case Deletion::Scope::kMessages:
      for (const MessageId& id : deletion.ids) builder.Delete(DeleteMessage{id});
      break;
    case Deletion::Scope::kAllOfSession:
      builder.Delete(DeleteSessionMessages{deletion.session_id});
      break;
    case Deletion::Scope::kSession:
      builder.Delete(DeleteSession{deletion.session_id});
      return Status::Ok();
  }
  // Its message count changes, so its listeners are told.
  const Result<Session*> session = builder.EditSession(deletion.session_id);
  const bool gone = !session.ok() && session.status().code() == Code::kNotFound;
  if (session.ok()) (*session)->updated_at = std::max((*session)->updated_at, cycle.now());
  return gone ? Status::Ok() : session.status();
}

void SettleOk(CommitCycle& cycle, const Deletion& deletion, std::vector<Event>& events) {
  for (const MessageId& id : deletion.ids) {
    cycle.DropTargets(id);
    cycle.Erase(id);
  }
  if (!deletion.ids.empty()) {
    events.emplace_back(MessagesDeleted{deletion.session_id, deletion.ids});
  }
  if (deletion.scope == Deletion::Scope::kSession) {
    events.emplace_back(SessionDeleted{deletion.session_id});
  }
}

// What was saved in silence while the delete was on its way is told now.
void SettleFailed(CommitCycle& cycle, const Deletion& deletion, std::vector<Event>& events) {
  MarkDeleting(cycle, deletion, false);
  for (const MessageId& id : deletion.ids) {
    const LiveMessage* live = cycle.Find(id);
    if (live == nullptr) continue;
    MessageUpdated event;
    event.id = id;
    event.session_id = deletion.session_id;
    event.version = live->accepted.version;
    event.terminal = true;
    event.saved = live->clean();
    event.finished = live->accepted.finished();
    events.emplace_back(std::move(event));
  }
}

}  // namespace

void SubmitDeletion(CommitCycle& cycle, Deletion deletion, Done done) {
  MarkDeleting(cycle, deletion, true);
  auto shared = std::make_shared<Deletion>(std::move(deletion));
  Request request;
  request.ends_batch = true;
  request.build = [&cycle, shared](BatchBuilder& builder) {
    return Build(cycle, *shared, builder);
  };
  request.settle = [&cycle, shared, done = std::move(done)](const Status& status,
                                                            std::vector<Event>& events) {
    status.ok() ? SettleOk(cycle, *shared, events) : SettleFailed(cycle, *shared, events);
    cycle.Defer([done, status] {
      if (done) done(status);
    });
  };
  cycle.Submit(std::move(request));
}

}  // namespace millrace
