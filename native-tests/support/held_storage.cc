#include "support/held_storage.h"

#include <cassert>
#include <variant>

namespace millrace {
namespace {

// Where each transaction of the batch ends.
std::vector<std::size_t> EndsIn(const StorageBatch& batch) {
  std::vector<std::size_t> ends;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (std::holds_alternative<NextTransaction>(batch[i])) ends.push_back(i);
  }
  ends.push_back(batch.size());
  return ends;
}

}  // namespace

void HeldStorage::Commit(StorageBatch batch, Durability durability, CommitDone done) {
  Waiting waiting{{std::move(batch), durability}, std::move(done)};
  log_.push_back(waiting.commit);
  if (hold_) {
    waiting_.push_back(std::move(waiting));
  } else if (!failure_.ok()) {
    Fail(std::move(waiting), failure_);
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
  Fail(std::move(waiting), status);
}

void HeldStorage::Fail(Waiting waiting, const Status& status) {
  const std::vector<std::size_t> ends = EndsIn(waiting.commit.batch);
  const std::size_t taken =
      ends.size() == 1 ? 0 : static_cast<std::size_t>(failures_) % (ends.size() + 1);
  ++failures_;
  if (taken == 0) return waiting.done({status, 0, took_});
  waiting.commit.batch.resize(ends[taken - 1]);
  waiting.commit.durability = Durability::kProcess;
  waiting.done = [this, status, taken, done = std::move(waiting.done)](const CommitOutcome&) {
    done({status, static_cast<std::int64_t>(taken), took_});
  };
  Pass(std::move(waiting));
}

void HeldStorage::Pass(Waiting waiting) {
  // Operations share what they carry, so a copy for the observer is cheap.
  SeenCommit seen = waiting.commit;
  inner_->Commit(
      std::move(waiting.commit.batch), waiting.commit.durability,
      [this, seen = std::move(seen), done = std::move(waiting.done)](CommitOutcome outcome) {
        outcome.took_ms = took_;
        if (outcome.status.ok() && on_committed_) on_committed_(seen);
        done(std::move(outcome));
      });
}

Result<std::optional<Message>> HeldStorage::ReadMessage(const MessageId& id) {
  return inner_->ReadMessage(id);
}
Result<std::vector<Message>> HeldStorage::ReadMessages(const MessageQuery& query) {
  return inner_->ReadMessages(query);
}
Result<std::vector<MessageId>> HeldStorage::ReadMessageIds(const SessionId& id) {
  return inner_->ReadMessageIds(id);
}
Result<std::vector<Message>> HeldStorage::ReadUnfinished() { return inner_->ReadUnfinished(); }
Result<std::optional<Session>> HeldStorage::ReadSession(const SessionId& id) {
  return inner_->ReadSession(id);
}
Result<std::vector<Session>> HeldStorage::ReadSessions(const SessionQuery& query) {
  return inner_->ReadSessions(query);
}
Result<std::int64_t> HeldStorage::LastSeq() { return inner_->LastSeq(); }
Result<SearchPage> HeldStorage::Search(const SearchQuery& query) { return inner_->Search(query); }
Result<std::uint64_t> HeldStorage::Export(const std::shared_ptr<BlockFile>& into) {
  return inner_->Export(into);
}
std::int64_t HeldStorage::bytes_written() const { return inner_->bytes_written(); }
Status HeldStorage::Close() { return inner_->Close(); }

}  // namespace millrace
