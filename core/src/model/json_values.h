#pragma once

#include <string>
#include <string_view>

#include "model/json.h"

// Reads values of JSON from other programs without errors: an unexpected value counts as missing.
namespace millrace::json {

// REQUIRES (for all that take JSON text): the text is valid, or "" for a missing value.
inline bool Is(std::string_view value, Kind kind) {
  return !value.empty() && KindOf(value) == kind;
}

inline bool HasText(std::string_view value) { return Is(value, Kind::kString) && value != "\"\""; }

inline std::string StringOr(std::string_view value, std::string_view otherwise) {
  return Is(value, Kind::kString) ? DecodeString(value) : std::string(otherwise);
}

inline bool HasMember(std::string_view object, std::string_view key) {
  for (Cursor member(object); member.Next();) {
    if (member.key().substr(1, member.key().size() - 2) == key) return true;
  }
  return false;
}

// The value of `key` in a JSON object; "" if it is missing or null.
inline std::string_view Member(std::string_view object, std::string_view key) {
  std::string_view found;
  for (Cursor member(object); member.Next();) {
    if (member.key().substr(1, member.key().size() - 2) == key) found = member.value();
  }
  return Is(found, Kind::kNull) ? "" : found;
}

}  // namespace millrace::json
