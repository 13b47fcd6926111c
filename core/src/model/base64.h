#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace millrace {

// Standard alphabet, padded (RFC 4648, section 4).
void AppendBase64(std::string_view bytes, std::string& out);
// nullopt if `text` is not base64.
std::optional<std::string> DecodeBase64(std::string_view text);

}  // namespace millrace
