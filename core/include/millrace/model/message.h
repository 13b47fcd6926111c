#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "millrace/base/ids.h"
#include "millrace/base/time.h"
#include "millrace/model/part.h"
#include "millrace/model/usage.h"

namespace millrace {

enum class Role { kUser, kAssistant, kSystem, kTool };

std::string_view RoleName(Role role);
std::optional<Role> RoleFromName(std::string_view name);

// One message of a session. A plain value, without a link to the store it came from.
struct Message {
  MessageId id;
  SessionId session_id;
  // The message it follows, which is of the same session and older. Empty: it begins the session.
  // Messages of one parent are versions of each other.
  MessageId parent_id;
  Role role = Role::kAssistant;
  std::vector<Part> parts;
  std::string model;
  std::string provider;
  bool is_summary = false;
  std::string metadata;  // the application's own: JSON text of an object; "" if there is none
  std::optional<Usage> usage;
  // What a stream that was cut needs to go on (ResumableReader::Point): JSON text of an object; ""
  // if there is none. A finish that cannot be resumed drops it.
  std::string resume;
  TimeMs created_at = 0;
  TimeMs updated_at = 0;
  std::optional<TimeMs> finished_at;  // set: finished; if not assistant, from the start
  // Grows with each message created in the store. Orders messages of the same millisecond.
  std::int64_t seq = 0;
  // Counts the applied mutations; merged deltas count once. Create makes version 1.
  std::int64_t version = 0;

  bool finished() const { return finished_at.has_value(); }
  friend bool operator==(const Message&, const Message&) = default;
};

// The last finish part; nullptr if there is none.
const FinishPart* FinishOf(const Message& message);

}  // namespace millrace
