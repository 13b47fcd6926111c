#include "storage/sqlite/imported_values.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>

#include "millrace/base/utf8.h"
#include "millrace/model/apply.h"
#include "millrace/model/mutation.h"

namespace millrace {
namespace {

// The largest time that JavaScript's Date knows.
constexpr TimeMs kLastTime = 8'640'000'000'000'000;
// Exact in a JavaScript number.
constexpr std::int64_t kLargestCount = (std::int64_t{1} << 53) - 1;

void MakeValid(std::string& text) {
  if (!IsValidUtf8(text)) text = ToValidUtf8(text);
}

void Clamp(TimeMs& time) { time = std::clamp<TimeMs>(time, 0, kLastTime); }
void ClampCount(std::int64_t& count) { count = std::clamp<std::int64_t>(count, 0, kLargestCount); }

void Interrupt(Message& message, TimeMs now) {
  Finish finish;
  finish.reason = FinishReason::kInterrupted;
  Patch patch;
  patch.from_version = patch.to_version = message.version;
  // Cannot fail: the message is not finished.
  (void)Apply(std::move(finish), now, message, patch);
}

}  // namespace

void MakeStorable(Session& session) {
  for (std::string* text : {&session.id.value, &session.parent_id.value, &session.title,
                            &session.summary_message_id.value}) {
    MakeValid(*text);
  }
  ClampCount(session.prompt_tokens);
  ClampCount(session.completion_tokens);
  if (!std::isfinite(session.cost)) session.cost = 0;
  Clamp(session.created_at);
  Clamp(session.updated_at);
}

void MakeStorable(Message& message, TimeMs now) {
  for (std::string* text :
       {&message.id.value, &message.session_id.value, &message.model, &message.provider}) {
    MakeValid(*text);
  }
  Clamp(message.created_at);
  Clamp(message.updated_at);
  message.version = std::clamp<std::int64_t>(message.version, 1, kLargestCount);
  const FinishPart* finish = FinishOf(message);
  if (!message.finished() && (finish != nullptr || message.role != Role::kAssistant)) {
    const bool timed = finish != nullptr && finish->time > 0;
    message.finished_at = timed ? finish->time : message.updated_at;
  }
  if (!message.finished()) Interrupt(message, now);
  Clamp(*message.finished_at);
}

Status AboutImportedFile(const Status& status) {
  if (status.code() == Code::kCorrupt) {
    return {Code::kCorrupt,
            "the file to import is damaged; nothing was changed: " + status.message()};
  }
  return {status.code(),
          "the file to import could not be read; nothing was changed: " + status.message()};
}

}  // namespace millrace
