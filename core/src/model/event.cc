#include "millrace/model/event.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <variant>

namespace millrace {
namespace {

// In the order of the alternatives of Event.
constexpr std::array<std::string_view, 9> kNames = {
    "created",         "updated", "deleted",       "session-created",  "session-updated",
    "session-deleted", "lagged",  "storage-error", "storage-recovered"};
static_assert(kNames.size() == std::variant_size_v<Event>);

}  // namespace

std::string_view EventTypeName(const Event& event) { return kNames[event.index()]; }

std::optional<std::size_t> EventIndexFromName(std::string_view name) {
  const auto* const found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<std::size_t>(found - kNames.begin());
}

}  // namespace millrace
