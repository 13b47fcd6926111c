#include "storage/sqlite/imported_values.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>

#include "millrace/model/apply.h"
#include "millrace/model/header_fields.h"
#include "millrace/model/merge_patch.h"
#include "millrace/model/mutation.h"
#include "model/text.h"

namespace millrace {
namespace {

// The largest time that JavaScript's Date can hold.
constexpr TimeMs kLastTime = 8'640'000'000'000'000;
// The largest count that is exact in a JavaScript number.
constexpr std::int64_t kLargestCount = (std::int64_t{1} << 53) - 1;

// Makes all text fields of a message or a session valid.
struct TextRepair {
  void operator()(const HeaderField& /*field*/, std::string& text) const { MakeValid(text); }
  template <typename Tag>
  void operator()(const HeaderField& /*field*/, Id<Tag>& id) const {
    MakeValid(id.value);
  }
  template <typename IdType>
  void operator()(const HeaderField& /*field*/, OptionalId<IdType> field) const {
    MakeValid(field.id.value);
  }
  template <typename Text>
  void operator()(const HeaderField& /*field*/, JsonField<Text> field) const {
    field.json = MetadataOrNone(field.json);
  }
  void operator()(const HeaderField& /*field*/, const auto& /*no text*/) const {}
};

void Clamp(TimeMs& time) { time = std::clamp<TimeMs>(time, 0, kLastTime); }
void ClampCount(std::int64_t& count) { count = std::clamp<std::int64_t>(count, 0, kLargestCount); }

void Interrupt(Message& message, TimeMs now) {
  Finish finish;
  finish.reason = FinishReason::kInterrupted;
  Patch patch;
  patch.from_version = patch.to_version = message.version;
  // Cannot fail, because the message is not finished.
  (void)Apply(std::move(finish), now, message, patch);
}

}  // namespace

void MakeStorable(Session& session) {
  SessionFields(session, TextRepair());
  ClampCount(session.prompt_tokens);
  ClampCount(session.completion_tokens);
  if (!std::isfinite(session.cost)) session.cost = 0;
  Clamp(session.created_at);
  Clamp(session.updated_at);
}

void MakeStorable(Message& message, TimeMs now) {
  MessageFields(message, TextRepair());
  if (message.usage) message.usage = Bounded(*message.usage);
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
