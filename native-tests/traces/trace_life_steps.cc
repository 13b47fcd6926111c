// The steps of TracePlayer that create, delete and flush, and those about sessions.

#include <memory>
#include <utility>

#include "millrace/model/codec.h"
#include "model/mutation_source.h"
#include "traces/trace_player.h"

namespace millrace {

// ---- creating, deleting, flushing

void TracePlayer::Create(const Step& step, std::minstd_rand& random) {
  const ModelMessage* there = Known(IdIn(step.message));
  if (there != nullptr && there->visible() && step.seed % 4 != 0) return;  // let it live a while
  Message init;
  init.id = MessageId("m" + std::to_string(++ids_made_));
  init.session_id = SessionIn(step.session);
  if (random() % 5 == 0) init.role = Role::kUser;
  if (random() % 3 == 0)
    init.parts = MutationSource([&random](std::uint32_t n) {
                   return static_cast<std::uint32_t>(random() % n);
                 }).NextParts();
  Message created = init;
  bool valid = true;
  for (Part& part : created.parts) valid = valid && NormalizePart(part).ok();
  const MessageId id = init.id;
  slots_.messages[step.message] = id;
  slots_.snapshots.erase(step.message);
  if (valid) {
    created.created_at = created.updated_at = now_;
    created.version = 1;
    created.seq = ++last_seq_;
    const bool finished = created.role != Role::kAssistant || FinishOf(created) != nullptr;
    if (finished) created.finished_at = now_;
    ModelMessage& model = messages_[id];
    model.now = created;
    model.history[1] = created;
    model.changed = 1;
    model.active_at = now_;
  }
  const bool well = IsWell(init.session_id);
  const auto excused = [this, valid, well, session = init.session_id](Code code) {
    if (!valid) return code == Code::kInvalidArgument;
    return code == Code::kNotFound && !(well && IsWell(session));
  };
  auto done = std::make_shared<Done>(Expect(
      "create of " + id.value,
      [this, id, valid](const Status& status) {
        if (!valid) return;
        ModelMessage& model = messages_.at(id);
        using State = ModelMessage::State;
        if (model.state == State::kCreating)
          model.state = status.ok() ? State::kThere : State::kNeverWas;
        if (status.ok()) CheckSynced(id, 1, "S3: create");
      },
      excused));
  store_->messages().Create(std::move(init), [this, done, created](const Result<Message>& result) {
    (*done)(result.status());
    if (result.ok() && !Alike(*result, created)) Fail("create: completed with another state");
  });
}

void TracePlayer::Delete(const MessageId& id) {
  const int deletion = BeginDeletion({id});
  store_->messages().Delete(
      id, Expect("delete of " + id.value,
                 [this, deletion](const Status& status) { EndDeletion(deletion, status.ok()); }));
}

void TracePlayer::Flush(const MessageId& id, TimeMs deadline) {
  const ModelMessage* model = Known(id);
  const bool there = model != nullptr && model->visible();
  const std::int64_t version = there ? model->changed : 0;
  store_->messages().Flush(id, deadline,
                           Expect(
                               "flush of " + id.value,
                               [this, id, there, version](const Status& status) {
                                 if (!there && status.code() != Code::kNotFound)
                                   Fail("C3: a flush of nothing is OK");
                                 if (status.ok()) CheckSynced(id, version, "C3: flush");
                               },
                               [this, there, deadline](Code code) {
                                 return there ? code == Code::kTimeout && now_ >= deadline
                                              : code == Code::kNotFound;
                               }));
}

void TracePlayer::FlushAll(TimeMs deadline) {
  std::vector<std::pair<MessageId, std::int64_t>> targets;
  for (const auto& [id, model] : messages_) {
    if (model.visible()) targets.emplace_back(id, model.changed);
  }
  store_->messages().FlushAll(deadline, Expect(
                                            "flush of all",
                                            [this, targets](const Status& status) {
                                              if (!status.ok()) return;
                                              for (const auto& [id, version] : targets)
                                                CheckSynced(id, version, "C3: flush of all");
                                            },
                                            [this, deadline](Code code) {
                                              return code == Code::kTimeout && now_ >= deadline;
                                            }));
}

void TracePlayer::CallIn(const Step& step) {
  nosy_.set_next([this, step] {
    std::minstd_rand random(step.seed | 1U);
    const MessageId id = IdIn(step.message);
    const ModelMessage* model = Known(id);
    const bool settled =
        model != nullptr && model->visible() && model->state == ModelMessage::State::kThere;
    if (!settled) return;  // the model learns of creates and deletes from their completions
    MessageWrite write;
    write.mutations.emplace_back(AppendText{"called in", false});
    Write(id, std::move(write));
  });
}

// ---- sessions

void TracePlayer::CreateSession(const Step& step) {
  const auto there = sessions_.find(SessionIn(step.session));
  if (there != sessions_.end() && there->second.deletions == 0 &&
      there->second.state != ModelSession::State::kGone) {
    return;
  }
  const SessionId id("s" + std::to_string(++ids_made_));
  slots_.sessions[step.session] = id;
  sessions_[id] = {};
  Session init;
  init.id = id;
  auto done =
      std::make_shared<Done>(Expect("create of a session", [this, id](const Status& status) {
        ModelSession& model = sessions_.at(id);
        if (model.state != ModelSession::State::kCreating) return;
        model.state = status.ok() ? ModelSession::State::kThere : ModelSession::State::kGone;
      }));
  store_->sessions().Create(init,
                            [done](const Result<Session>& result) { (*done)(result.status()); });
}

void TracePlayer::RenameSession(const SessionId& id, const std::string& title) {
  const bool well = IsWell(id);
  auto done = std::make_shared<Done>(Expect(
      "rename of a session",
      [this, id, title](const Status& status) {
        if (status.ok()) sessions_.at(id).title = title;
      },
      [this, id, well](Code code) { return code == Code::kNotFound && !(well && IsWell(id)); }));
  SessionChange change;
  change.title = title;
  store_->sessions().Update(id, change,
                            [done](const Result<Session>& result) { (*done)(result.status()); });
}

void TracePlayer::DeleteMessages(const SessionId& id) {
  const int deletion = BeginDeletion(MessagesOf(id));
  store_->messages().DeleteAll(
      id, Expect("delete of messages",
                 [this, deletion](const Status& status) { EndDeletion(deletion, status.ok()); }));
}

void TracePlayer::DeleteSession(const SessionId& id) {
  const int deletion = BeginDeletion(MessagesOf(id));
  const auto found = sessions_.find(id);
  if (found != sessions_.end()) ++found->second.deletions;
  store_->sessions().Delete(
      id, Expect("delete of " + id.value, [this, deletion, id](const Status& status) {
        EndDeletion(deletion, status.ok());
        const auto session = sessions_.find(id);
        if (session == sessions_.end()) return;
        --session->second.deletions;
        if (status.ok()) session->second.state = ModelSession::State::kGone;
      }));
}

}  // namespace millrace
