#pragma once

#include <functional>
#include <string>
#include <utility>

namespace millrace {

// A string id. The tag keeps ids of different kinds apart. The host makes the ids, because the core
// has no source of randomness. Any non-empty UTF-8 text is valid.
template <typename Tag>
struct Id {
  std::string value;

  Id() = default;
  explicit Id(std::string v) : value(std::move(v)) {}

  bool empty() const { return value.empty(); }
  friend bool operator==(const Id&, const Id&) = default;
  // No operator<=> here: the standard library of older Emscripten versions has none for strings.
  friend bool operator<(const Id& a, const Id& b) { return a.value < b.value; }
};

using MessageId = Id<struct MessageIdTag>;
using SessionId = Id<struct SessionIdTag>;

}  // namespace millrace

template <typename Tag>
struct std::hash<millrace::Id<Tag>> {
  std::size_t operator()(const millrace::Id<Tag>& id) const noexcept {
    return std::hash<std::string>()(id.value);
  }
};
