#include "millrace/base/status.h"

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace millrace {
namespace {

// In the order of Code.
constexpr std::array<std::string_view, 18> kCodeNames = {"ok",
                                                         "storage-unavailable",
                                                         "quota-exceeded",
                                                         "io",
                                                         "corrupt",
                                                         "newer-schema",
                                                         "closed",
                                                         "in-use",
                                                         "not-found",
                                                         "stale",
                                                         "invalid-argument",
                                                         "finished",
                                                         "aborted",
                                                         "network",
                                                         "http",
                                                         "protocol",
                                                         "timeout",
                                                         "internal"};
static_assert(kCodeNames.size() == static_cast<std::size_t>(Code::kInternal) + 1);

}  // namespace

std::string_view CodeName(Code code) { return kCodeNames[static_cast<std::size_t>(code)]; }

std::optional<Code> CodeFromName(std::string_view name) {
  for (std::size_t i = 0; i < kCodeNames.size(); ++i) {
    if (kCodeNames[i] == name) return static_cast<Code>(i);
  }
  return std::nullopt;
}

Status NotFound(std::string message) { return {Code::kNotFound, std::move(message)}; }
Status InvalidArgument(std::string message) { return {Code::kInvalidArgument, std::move(message)}; }
Status Internal(std::string message) { return {Code::kInternal, std::move(message)}; }

}  // namespace millrace
