#include "millrace/model/tool_call_index.h"

#include <variant>

#include "millrace/model/part.h"

namespace millrace {

std::optional<std::uint32_t> ToolCallIndex::Find(const Message& message, const std::string& id) {
  for (; read_ < message.parts.size(); ++read_) {
    const auto* call = std::get_if<ToolCallPart>(&message.parts[read_]);
    if (call != nullptr) at_[call->id] = static_cast<std::uint32_t>(read_);
  }
  const auto found = at_.find(id);
  if (found == at_.end()) return std::nullopt;
  return found->second;
}

void ToolCallIndex::Forget() {
  at_.clear();
  read_ = 0;
}

}  // namespace millrace
