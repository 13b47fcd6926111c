#pragma once

#include <cstdint>
#include <string>
#include <string_view>

// Writes values as JSON text.
namespace millrace::json {

// Appends `text` to `out` as a string value; ill-formed UTF-8 becomes U+FFFD. O(size).
void AppendString(std::string_view text, std::string& out);
void AppendInt(std::int64_t number, std::string& out);

}  // namespace millrace::json
