#pragma once

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>

#include "millrace/base/ids.h"
#include "millrace/base/time.h"
#include "millrace/model/usage.h"

namespace millrace {

// A conversation. The storage keeps `message_count` and `head_id`.
struct Session {
  SessionId id;
  SessionId parent_id;  // empty: none
  std::string title;
  std::int64_t message_count = 0;
  std::int64_t prompt_tokens = 0;
  std::int64_t completion_tokens = 0;
  double cost = 0;
  MessageId summary_message_id;  // empty: none
  // The last message of the path that is shown. Empty: there is no message.
  MessageId head_id;
  std::string metadata;  // the application's own: JSON text of an object; "" if there is none
  bool archived = false;
  TimeMs created_at = 0;
  TimeMs updated_at = 0;

  friend bool operator==(const Session&, const Session&) = default;
};

// The sums of the session, when a message's usage changes from `before` to `after`.
inline void AddUsage(const Usage& before, const Usage& after, Session& session) {
  AddTokens(session.prompt_tokens, after.input_tokens - before.input_tokens);
  AddTokens(session.completion_tokens, after.output_tokens - before.output_tokens);
  const double cost = session.cost + after.cost.value_or(0) - before.cost.value_or(0);
  if (std::isfinite(cost)) session.cost = cost;
}

// The fields that SessionService::Update may change. An unset field stays as it is.
struct SessionChange {
  std::optional<std::string> title;
  std::optional<std::int64_t> prompt_tokens;
  std::optional<std::int64_t> completion_tokens;
  std::optional<double> cost;
  std::optional<MessageId> summary_message_id;
  std::optional<bool> archived;
  std::string metadata_patch;  // a merge patch (model/merge_patch.h); "": no change
};

}  // namespace millrace
