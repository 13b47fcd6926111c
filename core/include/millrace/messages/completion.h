#pragma once

#include <functional>
#include <vector>

#include "millrace/base/status.h"
#include "millrace/model/message.h"
#include "millrace/model/session.h"

namespace millrace {

// Reports the end of a call that takes time. It is called exactly once, at the end of a turn, and
// never while the call itself makes its changes. A completion may call back into the core. It may
// be empty if nobody waits for it.
using Done = std::function<void(Status)>;
using DoneMessage = std::function<void(Result<Message>)>;
using DoneMessages = std::function<void(Result<std::vector<Message>>)>;
using DoneSession = std::function<void(Result<Session>)>;

// Returns `done`, or a function that does nothing if `done` is empty.
template <typename Result>
std::function<void(Result)> OrNobody(std::function<void(Result)> done) {
  if (done) return done;
  return [](const auto& /*result*/) {};
}

}  // namespace millrace
