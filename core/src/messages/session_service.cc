#include "millrace/messages/session_service.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "messages/commit_cycle.h"
#include "messages/deletion.h"
#include "millrace/model/event.h"
#include "millrace/model/header_fields.h"
#include "millrace/model/merge_patch.h"

namespace millrace {
namespace {

void ApplyChange(const SessionChange& change, Session& session) {
  ChangedFields(change, session, [](const auto& wanted, auto& field) {
    if (wanted) field = *wanted;
  });
}

// The end of a request whose answer is the session as the request left it. The cycle sends
// session-updated, once for all changes that a batch made to the session.
std::function<void(const Status&, std::vector<Event>&)> AnswerWith(CommitCycle& cycle,
                                                                   const SessionId& id,
                                                                   DoneSession done) {
  return [&cycle, id, done = std::move(done)](const Status& status, std::vector<Event>&) {
    const Result<Session> now = status.ok() ? cycle.StoredSession(id) : Result<Session>(status);
    cycle.Defer([done, now] { done(now); });
  };
}

}  // namespace

void SessionService::Create(Session init, DoneSession done) {
  Turn turn(cycle_.turns());
  done = OrNobody(std::move(done));
  Status refused = cycle_.CheckAccepting();
  if (refused.ok() && init.id.empty()) refused = InvalidArgument("a session needs an id");
  if (!refused.ok()) {
    return cycle_.Defer([done = std::move(done), refused] { done(refused); });
  }
  if (AnsweredBefore(init.id, done)) return;
  Result<std::string> metadata = CheckMetadata(init.metadata);
  if (!metadata.ok()) {
    return cycle_.Defer([done = std::move(done), bad = metadata.status()] { done(bad); });
  }
  init.metadata = *std::move(metadata);
  if (init.created_at == 0) init.created_at = cycle_.now();
  init.updated_at = init.created_at;
  init.message_count = 0;
  auto created = std::make_shared<const Session>(std::move(init));
  Request request;
  request.build = [created](BatchBuilder& builder) -> Status {
    if (!created->parent_id.empty()) {
      const Result<bool> parent = builder.HasSession(created->parent_id);
      if (!parent.ok()) return parent.status();
      if (!*parent) return NotFound("no session '" + created->parent_id.value + "'");
    }
    return builder.CreateSession(*created);
  };
  request.settle = [this, created, done = std::move(done)](const Status& status,
                                                           std::vector<Event>& events) {
    if (status.ok()) events.emplace_back(SessionCreated{*created});
    cycle_.Defer([created, done, status] { status.ok() ? done(*created) : done(status); });
  };
  cycle_.Submit(std::move(request));
}

void SessionService::Update(const SessionId& id, SessionChange change, DoneSession done) {
  Turn turn(cycle_.turns());
  done = OrNobody(std::move(done));
  if (const Status open = cycle_.CheckAccepting(); !open.ok()) {
    return cycle_.Defer([done = std::move(done), open] { done(open); });
  }
  if (AnsweredBefore(id, done)) return;
  Request request;
  request.build = [id, change = std::move(change), now = cycle_.now()](BatchBuilder& builder) {
    const Result<Session*> session = builder.EditSession(id);
    if (!session.ok()) return session.status();
    if (!change.metadata_patch.empty()) {
      Result<std::string> merged = MergePatch((*session)->metadata, change.metadata_patch);
      if (!merged.ok()) return merged.status();
      (*session)->metadata = *std::move(merged);
    }
    ApplyChange(change, **session);
    (*session)->updated_at = std::max((*session)->updated_at, now);
    return Status::Ok();
  };
  request.settle = AnswerWith(cycle_, id, std::move(done));
  cycle_.Submit(std::move(request));
}

bool SessionService::AnsweredBefore(const SessionId& id, const DoneSession& done) {
  const Result<bool> before = cycle_.CallDoneBefore();
  if (before.ok() && !*before) return false;
  const Result<Session> session = before.ok() ? cycle_.StoredSession(id) : before.status();
  cycle_.Defer([done, session] { done(session); });
  return true;
}

void SessionService::SwitchTo(const SessionId& id, const MessageId& message, DoneSession done) {
  Turn turn(cycle_.turns());
  done = OrNobody(std::move(done));
  if (const Status open = cycle_.CheckAccepting(); !open.ok()) {
    return cycle_.Defer([done = std::move(done), open] { done(open); });
  }
  if (AnsweredBefore(id, done)) return;
  Request request;
  // The storage finds the new head, and what comes later may follow it.
  request.alone = true;
  request.build = [id, message](BatchBuilder& builder) -> Status {
    const Result<Session*> session = builder.EditSession(id);
    if (!session.ok()) return session.status();
    const Result<std::optional<SessionId>> of = builder.SessionOf(message);
    if (!of.ok()) return of.status();
    if (*of != id) return NotFound("no message '" + message.value + "' in this session to show");
    builder.AddLast(millrace::SwitchTo{id, message});
    return Status::Ok();
  };
  request.settle = AnswerWith(cycle_, id, std::move(done));
  cycle_.Submit(std::move(request));
}

void SessionService::Delete(const SessionId& id, Done done) {
  Deletion deletion;
  deletion.scope = Deletion::Scope::kSession;
  deletion.session_id = id;
  SubmitDeletion(cycle_, std::move(deletion), std::move(done));
}

Result<std::optional<Session>> SessionService::Get(const SessionId& id) const {
  if (const Status open = cycle_.CheckOpen(); !open.ok()) return open;
  return cycle_.committed().ReadSession(id);
}

Result<std::vector<Session>> SessionService::List(const SessionQuery& query) const {
  if (const Status open = cycle_.CheckOpen(); !open.ok()) return open;
  return cycle_.committed().ReadSessions(query);
}

}  // namespace millrace
