#pragma once

#include <cstddef>
#include <string_view>

namespace millrace::json {

// The length of the start of `text` that needs no escape in a JSON string: up to a quote, a
// backslash or a control character.
std::size_t PlainLength(std::string_view text);

}  // namespace millrace::json
