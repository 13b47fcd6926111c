#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "millrace/storage/storage.h"

namespace millrace {

// A real storage whose commits end when the test says so. It can hold a commit open as long as it
// likes and fail it with any status, but never reorders commits. So a test can write down every
// interleaving of accepting and saving. Reads go through.
class HeldStorage : public Storage {
 public:
  struct SeenCommit {
    StorageBatch batch;
    Durability durability = Durability::kProcess;
    TimeMs now = 0;
  };

  explicit HeldStorage(std::unique_ptr<Storage> inner) : inner_(std::move(inner)) {}

  // While true, commits wait for ReleaseOne or FailOne.
  void set_hold(bool hold) { hold_ = hold; }
  // Commits that begin from now on fail with this status; OK ends that.
  void set_failure(Status status) { failure_ = std::move(status); }
  // The duration that commits report, in milliseconds.
  void set_took(DurationMs took) { took_ = took; }

  // Called after each successful commit, before its completion.
  void set_on_committed(std::function<void(const SeenCommit&)> call) {
    on_committed_ = std::move(call);
  }

  std::size_t held() const { return waiting_.size(); }
  void ReleaseOne();
  void FailOne(const Status& status);

  // Every commit that reached this storage, including failed ones.
  std::size_t commits_seen() const { return log_.size(); }
  const SeenCommit& seen(std::size_t i) const { return log_[i]; }
  const SeenCommit& last_seen() const { return log_.back(); }
  std::int64_t failures() const { return failures_; }

  void Commit(StorageBatch batch, CommitTerms terms, CommitDone done) override;
  StorageReads& committed() override { return inner_->committed(); }
  std::int64_t bytes_written() const override { return inner_->bytes_written(); }
  Status Close() override { return inner_->Close(); }

 private:
  struct Waiting {
    SeenCommit commit;
    CommitDone done;
  };
  void Pass(Waiting waiting);
  void Fail(const Waiting& waiting, const Status& status);

  std::unique_ptr<Storage> inner_;
  std::deque<Waiting> waiting_;
  std::vector<SeenCommit> log_;
  std::function<void(const SeenCommit&)> on_committed_;
  Status failure_;
  std::int64_t failures_ = 0;
  DurationMs took_ = 0;
  bool hold_ = false;
};

}  // namespace millrace
