#include "messages/commit_window.h"

#include <algorithm>

namespace millrace {
namespace {

// The first retry comes soon, in case a file was busy for a moment. A disk that stays full is tried
// every ten seconds, so that a person who frees space sees the result.
constexpr DurationMs kFirstRetryMs = 100;
constexpr DurationMs kLongestDelayMs = 10'000;
constexpr int kMostDoublings = 7;  // 100 ms << 7 is past the longest delay

}  // namespace

void CommitWindow::Open(TimeMs now) {
  if (deadline_ == kNever) deadline_ = now + NextDelay();
}

void CommitWindow::Ended(bool ok, DurationMs took) {
  last_took_ = took;
  failures_ = ok ? 0 : failures_ + 1;
}

DurationMs CommitWindow::NextDelay() {
  if (failures_ == 0) {
    // The wait is at least as long as the last commit took, so saving takes at most half of the
    // time (C1). If a commit seems to take longer than any disk does, the machine was asleep.
    return coalesces() ? std::max(length_, std::min(last_took_, kLongestDelayMs)) : 0;
  }
  const DurationMs base =
      std::min(kFirstRetryMs << std::min(failures_ - 1, kMostDoublings), kLongestDelayMs);
  // Takes up to a quarter off, from a fixed sequence. So stores that failed together do not retry
  // together, and a test sees the same times on every run.
  jitter_ = jitter_ * 1664525U + 1013904223U;
  return base - static_cast<DurationMs>(jitter_ >> 16U) * base / 4 / 65536;
}

}  // namespace millrace
