#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "millrace/base/time.h"
#include "millrace/model/message.h"
#include "millrace/model/mutation.h"
#include "millrace/model/part.h"

namespace millrace {

// Makes up mutations, both likely and hostile ones: ids that collide, ill-formed texts, fields that
// are not JSON. The choices come from `choose`, so a random generator and a fuzzer's bytes drive
// the same code.
class MutationSource {
 public:
  // A number below `n`. REQUIRES: the function returns 0 when it has no more choices.
  using Choose = std::function<std::uint32_t(std::uint32_t n)>;

  explicit MutationSource(Choose choose) : choose_(std::move(choose)) {}

  Mutation Next(const Message& message);
  Part NextPart();
  std::vector<Part> NextParts();

 private:
  std::string Text();
  std::string ToolId();
  std::string PartId();  // often ""
  std::string Extra();
  std::optional<TimeMs> OptionalTime();
  CustomPart Custom();
  FinishPart FinishPartOf();
  ToolCallPart ToolCall();
  // The parts of `message`, some of them grown or changed, as in the classic update.
  Replace Snapshot(const Message& message);

  Choose choose_;
};

}  // namespace millrace
