#include "millrace/model/message.h"

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <variant>

#include "millrace/model/part.h"

namespace millrace {
namespace {

// In the order of Role.
constexpr std::array<std::string_view, 4> kRoleNames = {"user", "assistant", "system", "tool"};

}  // namespace

std::string_view RoleName(Role role) { return kRoleNames[static_cast<std::size_t>(role)]; }

std::optional<Role> RoleFromName(std::string_view name) {
  for (std::size_t i = 0; i < kRoleNames.size(); ++i) {
    if (kRoleNames[i] == name) return static_cast<Role>(i);
  }
  return std::nullopt;
}

const FinishPart* FinishOf(const Message& message) {
  for (auto part = message.parts.rbegin(); part != message.parts.rend(); ++part) {
    if (const auto* finish = std::get_if<FinishPart>(&*part)) return finish;
  }
  return nullptr;
}

}  // namespace millrace
