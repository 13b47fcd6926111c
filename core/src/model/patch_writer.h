#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

#include "millrace/model/message.h"
#include "millrace/model/part.h"
#include "millrace/model/patch.h"

namespace millrace {

// Carries out one op. REQUIRES: it fits (see CheckOps in patch.cc).
void ApplyOp(const PatchOp& op, Message& message);

// Changes a message op by op and adds each op to a patch. So the changes of the rules and those of
// ApplyPatch cannot differ. Borrows both.
class PatchWriter {
 public:
  PatchWriter(Message& message, Patch& patch) : message_(message), patch_(patch) {}

  // REQUIRES: the part has a body. Amortised O(text.size()): the text is copied twice.
  void Append(std::uint32_t part, std::string_view text) {
    BodyOf(message_.parts[part])->append(text);
    patch_.Append(part, text);
  }
  void Write(PatchOp op) {
    ApplyOp(op, message_);
    patch_.Add(std::move(op));
  }

 private:
  Message& message_;
  Patch& patch_;
};

}  // namespace millrace
