#pragma once

#include <algorithm>
#include <cstdint>

#include "millrace/base/time.h"

namespace millrace {

// A time of a hybrid logical clock: milliseconds since the epoch in the upper 48 bits, and a count
// in the lower 16 bits that orders what happens in the same millisecond, or while the machine's
// clock goes back.
using HybridTime = std::int64_t;

inline constexpr int kHybridCountBits = 16;

// The machine's clock cannot order what two machines do, nor what one does after its clock was set
// back. Each time of this clock is later than all that it gave out or saw before.
class HybridClock {
 public:
  HybridTime Next(TimeMs now) {
    const TimeMs bounded = std::clamp<TimeMs>(now, 0, kLatestMs);
    last_ = std::max(last_ + 1, bounded << kHybridCountBits);
    return last_;
  }
  void Saw(HybridTime time) {
    last_ = std::clamp<HybridTime>(time, last_, kLatestMs << kHybridCountBits);
  }
  HybridTime last() const { return last_; }

 private:
  // Some 2,200 years ahead. Damaged times of a file cannot make the clock overflow.
  static constexpr TimeMs kLatestMs = TimeMs{1} << 46;

  HybridTime last_ = 0;
};

}  // namespace millrace
