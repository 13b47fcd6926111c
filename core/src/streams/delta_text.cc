#include "streams/delta_text.h"

#include <cctype>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "model/json.h"

namespace millrace {
namespace {

constexpr std::size_t kEscapeSize = 6;  // the size of \uD83D

// Whether the inside of a JSON string ends with the escape of a high surrogate.
bool EndsWithHighSurrogate(std::string_view inside) {
  if (inside.size() < kEscapeSize) return false;
  const std::size_t at = inside.size() - kEscapeSize;
  const std::string_view escape = inside.substr(at);
  if (!escape.starts_with("\\u") || (escape[2] != 'd' && escape[2] != 'D')) return false;
  if (std::string_view("89abAB").find(escape[3]) == std::string_view::npos) return false;
  // The backslash must not be escaped itself.
  std::size_t before = at;
  while (before > 0 && inside[before - 1] == '\\') --before;
  return (at - before) % 2 == 0;
}

}  // namespace

std::string DeltaText::Take(std::string_view value) {
  std::string_view inside = value.substr(1, value.size() - 2);
  const bool hold = EndsWithHighSurrogate(inside);
  if (inside.empty() || (held_.empty() && !hold)) return json::DecodeString(value);
  std::string whole = "\"" + std::exchange(held_, {});
  if (hold) {
    held_ = inside.substr(inside.size() - kEscapeSize);
    inside.remove_suffix(kEscapeSize);
  }
  whole.append(inside).push_back('"');
  return json::DecodeString(whole);
}

std::string DeltaText::Finish() { return std::exchange(held_, {}).empty() ? "" : "\xEF\xBF\xBD"; }

}  // namespace millrace
