#pragma once

#include "millrace/base/time.h"

namespace millrace {

// Says when the next commit of the waiting deltas is due. It computes with the host's time and has
// no timer.
//
//   closed ──Open──▶ open, deadline set ──Close (a commit starts)──▶ closed
//                                          └─ Ended(ok)    longer next time if the commit was slow
//                                          └─ Ended(error) next deadline backs off, exponentially
//
// Invariant: deadline() != kNever exactly while open.
class CommitWindow {
 public:
  explicit CommitWindow(DurationMs length) : length_(length) {}

  // Called for the first waiting delta: sets the deadline. Later deltas do not push it back (C1).
  void Open(TimeMs now);
  void Close() { deadline_ = kNever; }
  // A commit ended; it took `took`.
  void Ended(bool ok, DurationMs took);

  TimeMs deadline() const { return deadline_; }
  bool coalesces() const { return length_ > 0; }

 private:
  DurationMs NextDelay();

  const DurationMs length_;
  DurationMs last_took_ = 0;
  int failures_ = 0;  // in a row
  unsigned jitter_ = 1;
  TimeMs deadline_ = kNever;
};

}  // namespace millrace
