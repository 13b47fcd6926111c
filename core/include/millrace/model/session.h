#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "millrace/base/ids.h"
#include "millrace/base/time.h"

namespace millrace {

// A conversation. The storage keeps `message_count`.
struct Session {
  SessionId id;
  SessionId parent_id;  // empty: none
  std::string title;
  std::int64_t message_count = 0;
  std::int64_t prompt_tokens = 0;
  std::int64_t completion_tokens = 0;
  double cost = 0;
  MessageId summary_message_id;  // empty: none
  TimeMs created_at = 0;
  TimeMs updated_at = 0;

  friend bool operator==(const Session&, const Session&) = default;
};

// The fields that SessionService::Update may change. An unset field stays as it is.
struct SessionChange {
  std::optional<std::string> title;
  std::optional<std::int64_t> prompt_tokens;
  std::optional<std::int64_t> completion_tokens;
  std::optional<double> cost;
  std::optional<MessageId> summary_message_id;
};

}  // namespace millrace
