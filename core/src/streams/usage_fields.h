#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "millrace/model/usage.h"

namespace millrace {

// The count of tokens that member `key` of a usage has. Not a count: nullopt. `object` may be any
// JSON, or "" for a missing value.
std::optional<std::int64_t> TokenCount(std::string_view object, std::string_view key);

// Sets a field of `usage` to that count, if there is one. Counts are totals so far, so a later one
// takes the place of the one before.
template <typename Field>
void TakeTokens(std::string_view object, std::string_view key, Field Usage::*field,
                std::optional<Usage>& usage) {
  const std::optional<std::int64_t> count = TokenCount(object, key);
  if (!count) return;
  if (!usage) usage.emplace();
  (*usage).*field = *count;
}

// Token counts with the names of the AI SDK and of AG-UI; nullopt if there is none.
std::optional<Usage> ReadUsage(std::string_view object);

}  // namespace millrace
