#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

#include "millrace/model/message.h"
#include "millrace/model/part.h"
#include "millrace/model/patch.h"

namespace millrace {

// Carries one op out. REQUIRES: it fits (see CheckOps in patch.cc).
void ApplyOp(const PatchOp& op, Message& message);

// Changes a message op by op and notes each op in a patch, so that what the rules do and what
// ApplyPatch repeats from the patch cannot differ. Borrows both.
class PatchWriter {
 public:
  PatchWriter(Message& message, Patch& patch) : message_(message), patch_(patch) {}

  // REQUIRES: the part has a body. Amortised O(text.size()): the text is copied twice, no more.
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
