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
// Invariant: every call among the first `read_` parts is in `at_`, or the message was changed by
// more than appending parts since, and somebody called Forget. A position in `at_` is checked
// before it is given out, so a part that was dropped or replaced is never taken for a call.
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
