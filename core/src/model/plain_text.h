#pragma once

#include <cstddef>
#include <string_view>

namespace millrace::json {

// The length of what `text` starts with that stands in a string value as it is: up to a quote, a
// backslash or a control character.
std::size_t PlainLength(std::string_view text);

}  // namespace millrace::json
