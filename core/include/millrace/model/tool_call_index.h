#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

#include "millrace/model/message.h"

namespace millrace {

// Finds the tool calls of one message by their ids, in amortised constant time: it reads each part
// once, when something is looked for.
//
// Invariant: `at_` has every call among the first `read_` parts. Whoever drops parts, or puts a
// part in the place of another one, calls Forget.
class ToolCallIndex {
 public:
  // The last call with this id. `message` is the same at every call.
  std::optional<std::uint32_t> Find(const Message& message, const std::string& id);
  // Parts that were read may be others now.
  void Forget();

 private:
  std::unordered_map<std::string, std::uint32_t> at_;
  std::size_t read_ = 0;
};

}  // namespace millrace
