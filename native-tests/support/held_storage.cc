#include "support/held_storage.h"

#include <cassert>

namespace millrace {
void HeldStorage::Commit(StorageBatch batch, CommitTerms terms, CommitDone done) {
  Waiting waiting{{std::move(batch), terms.durability, terms.now}, std::move(done)};
  log_.push_back(waiting.commit);
  if (hold_) {
    waiting_.push_back(std::move(waiting));
  } else if (!failure_.ok()) {
    Fail(waiting, failure_);
  } else {
    Pass(std::move(waiting));
  }
}

void HeldStorage::ReleaseOne() {
  assert(!waiting_.empty());
  Waiting waiting = std::move(waiting_.front());
  waiting_.pop_front();
  Pass(std::move(waiting));
}

void HeldStorage::FailOne(const Status& status) {
  assert(!waiting_.empty());
  Waiting waiting = std::move(waiting_.front());
  waiting_.pop_front();
  Fail(waiting, status);
}

void HeldStorage::Fail(const Waiting& waiting, const Status& status) {
  ++failures_;
  waiting.done({status, took_});
}

void HeldStorage::Pass(Waiting waiting) {
  // Operations share what they carry, so a copy for the observer is cheap.
  SeenCommit seen = waiting.commit;
  inner_->Commit(
      std::move(waiting.commit.batch), {waiting.commit.durability, waiting.commit.now},
      [this, seen = std::move(seen), done = std::move(waiting.done)](CommitOutcome outcome) {
        outcome.took_ms = took_;
        if (outcome.status.ok() && on_committed_) on_committed_(seen);
        done(std::move(outcome));
      });
}

}  // namespace millrace
