#pragma once

#include <cstddef>
#include <utility>

#include "millrace/base/status.h"
#include "millrace/base/time.h"
#include "millrace/model/message.h"
#include "millrace/model/mutation.h"
#include "millrace/model/part_index.h"
#include "millrace/model/patch.h"

namespace millrace {

// The longest body of a part, in bytes of UTF-8. On its way to the disk a message is in memory
// several times, and a WebAssembly module has 2 GB.
inline constexpr std::size_t kMaxPartBytes = std::size_t{64} * 1024 * 1024;

enum class Effect {
  kNone,      // changed nothing: no version, no write, no event
  kDelta,     // text grew: waits for the window
  kTerminal,  // structure changed (contract C2): saved and delivered at once
};

// Applies `mutation` to `message` at time `now` and appends the changes to `patch`.
//
// REQUIRES: patch is empty, or patch.to_version == message.version.
// ENSURES: on kDelta and kTerminal, message.version grew by one, patch.to_version ==
// message.version and message.updated_at == patch.updated_at == now. On kNone and on an error,
// nothing changed.
// Input becomes valid UTF-8 and takes the form that the store gives back (NormalizePart).
//
// Cost: amortised O(input), whatever the message holds, with two exceptions: Replace is
// O(snapshot); EndReasoning, Finish and Resume look through the parts. None of them copies text
// that the message already has.
//
// `index` is the index of this message alone, and is kept as long as the message is.
//
// kFinished: the message is finished (for all mutations but SetMetadata, SetUsage, Resume, and a
// Replace that keeps it finished), or Resume on a message that ended otherwise than interrupted,
// canceled or error. kNotFound: AppendToolInput or FinishToolCall names a call that does not exist.
// kInvalidArgument: a tool call without an id; a Replace with a finish part that is not the last
// part; `extra` or custom data that is not JSON; metadata that MergePatch refuses.
Result<Effect> Apply(Mutation&& mutation, TimeMs now, Message& message, Patch& patch,
                     PartIndex& index);
// For a single mutation. To find a part by its id it reads all parts.
inline Result<Effect> Apply(Mutation mutation, TimeMs now, Message& message, Patch& patch) {
  PartIndex index;
  return Apply(std::move(mutation), now, message, patch, index);
}

}  // namespace millrace
