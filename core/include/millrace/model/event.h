#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "millrace/base/ids.h"
#include "millrace/base/status.h"
#include "millrace/model/message.h"
#include "millrace/model/patch.h"
#include "millrace/model/session.h"

namespace millrace {

// What subscribers hear. Events own what they carry, or share it as const (contract C15).

struct MessageCreated {
  std::shared_ptr<const Message> message;
};

// A message changed. When the event reaches a subscriber, exactly one of `patch` and `whole` is
// set: `patch` if the subscriber holds the message at patch->from_version, else `whole`. In a
// mailbox the event may carry neither; then the newest state is read at delivery.
struct MessageUpdated {
  MessageId id;
  SessionId session_id;
  std::int64_t version = 0;  // the version of the message after this event
  bool terminal = false;
  bool saved = true;
  // The message is finished and no more events about it are under way, so the receiver may drop its
  // copy.
  bool finished = false;
  std::shared_ptr<const Patch> patch;
  // The same patch as `patch`, set once events were conflated into this one. Only this event holds
  // that patch, so it may extend it.
  std::shared_ptr<Patch> merged;
  std::shared_ptr<const Message> whole;
};

struct MessagesDeleted {
  SessionId session_id;
  std::vector<MessageId> ids;
};

struct SessionCreated {
  Session session;
};
struct SessionUpdated {
  Session session;
};
struct SessionDeleted {
  SessionId id;
};

// Events were lost for this subscriber. The newest state of `ids` follows in the same batch.
struct Lagged {
  std::int64_t dropped = 0;
  std::vector<MessageId> ids;
};

// Sent once per outage of the storage. Updates come with saved == false until StorageRecovered.
struct StorageError {
  std::int64_t outage = 0;  // counts the outages since the store was opened
  Status status;
};
struct StorageRecovered {
  std::int64_t outage = 0;
};

using Event = std::variant<MessageCreated, MessageUpdated, MessagesDeleted, SessionCreated,
                           SessionUpdated, SessionDeleted, Lagged, StorageError, StorageRecovered>;

// The `type` of the event in JavaScript: "created", "updated", "session-created", ...
std::string_view EventTypeName(const Event& event);
// The index() in Event of the events with this type name.
std::optional<std::size_t> EventIndexFromName(std::string_view name);

}  // namespace millrace
