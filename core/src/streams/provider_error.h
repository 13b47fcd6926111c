#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace millrace {

// An error that a provider put into the stream of a reply.
struct ProviderError {
  std::string message;
  std::string type;     // its own type, or else its code; "" if it gave none
  std::string details;  // the error as it came: compact JSON, cut if long
};

// Whether the value of an "error" field means that there is an error. REQUIRES: JSON, or "".
bool IsProviderError(std::string_view error);

// Reads the value of an error: {"message", "type", "code"}, or just the message as a string.
// REQUIRES: `error` is JSON.
ProviderError ReadProviderError(std::string_view error);

// `text` (valid UTF-8), cut to a length that can be shown with a message.
std::string Excerpt(std::string_view text);

}  // namespace millrace
