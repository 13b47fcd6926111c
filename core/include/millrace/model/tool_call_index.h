#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

#include "millrace/model/message.h"

namespace millrace {

// Finds the tool calls of one message by id in amortised constant time. It reads each part once,
// and only when a call is looked for.
//
// Invariant: `at_` has every call among the first `read_` parts. Code that drops parts, or replaces
// a part by another one, must call Forget.
class ToolCallIndex {
 public:
  // The last call with this id. `message` must be the same at every call.
  std::optional<std::uint32_t> Find(const Message& message, const std::string& id);
  // Call this when parts that were read may have been replaced.
  void Forget();

 private:
  std::unordered_map<std::string, std::uint32_t> at_;
  std::size_t read_ = 0;
};

}  // namespace millrace
