// What TracePlayer compares after every step, and when everything is at rest.

#include <algorithm>
#include <utility>

#include "traces/trace_player.h"

namespace millrace {
namespace {

// The longest back-off plus a window.
constexpr DurationMs kLongestWait = 11'000;

}  // namespace

void TracePlayer::CheckStep(const Step& step) {
  if (due_this_step_ != 0) return Fail("a delta's completion outlived its turn");
  for (const auto& [slot, id] : slots_.messages) {
    const auto found = messages_.find(id);
    if (found == messages_.end()) continue;
    ModelMessage& model = found->second;
    CheckMessage(id, model);
    if (slot == steps_ % kMessageSlots) CheckOnDisk(id, model);
    if (model.now.finished() || now_ >= model.active_at + StoreOptions().idle_ms) MayForget(model);
  }
  CheckNothingStranded();
  if (step.seed % 8 != 0) return;
  CheckList(SessionIn(step.session));
  if (open_calls_ == 0) CheckSessions();
}

void TracePlayer::CheckMessage(const MessageId& id, const ModelMessage& model) {
  const Result<std::optional<Message>> fresh = store_->messages().Get(id);
  if (!fresh.ok()) return Fail("get " + id.value + ": " + fresh.status().message());
  if (fresh->has_value() != model.visible()) {
    return Fail("C11: get " + id.value +
                (model.visible() ? " finds nothing" : " finds what is gone"));
  }
  if (fresh->has_value() && !Alike(**fresh, model.now)) {
    Fail("C11: get " + id.value + " gives another state than the newest accepted, version " +
         std::to_string((*fresh)->version) + " for " + std::to_string(model.now.version));
  }
}

void TracePlayer::CheckOnDisk(const MessageId& id, const ModelMessage& model) {
  if (model.state == ModelMessage::State::kCreating || !model.deletions.empty()) return;
  const Result<std::optional<Message>> saved = store_->messages().Get(id, {true});
  if (!saved.ok()) return Fail("committed get " + id.value + ": " + saved.status().message());
  const bool there = model.state == ModelMessage::State::kThere;
  if (saved->has_value() != there) {
    return Fail("C7: on disk, " + id.value + (there ? " is missing" : " is there again"));
  }
  if (!there) return;
  const Message& message = **saved;
  const auto state = model.history.find(message.version);
  if (message.version != SavedVersion(id) || state == model.history.end() ||
      !Alike(state->second, message)) {
    Fail("C13: on disk, " + id.value + " is no state that was accepted and committed");
  }
}

void TracePlayer::CheckNothingStranded() {
  for (const auto& [slot, id] : slots_.messages) {
    const auto found = messages_.find(id);
    if (found == messages_.end() || !found->second.visible()) continue;
    const ModelMessage& model = found->second;
    if (SavedVersion(id) >= model.changed) continue;
    if (storage_->held() == 0 && store_->NextDeadline() > now_ + kLongestWait) {
      return Fail("C4: " + id.value + " is dirty, with neither a write nor a deadline");
    }
    if (calm_ && model.active_at + window_ms_ <= now_) {
      return Fail("C1: " + id.value + " waits longer than the window");
    }
  }
}

void TracePlayer::CheckList(const SessionId& id) {
  const Result<std::vector<Message>> listed = store_->messages().List(id);
  if (!listed.ok()) return Fail("list: " + listed.status().message());
  std::vector<Message> expected;
  for (const auto& [message_id, model] : messages_) {
    if (model.now.session_id == id && model.visible()) expected.push_back(model.now);
  }
  std::sort(expected.begin(), expected.end(),
            [](const Message& a, const Message& b) { return a.seq < b.seq; });
  const bool alike =
      std::equal(listed->begin(), listed->end(), expected.begin(), expected.end(), Alike);
  if (!alike) {
    Fail("C11: list of " + id.value + " differs: " + std::to_string(listed->size()) + " for " +
         std::to_string(expected.size()) + " messages");
  }
}

// Nobody branches here, so each message follows the one before it, whatever was deleted or failed.
void TracePlayer::CheckPath(const SessionId& id) {
  ListOptions options;
  options.committed = true;
  const Result<std::vector<Message>> path = store_->messages().List(id, options);
  if (!path.ok()) return Fail("path: " + path.status().message());
  MessageId before;
  for (const Message& message : *path) {
    if (message.parent_id != before) Fail("D1: the parent of " + message.id.value);
    before = message.id;
  }
  const Result<std::optional<Session>> session = store_->sessions().Get(id);
  if (session.ok() && *session && (*session)->head_id != before) {
    Fail("D1: the head of " + id.value);
  }
}

void TracePlayer::CheckSessions() {
  const Result<std::vector<Session>> listed = store_->sessions().List({});
  if (!listed.ok()) return Fail("list of sessions: " + listed.status().message());
  std::size_t expected = 0;
  for (const auto& [id, model] : sessions_) {
    expected += model.state == ModelSession::State::kThere ? 1 : 0;
  }
  if (listed->size() != expected) return Fail("the list of sessions differs");
  for (const Session& session : *listed) {
    const auto model = sessions_.find(session.id);
    if (model == sessions_.end()) return Fail("a session nobody made");
    if (session.title != model->second.title) Fail("the title of " + session.id.value);
    std::int64_t messages = 0;
    for (const MessageId& id : MessagesOf(session.id)) {
      messages += messages_.at(id).state == ModelMessage::State::kThere ? 1 : 0;
    }
    if (session.message_count != messages) Fail("the message count of " + session.id.value);
  }
}

void TracePlayer::CheckSynced(const MessageId& id, std::int64_t version, const std::string& what) {
  const ModelMessage* model = Known(id);
  if (model == nullptr || !model->visible()) return;  // nothing is promised about deleted messages
  const auto synced = synced_.find(model->now.seq);
  if (synced == synced_.end() || synced->second < version) {
    Fail(what + ": acknowledged, but " + id.value + " can still lose version " +
         std::to_string(version));
  }
}

void TracePlayer::CheckAtRest() {
  if (open_calls_ != 0)
    return Fail("C3: " + std::to_string(open_calls_) + " calls never completed");
  const StoreStats stats = store_->stats();
  if (stats.pending != 0) return Fail("C4: something is dirty at rest");
  for (const auto& [id, model] : messages_) {
    CheckMessage(id, model);
    CheckOnDisk(id, model);
    if (model.visible() && SavedVersion(id) < model.changed) {
      Fail("C5: " + id.value + " is not saved at rest");
    }
  }
  for (const auto& [id, session] : sessions_) {
    CheckList(id);
    CheckPath(id);
  }
  CheckSessions();
  for (const Listener* listener : {&page_, &slow_, &clumsy_, &restless_, &nosy_}) {
    listener->CheckAtRest();
  }
}

}  // namespace millrace
