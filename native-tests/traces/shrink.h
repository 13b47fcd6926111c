#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <vector>

#include "traces/step.h"

namespace millrace {

// Removes steps from a failing trace as long as it still fails: first long runs of steps, then ever
// shorter ones. The trace is played at most `tries` times.
inline std::vector<Step> Shrink(std::vector<Step> trace,
                                const std::function<bool(const std::vector<Step>&)>& fails,
                                int tries) {
  for (std::size_t run = trace.size() / 2; run > 0;) {
    bool shorter = false;
    for (std::size_t at = 0; at < trace.size() && tries > 0; --tries) {
      std::vector<Step> without = trace;
      const auto first = without.begin() + static_cast<std::ptrdiff_t>(at);
      const auto left = static_cast<std::size_t>(without.end() - first);
      without.erase(first, first + static_cast<std::ptrdiff_t>(std::min(run, left)));
      if (fails(without)) {
        trace = std::move(without);
        shorter = true;
      } else {
        at += run;
      }
    }
    if (tries <= 0) break;
    if (!shorter || run > trace.size()) run /= 2;
  }
  return trace;
}

}  // namespace millrace
