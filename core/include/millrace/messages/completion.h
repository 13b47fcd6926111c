#pragma once

#include <functional>

#include "millrace/base/status.h"
#include "millrace/model/message.h"
#include "millrace/model/session.h"

namespace millrace {

// How a call that takes time reports: exactly once, at the end of a turn, never inside the call's
// own change. A completion may call back into the core. An empty one is allowed: nobody waits.
using Done = std::function<void(Status)>;
using DoneMessage = std::function<void(Result<Message>)>;
using DoneSession = std::function<void(Result<Session>)>;

// What was passed, or one that does nothing where nobody waits.
template <typename Result>
std::function<void(Result)> OrNobody(std::function<void(Result)> done) {
  if (done) return done;
  return [](const auto& /*result*/) {};
}

}  // namespace millrace
