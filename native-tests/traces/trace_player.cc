#include "traces/trace_player.h"

#include <utility>

namespace millrace {

TracePlayer::TracePlayer(DurationMs window_ms)
    : window_ms_(window_ms),
      page_(*this, {"page", kUnlimitedCredits, true}),
      slow_(*this, {"slow", 1, false}),
      clumsy_(*this, {"clumsy", kUnlimitedCredits, false}),
      restless_(*this, {"restless", kUnlimitedCredits, false}),
      nosy_(*this, {"nosy", kUnlimitedCredits, true}) {}

TracePlayer::~TracePlayer() {
  ++life_;  // completions that come while the store ends are ignored
  for (Listener* listener : {&page_, &slow_, &clumsy_, &restless_, &nosy_}) listener->Leave();
}

std::string TracePlayer::Play(const std::vector<Step>& trace) {
  Open();
  for (const Step& step : trace) {
    ++steps_;
    Do(step);
    if (failure_.empty()) CheckStep(step);
    if (!failure_.empty()) return failure_;
  }
  Settle();
  return failure_;
}

const ModelMessage* TracePlayer::Known(const MessageId& id) const {
  const auto found = messages_.find(id);
  return found == messages_.end() ? nullptr : &found->second;
}

std::int64_t TracePlayer::SavedVersion(const MessageId& id) const {
  const ModelMessage* model = Known(id);
  const auto saved = model == nullptr ? saved_.end() : saved_.find(model->now.seq);
  return saved == saved_.end() ? 0 : saved->second;
}

void TracePlayer::Fail(std::string what) {
  if (failure_.empty()) failure_ = "step " + std::to_string(steps_) + ": " + std::move(what);
}

Done TracePlayer::Expect(std::string what, std::function<void(const Status&)> then,
                         std::function<bool(Code)> excused) {
  ++open_calls_;
  return [this, what = std::move(what), then = std::move(then), excused = std::move(excused),
          life = life_, failures = storage_->failures(),
          called = false](const Status& status) mutable {
    if (life != life_) return;
    if (std::exchange(called, true)) return Fail(what + ": completed twice");
    --open_calls_;
    const Code code = status.code();
    const bool storage_failed =
        (code == Code::kIo || code == Code::kQuotaExceeded) && storage_->failures() > failures;
    if (!status.ok() && !storage_failed && !(excused && excused(code))) {
      Fail(what + ": completed with " + std::string(CodeName(code)) + ": " + status.message());
    }
    then(status);
  };
}

void TracePlayer::OnCommitted(const HeldStorage::SeenCommit& commit) {
  for (const StorageOp& op : commit.batch) {
    std::int64_t seq = 0;
    std::int64_t version = 0;
    if (const auto* put = std::get_if<PutMessage>(&op)) {
      seq = put->message->seq;
      version = put->message->version;
    } else if (const auto* notes = std::get_if<PutNotes>(&op)) {
      seq = notes->message->seq;
      version = notes->message->version;
    } else if (const auto* append = std::get_if<AppendDelta>(&op)) {
      seq = append->seq;
      version = append->patch->to_version;
    } else {
      continue;
    }
    // A fold may write a version again.
    if (version < saved_[seq]) Fail("C6: a commit went back");
    saved_[seq] = version;
    unsynced_.push_back(seq);
  }
  if (commit.durability != Durability::kPower) return;
  for (const std::int64_t seq : std::exchange(unsynced_, {})) synced_[seq] = saved_[seq];
}

bool TracePlayer::IsWell(const SessionId& id) const {
  const auto session = sessions_.find(id);
  return session != sessions_.end() && session->second.state == ModelSession::State::kThere &&
         session->second.deletions == 0;
}

std::vector<MessageId> TracePlayer::MessagesOf(const SessionId& id) const {
  std::vector<MessageId> ids;
  for (const auto& [message_id, model] : messages_) {
    if (model.now.session_id == id) ids.push_back(message_id);
  }
  return ids;
}

int TracePlayer::BeginDeletion(const std::vector<MessageId>& ids) {
  ++deletions_made_;
  for (const MessageId& id : ids) {
    const auto found = messages_.find(id);
    if (found == messages_.end()) continue;
    const auto state = found->second.state;
    if (state == ModelMessage::State::kThere || state == ModelMessage::State::kCreating) {
      found->second.deletions.insert(deletions_made_);
    }
  }
  return deletions_made_;
}

void TracePlayer::EndDeletion(int deletion, bool deleted) {
  for (auto& [id, model] : messages_) {
    if (model.deletions.erase(deletion) == 0 || !deleted) continue;
    if (model.state == ModelMessage::State::kThere) model.state = ModelMessage::State::kGone;
  }
}

}  // namespace millrace
