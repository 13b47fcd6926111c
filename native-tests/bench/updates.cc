#include "bench/updates.h"

#include <memory>
#include <string>
#include <utility>

namespace millrace::bench {

Event MakeUpdate(std::int64_t message, std::int64_t version, bool terminal,
                 std::size_t text_bytes) {
  auto patch = std::make_shared<Patch>();
  patch->from_version = version - 1;
  patch->to_version = version;
  patch->Append(0, std::string(text_bytes, 'x'));
  MessageUpdated event;
  event.id = MessageId("message-" + std::to_string(message));
  event.session_id = SessionId("session");
  event.version = version;
  event.terminal = terminal;
  event.patch = std::move(patch);
  return event;
}

}  // namespace millrace::bench
