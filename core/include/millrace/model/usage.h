#pragma once

#include <cstdint>

namespace millrace {

// Counts of tokens.
struct Usage {
  std::int64_t input_tokens = 0;
  std::int64_t output_tokens = 0;
};

// The largest count of tokens, which is exact in a JavaScript number. Sums stop there.
inline constexpr std::int64_t kMostTokens = (std::int64_t{1} << 53) - 1;

// REQUIRES: neither is negative, and `total` is at most kMostTokens.
constexpr void AddTokens(std::int64_t& total, std::int64_t more) {
  total = more > kMostTokens - total ? kMostTokens : total + more;
}

}  // namespace millrace
