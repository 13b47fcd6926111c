#pragma once

#include <cstdint>
#include <limits>

namespace millrace {

// Milliseconds since the Unix epoch. The host passes the time in; the core never reads a clock.
using TimeMs = std::int64_t;
// Milliseconds.
using DurationMs = std::int64_t;

// "No deadline": later than any time a host can pass.
inline constexpr TimeMs kNever = std::numeric_limits<TimeMs>::max();

}  // namespace millrace
