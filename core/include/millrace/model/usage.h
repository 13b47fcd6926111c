#pragma once

#include <cmath>
#include <cstdint>
#include <optional>

namespace millrace {

// The tokens of one message, as its provider reported them last. No count is negative or greater
// than kMostTokens.
struct Usage {
  std::int64_t input_tokens = 0;
  std::int64_t output_tokens = 0;
  std::optional<std::int64_t> cached_input_tokens = std::nullopt;
  std::optional<std::int64_t> reasoning_tokens = std::nullopt;
  std::optional<double> cost = std::nullopt;  // in the application's currency; finite
  friend bool operator==(const Usage&, const Usage&) = default;
};

// The largest count of tokens, which is exact in a JavaScript number. Sums stop there.
inline constexpr std::int64_t kMostTokens = (std::int64_t{1} << 53) - 1;

constexpr std::int64_t BoundedTokens(std::int64_t count) {
  return count < 0 ? 0 : count > kMostTokens ? kMostTokens : count;
}

// The same usage with counts that can be summed and shown.
inline Usage Bounded(Usage usage) {
  usage.input_tokens = BoundedTokens(usage.input_tokens);
  usage.output_tokens = BoundedTokens(usage.output_tokens);
  for (auto* count : {&usage.cached_input_tokens, &usage.reasoning_tokens}) {
    if (*count) *count = BoundedTokens(**count);
  }
  if (usage.cost && !std::isfinite(*usage.cost)) usage.cost.reset();
  return usage;
}

// Changes a sum by `more`, which may be negative. The sum stays between 0 and kMostTokens.
// REQUIRES: `total` is, and the size of `more` is at most kMostTokens.
constexpr void AddTokens(std::int64_t& total, std::int64_t more) {
  total = BoundedTokens(total + more);  // no overflow: both are below 2^53
}

}  // namespace millrace
