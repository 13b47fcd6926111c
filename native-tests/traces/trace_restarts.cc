// How TracePlayer opens the store, brings everything to rest, and opens it again. Everything
// acknowledged is there, and unfinished messages are finished as interrupted.

#include <algorithm>
#include <utility>

#include "millrace/storage/sqlite_storage.h"
#include "traces/trace_player.h"

namespace millrace {

void TracePlayer::Open() {
  ++life_;
  open_calls_ = open_session_calls_ = due_this_step_ = 0;
  for (Listener* listener : {&page_, &slow_, &clumsy_, &restless_, &nosy_}) listener->Leave();
  store_.reset();
  Result<std::unique_ptr<Storage>> sqlite = OpenSqliteStorage(files_.Open());
  if (!sqlite.ok()) return Fail("open: " + sqlite.status().message());
  auto held = std::make_unique<HeldStorage>(std::move(*sqlite));
  storage_ = held.get();
  storage_->set_on_committed([this](const auto& commit) { OnCommitted(commit); });
  const SavedVersions saved_before = saved_;
  StoreOptions options;
  options.window_ms = window_ms_;
  options.broker.mailbox_capacity = 4;
  Store::Open(std::move(held), options, now_, [this](Result<std::unique_ptr<Store>> opened) {
    if (!opened.ok()) return Fail("open: " + opened.status().message());
    store_ = std::move(*opened);
  });
  if (store_ == nullptr) return Fail("open: did not complete");
  AdoptWhatIsOnDisk(saved_before);
  slots_.snapshots.clear();
  clumsy_.set_stumbles(false);
  nosy_.set_next({});
  restless_.set_next({});
  for (Listener* listener : {&page_, &slow_, &clumsy_, &restless_, &nosy_}) listener->Join();
  closing_ = false;
  calm_ = true;
}

void TracePlayer::AdoptWhatIsOnDisk(const SavedVersions& saved_before) {
  std::size_t interrupted = 0;
  for (auto& [id, model] : messages_) {
    using State = ModelMessage::State;
    const bool was_there = model.state == State::kThere;
    if (!was_there && model.state != State::kCreating) continue;
    const Result<std::optional<Message>> found = store_->messages().Get(id);
    if (!found.ok()) return Fail("get after opening: " + found.status().message());
    if (!found->has_value()) {
      if (was_there && model.deletions.empty()) Fail("S3: " + id.value + " is gone after opening");
      model.state = was_there ? State::kGone : State::kNeverWas;
      model.deletions.clear();
      continue;
    }
    const auto base = model.history.find(saved_before.at((*found)->seq));
    if (base == model.history.end()) return Fail("S3: " + id.value + " is no acknowledged state");
    model.state = State::kThere;
    model.deletions.clear();
    model.now = base->second;
    model.changed = model.now.version;
    model.history = {{model.changed, model.now}};
    MayForget(model);
    if (!model.now.finished()) {
      ++interrupted;
      MessageWrite write;
      Finish finish;
      finish.reason = FinishReason::kInterrupted;
      write.mutations.emplace_back(finish);
      Accept(model, *PredictWrite(model, write, now_), write, now_);
    }
    MayForget(model);
    model.remembered = model.forgotten;
    if (!Alike(model.now, **found)) Fail("S4: " + id.value + " differs after opening");
  }
  if (store_->recovered().size() != interrupted) Fail("S4: not told what was interrupted");
  for (auto& [id, session] : sessions_) {
    const auto found = store_->sessions().Get(id);
    const bool there = found.ok() && found->has_value();
    const bool sure = session.state == ModelSession::State::kThere && session.deletions == 0;
    if (sure && !there) Fail("S3: session " + id.value + " is gone after opening");
    session.state = there ? ModelSession::State::kThere : ModelSession::State::kGone;
    session.deletions = 0;
    if (there) session.title = (*found)->title;
  }
  last_seq_ = saved_.empty() ? 0 : saved_.rbegin()->first;
}

// What was not committed is lost, and with it everyone who waited for it.
void TracePlayer::Kill() { Open(); }

void TracePlayer::Reopen() {
  Quiet();
  bool closed = false;
  closing_ = true;
  store_->Close(now_ + 5000, [&closed, this](const Status& status) {
    closed = true;
    if (!status.ok()) Fail("C14: close: " + status.message());
  });
  if (!closed) return Fail("C14: close did not complete");
  if (open_calls_ != 0) return Fail("C14: close left calls behind");
  for (const auto& [id, model] : messages_) {
    if (model.visible() && SavedVersion(id) < model.changed) Fail("C14: close lost " + id.value);
  }
  Open();
}

void TracePlayer::Quiet() {
  storage_->set_hold(false);
  storage_->set_failure(Status::Ok());
  while (storage_->held() > 0) storage_->ReleaseOne();
}

void TracePlayer::Settle() {
  nosy_.set_next({});
  restless_.set_next({});
  clumsy_.set_stumbles(false);
  Quiet();
  for (int i = 0; i < 300 && store_->NextDeadline() <= now_ + 30'000; ++i) {
    now_ = std::max(now_, store_->NextDeadline());
    store_->AdvanceTo(now_);
  }
  // One more event, because a listener that failed is told with the next one.
  CreateSession({Step::Op::kCreateSession, 0, kSessionSlots, 0});
  DeleteSession(SessionIn(kSessionSlots));
  for (int i = 0; i < 3; ++i) slow_.Grant(1);
  calm_ = true;
  CheckAtRest();
}

}  // namespace millrace
