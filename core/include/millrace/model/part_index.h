#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "millrace/model/message.h"
#include "millrace/model/part.h"

namespace millrace {

// What a part is found by: its type, its id, and for a custom part its name. "" if it has no id. A
// tool call has its own id, and a tool result that of its call.
std::string PartKey(const Part& part);

// Finds the parts of one message by their keys, in a time that hardly grows with their number. It
// reads each part once, and only when a part is looked for.
//
// Invariant: `at_` has every key among the first `read_` parts. Code that drops parts, or replaces
// a part by one with another key, must call Forget.
class PartIndex {
 public:
  // The last part with this key. `message` must be the same at every call.
  std::optional<std::uint32_t> Find(const Message& message, const std::string& key);
  // Call this when parts that were read may have been replaced.
  void Forget();

 private:
  std::map<std::string, std::uint32_t> at_;
  std::size_t read_ = 0;
};

}  // namespace millrace
