#pragma once

#include <string>
#include <vector>

#include "traces/shrink.h"
#include "traces/step.h"
#include "traces/trace_player.h"

namespace millrace {

inline std::string PlayTrace(const std::vector<Step>& trace, DurationMs window_ms) {
  return TracePlayer(window_ms).Play(trace);
}

// Plays the trace of a seed. Returns "" if all promises hold; otherwise the broken one, with the
// shortest trace found that breaks something.
inline std::string JudgeSeed(unsigned seed, std::size_t length, DurationMs window_ms) {
  const std::vector<Step> trace = MakeTrace(seed, length);
  const std::string failure = PlayTrace(trace, window_ms);
  if (failure.empty()) return "";
  const std::vector<Step> shortest = Shrink(
      trace, [&](const auto& shorter) { return !PlayTrace(shorter, window_ms).empty(); }, 3000);
  std::string report = "seed " + std::to_string(seed) + ", window " + std::to_string(window_ms) +
                       " ms: " + failure + "\nshrunk to " + std::to_string(shortest.size()) +
                       " steps: " + PlayTrace(shortest, window_ms) + "\n";
  for (const Step& step : shortest) report += "  " + Describe(step) + "\n";
  return report;
}

}  // namespace millrace
