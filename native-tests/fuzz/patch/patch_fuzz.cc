// The reader of the delta log: any bytes are refused, or are ops that fit a message or do not
// change it.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fuzz/require.h"
#include "millrace/base/utf8.h"
#include "millrace/model/codec.h"
#include "millrace/model/message.h"
#include "millrace/model/part.h"
#include "millrace/model/patch.h"

namespace millrace {
namespace {

Message Sample() {
  Message message;
  message.version = 1;
  message.parts = {TextPart{"text", false, ""}, ReasoningPart{"why", "", 1, {}, ""},
                   ToolCallPart{"c", "tool", "{}", false, false, ""}, ImageUrlPart{"u", "", ""}};
  return message;
}

void CheckRow(std::string_view row) {
  Result<std::vector<PatchOp>> ops = DecodePatchOps(row);
  if (!ops.ok()) return;
  const std::string stored = EncodePatchOps(*ops);
  Require(IsValidUtf8(stored), "a row is UTF-8");
  const Result<std::vector<PatchOp>> again = DecodePatchOps(stored);
  Require(again.ok() && *again == *ops, "a row reads back as it was");

  const Message before = Sample();
  Message message = before;
  const Patch patch{1, 2, 3, *std::move(ops)};
  const Status status = ApplyPatch(patch, message);
  if (!status.ok() || patch.empty()) {
    Require(message == before, "a patch that does not fit changes nothing");
    return;
  }
  Require(message.version == 2, "a patch that fits makes its version");
  Message extended = before;
  Patch copy;
  copy.Extend(patch);
  Require(ApplyPatch(copy, extended).ok() && extended == message, "merging appends is no change");
}

}  // namespace
}  // namespace millrace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  millrace::CheckRow(std::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
