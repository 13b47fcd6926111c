#pragma once

#include <cstddef>
#include <utility>

#include "millrace/base/status.h"
#include "millrace/base/time.h"
#include "millrace/model/message.h"
#include "millrace/model/mutation.h"
#include "millrace/model/patch.h"
#include "millrace/model/tool_call_index.h"

namespace millrace {

// The longest body of a part, in bytes of UTF-8. A message is in memory several times on its way to
// the disk, and a module of WebAssembly has 2 GB.
inline constexpr std::size_t kMaxPartBytes = std::size_t{64} * 1024 * 1024;

enum class Effect {
  kNone,      // changed nothing: no version, no write, no event
  kDelta,     // text grew: waits for the window
  kTerminal,  // structure changed (contract C2): saved and delivered at once
};

// Applies `mutation` to `message` at time `now` and appends what it did to `patch`.
//
// REQUIRES: patch is empty, or patch.to_version == message.version.
// ENSURES: on kDelta and kTerminal message.version grew by one, patch.to_version == message.version
// and message.updated_at == patch.updated_at == now. On kNone and on an error nothing changed.
// What comes in is made valid UTF-8 and brought to the form the store gives back (NormalizePart).
//
// Cost: amortised O(what it brings), whatever the message holds; but Replace is O(the snapshot),
// and EndReasoning, Finish and Resume pass the parts. None copies a text that is there.
//
// `calls`: the index of this message and of no other, kept as long as it lives.
//
// kFinished: the message is finished (all but Resume, and a Replace that keeps it finished), or
// Resume on a message that ended otherwise than interrupted, canceled or error.
// kNotFound: AppendToolInput or FinishToolCall names a call that is not there.
// kInvalidArgument: a tool call without an id; a Replace with a finish part that is not the last;
// `extra` or custom data that is no JSON.
Result<Effect> Apply(Mutation mutation, TimeMs now, Message& message, Patch& patch,
                     ToolCallIndex& calls);
// For one mutation: reads all parts to find a tool call.
inline Result<Effect> Apply(Mutation mutation, TimeMs now, Message& message, Patch& patch) {
  ToolCallIndex calls;
  return Apply(std::move(mutation), now, message, patch, calls);
}

}  // namespace millrace
