#pragma once

#include "millrace/base/status.h"
#include "millrace/base/time.h"
#include "millrace/model/apply.h"
#include "millrace/model/message.h"
#include "millrace/model/mutation.h"
#include "model/patch_writer.h"

namespace millrace {

// Applies a Replace: see Apply. O(the snapshot and the message it replaces).
Result<Effect> ApplyReplace(Replace& snapshot, TimeMs now, const Message& message,
                            PatchWriter& writer);

}  // namespace millrace
