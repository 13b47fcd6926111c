#pragma once

#include <cstddef>
#include <cstdint>

#include "millrace/model/event.h"

namespace millrace::bench {

// The bytes of text in a window of 13 deltas.
inline constexpr std::size_t kWindowText = 52;

// An update that appends a number of bytes to the given message. A terminal one is must-deliver.
Event MakeUpdate(std::int64_t message, std::int64_t version, bool terminal,
                 std::size_t text_bytes = kWindowText);

}  // namespace millrace::bench
