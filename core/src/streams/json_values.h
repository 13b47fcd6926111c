#pragma once

#include <string>
#include <string_view>

#include "model/json.h"

// Values of the JSON that providers send, read without complaint: what is not as expected is
// nothing.
namespace millrace {

// REQUIRES (all that take JSON text): it is valid, or "" for nothing.
inline bool Is(std::string_view value, json::Kind kind) {
  return !value.empty() && json::KindOf(value) == kind;
}

inline bool HasText(std::string_view value) {
  return Is(value, json::Kind::kString) && value != "\"\"";
}

inline std::string StringOr(std::string_view value, std::string_view otherwise) {
  return Is(value, json::Kind::kString) ? json::DecodeString(value) : std::string(otherwise);
}

// The value of `key` in a JSON object; "" if it is not there, or null.
inline std::string_view Member(std::string_view object, std::string_view key) {
  std::string_view found;
  for (json::Cursor member(object); member.Next();) {
    if (member.key().substr(1, member.key().size() - 2) == key) found = member.value();
  }
  return Is(found, json::Kind::kNull) ? "" : found;
}

}  // namespace millrace
