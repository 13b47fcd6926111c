#include "millrace/model/part.h"

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace millrace {
namespace {

// In the order of FinishReason.
constexpr std::array<std::string_view, 8> kReasonNames = {
    "end_turn", "max_tokens",     "tool_use",    "canceled",
    "error",    "content_filter", "interrupted", "unknown"};
static_assert(kReasonNames.size() == static_cast<std::size_t>(FinishReason::kUnknown) + 1);

}  // namespace

std::string_view FinishReasonName(FinishReason reason) {
  return kReasonNames[static_cast<std::size_t>(reason)];
}

std::optional<FinishReason> FinishReasonFromName(std::string_view name) {
  for (std::size_t i = 0; i < kReasonNames.size(); ++i) {
    if (kReasonNames[i] == name) return static_cast<FinishReason>(i);
  }
  return std::nullopt;
}

bool IsUsage(const Part& part) {
  const auto* custom = std::get_if<CustomPart>(&part);
  return custom != nullptr && custom->name == "usage" && custom->id.empty();
}

const std::string* BodyOf(const Part& part) {
  if (const auto* text = std::get_if<TextPart>(&part)) return &text->text;
  if (const auto* reasoning = std::get_if<ReasoningPart>(&part)) return &reasoning->text;
  if (const auto* call = std::get_if<ToolCallPart>(&part)) return &call->input;
  return nullptr;
}

std::string* BodyOf(Part& part) {
  return const_cast<std::string*>(BodyOf(std::as_const(part)));  // the part itself is not const
}

}  // namespace millrace
