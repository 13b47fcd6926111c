#include "millrace/model/part_index.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "millrace/model/message.h"
#include "millrace/model/part.h"

namespace millrace {
namespace {

struct IdOf {
  std::string operator()(const TextPart& part) const { return part.id; }
  std::string operator()(const ReasoningPart& part) const { return part.id; }
  std::string operator()(const ToolCallPart& part) const { return part.id; }
  std::string operator()(const ToolResultPart& part) const { return part.tool_call_id; }
  std::string operator()(const CustomPart& part) const {
    return part.id.empty() ? "" : part.id + '\0' + part.name;
  }
  template <typename Other>
  std::string operator()(const Other& /*part*/) const {
    return "";
  }
};

}  // namespace

std::string PartKey(const Part& part) {
  std::string key = std::visit(IdOf(), part);
  if (!key.empty()) key.push_back(static_cast<char>('0' + part.index()));
  return key;
}

std::optional<std::uint32_t> PartIndex::Find(const Message& message, const std::string& key) {
  for (; read_ < message.parts.size(); ++read_) {
    std::string read = PartKey(message.parts[read_]);
    if (!read.empty()) at_[std::move(read)] = static_cast<std::uint32_t>(read_);
  }
  const auto found = at_.find(key);
  if (found == at_.end()) return std::nullopt;
  return found->second;
}

void PartIndex::Forget() {
  at_.clear();
  read_ = 0;
}

}  // namespace millrace
