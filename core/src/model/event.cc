#include "millrace/model/event.h"

#include <array>
#include <string_view>
#include <variant>

namespace millrace {

std::string_view EventTypeName(const Event& event) {
  // In the order of the alternatives of Event.
  static constexpr std::array<std::string_view, 9> kNames = {
      "created",         "updated", "deleted",       "session-created",  "session-updated",
      "session-deleted", "lagged",  "storage-error", "storage-recovered"};
  static_assert(kNames.size() == std::variant_size_v<Event>);
  return kNames[event.index()];
}

}  // namespace millrace
