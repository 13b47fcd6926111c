#pragma once

#include <cstdint>

namespace millrace {

// Identifies one run (one agent turn) while it lasts.
using RunId = std::int64_t;
inline constexpr RunId kNoRun = 0;

// How a run ended.
enum class RunExit { kReturned, kThrew, kAborted };

}  // namespace millrace
