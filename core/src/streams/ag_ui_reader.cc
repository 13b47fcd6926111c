#include "streams/ag_ui_reader.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/json.h"
#include "model/json_values.h"
#include "streams/event_fields.h"
#include "streams/finish_words.h"
#include "streams/usage_fields.h"

namespace millrace {
namespace {

void AddCount(std::optional<std::int64_t>& sum, const std::optional<std::int64_t>& more) {
  if (!more) return;
  if (!sum) sum = 0;
  AddTokens(*sum, *more);
}

Usage AgUiSum(Usage sum, const Usage& more) {
  AddTokens(sum.input_tokens, more.input_tokens);
  AddTokens(sum.output_tokens, more.output_tokens);
  AddCount(sum.cached_input_tokens, more.cached_input_tokens);
  AddCount(sum.reasoning_tokens, more.reasoning_tokens);
  return sum;
}

// What each provider and model used, summed up.
std::optional<Usage> SumOf(std::string_view list) {
  std::optional<Usage> sum;
  if (!json::Is(list, json::Kind::kArray)) return sum;
  for (json::Cursor entry(list); entry.Next();) {
    const std::optional<Usage> usage = ReadUsage(entry.value());
    if (usage) sum = sum ? AgUiSum(*sum, *usage) : usage;
  }
  return sum;
}

}  // namespace

AgUiReader::AgUiReader(const std::vector<Part>& parts, std::size_t max_event_bytes)
    : SseJsonReader("an AG-UI stream", max_event_bytes),
      parts_(writer_, parts),
      texts_(NamedTexts::Kind::kText, parts_, parts),
      reasoning_(NamedTexts::Kind::kReasoning, parts_, parts),
      calls_(parts_, parts),
      state_(parts_, parts) {}

const AgUiReader::Event* AgUiReader::FindEvent(std::string_view type) {
  using R = AgUiReader;
  static constexpr std::array kEvents = {
      Event{"TEXT_MESSAGE_CONTENT", &R::TakeTextContent},
      Event{"REASONING_MESSAGE_CONTENT", &R::TakeReasoningContent},
      Event{"TOOL_CALL_ARGS", &R::TakeCallArgs},
      Event{"TEXT_MESSAGE_CHUNK", &R::TakeTextChunk},
      Event{"REASONING_MESSAGE_CHUNK", &R::TakeReasoningChunk},
      Event{"TOOL_CALL_CHUNK", &R::TakeCallChunk},
      Event{"RUN_STARTED", &R::TakeRunStart},
      Event{"RUN_FINISHED", &R::TakeRunFinish},
      Event{"RUN_ERROR", &R::TakeRunError},
      Event{"TEXT_MESSAGE_START", &R::TakeTextStart},
      Event{"TEXT_MESSAGE_END", &R::TakeTextEnd},
      Event{"REASONING_START", &R::Ignore},
      Event{"REASONING_MESSAGE_START", &R::TakeReasoningStart},
      Event{"REASONING_MESSAGE_END", &R::TakeReasoningEnd},
      Event{"REASONING_END", &R::TakeReasoningSpanEnd},
      Event{"REASONING_ENCRYPTED_VALUE", &R::TakeEncrypted},
      // From before version 1.0, and without ids.
      Event{"THINKING_START", &R::Ignore},
      Event{"THINKING_TEXT_MESSAGE_START", &R::TakeReasoningStart},
      Event{"THINKING_TEXT_MESSAGE_CONTENT", &R::TakeReasoningContent},
      Event{"THINKING_TEXT_MESSAGE_END", &R::TakeReasoningEnd},
      Event{"THINKING_END", &R::TakeReasoningSpanEnd},
      Event{"TOOL_CALL_START", &R::TakeCallStart},
      Event{"TOOL_CALL_END", &R::TakeCallEnd},
      Event{"TOOL_CALL_RESULT", &R::TakeCallResult},
      Event{"STATE_SNAPSHOT", &R::TakeState},
      Event{"STATE_DELTA", &R::TakeState},
      Event{"ACTIVITY_SNAPSHOT", &R::TakeActivity},
      Event{"ACTIVITY_DELTA", &R::TakeActivity},
      Event{"MESSAGES_SNAPSHOT", &R::TakeMessages},
      Event{"SUBAGENT_STARTED", &R::TakeSubagent},
      Event{"SUBAGENT_FINISHED", &R::TakeSubagent},
      Event{"SUBAGENT_ERROR", &R::TakeSubagent},
      Event{"CUSTOM", &R::TakeCustom},
      Event{"RAW", &R::Ignore},
      Event{"STEP_STARTED", &R::Ignore},
      Event{"STEP_FINISHED", &R::Ignore},
  };
  const auto* found = std::find_if(kEvents.begin(), kEvents.end(),
                                   [&](const Event& event) { return event.type == type; });
  return found == kEvents.end() ? nullptr : found;
}

bool AgUiReader::TakeWord(std::string_view data) {
  // Not of the protocol, but some servers send it at the end.
  if (data != "[DONE]") return false;
  saw_done_ = true;
  if (has_finish()) EndCleanly();
  return true;
}

bool AgUiReader::TakeObject(std::string_view name, std::string_view object) {
  const std::string type = json::StringOr(json::Member(object, "type"), "");
  const Event* event = FindEvent(type);
  if (event == nullptr) {
    const std::string_view error = json::Member(object, "error");
    if (IsProviderError(error) || name == "error") {
      EndWithError(ReadProviderError(IsProviderError(error) ? error : object));
      return true;
    }
    // A stream does not begin with a type that we do not know. It is of another protocol.
    if (type.empty() || !recognized()) return false;
  }
  CloseBefore(type);
  finished_ = false;
  if (event != nullptr) {
    (this->*event->take)(object);
  } else if (!OtherMembers(object, {"type", "timestamp"}).empty()) {
    TakeWhole(type, object, "");
  }
  return true;
}

// Reasoning whose end was held back ends before anything else. Chunks end where the protocol says
// so: at a chunk of another kind, at a start, and at the end of the run.
void AgUiReader::CloseBefore(std::string_view type) {
  if (!type.starts_with("REASONING_") && !type.starts_with("THINKING_")) EndReasoning();
  const bool ends = type.ends_with("_START") || type.starts_with("RUN_");
  const auto other = [&](std::string_view chunk) {
    return ends || (type.ends_with("_CHUNK") && type != chunk);
  };
  if (other("TEXT_MESSAGE_CHUNK") && !chunk_text_.empty()) {
    EndText(std::exchange(chunk_text_, {}));
  }
  if (other("REASONING_MESSAGE_CHUNK") && !chunk_reasoning_.empty()) {
    ended_reasoning_.push_back(std::exchange(chunk_reasoning_, {}));
    if (!type.starts_with("REASONING_")) EndReasoning();
  }
  if (other("TOOL_CALL_CHUNK") && !chunk_call_.empty()) {
    CallFields fields;
    fields.id = std::exchange(chunk_call_, {});
    calls_.Complete(fields, "");
  }
}

void AgUiReader::TakeRunStart(std::string_view event) {
  position_.response_id = IdIn(event, "runId");
  calls_.NextStep();
  usage_before_ = outcome_.usage;
  outcome_of_run_ = Outcome::kNone;
}

void AgUiReader::TakeRunFinish(std::string_view event) {
  EndMessages();
  TakeUsage(event);
  if (const std::string_view result = json::Member(event, "result"); !result.empty()) {
    parts_.Add(CustomPart{"result", Compact(result), ""});
  }
  TakeOutcome(event);
  finished_ = true;
}

// A word, or an object of that type.
void AgUiReader::TakeOutcome(std::string_view event) {
  std::string_view outcome = json::Member(event, "outcome");
  std::string_view interrupts = json::Member(event, "interrupts");
  if (json::Is(outcome, json::Kind::kObject)) {
    interrupts = json::Member(outcome, "interrupts");
    outcome = json::Member(outcome, "type");
  }
  const std::string word = json::StringOr(outcome, "success");
  outcome_of_run_ = word == "interrupt"   ? Outcome::kInterrupt
                    : word == "cancelled" ? Outcome::kCancelled
                                          : Outcome::kSuccess;
  if (outcome_of_run_ == Outcome::kInterrupt && !interrupts.empty()) {
    parts_.Add(CustomPart{"interrupt", Compact(interrupts), ""});
  }
}

void AgUiReader::TakeRunError(std::string_view event) {
  TakeUsage(event);
  ProviderError error = ReadProviderError(event);
  error.type = Excerpt(IdIn(event, "code"));
  EndWithError(std::move(error));
}

// The counts of a run, and of those before it. The last event of a run counts.
void AgUiReader::TakeUsage(std::string_view event) {
  const std::optional<Usage> usage = SumOf(json::Member(event, "usage"));
  if (usage) outcome_.usage = usage_before_ ? AgUiSum(*usage_before_, *usage) : usage;
}

void AgUiReader::EndCleanly() {
  if (outcome_of_run_ == Outcome::kNone) {
    return End(/*cut=*/!saw_done_, NoFinish(recognized() || saw_done_), Status());
  }
  if (outcome_of_run_ == Outcome::kCancelled) {
    constexpr std::string_view kMessage = "the run was cancelled";
    return End(/*cut=*/true, {FinishReason::kCanceled, std::string(kMessage), ""},
               Status(Code::kAborted, std::string(kMessage)));
  }
  const FinishReason reason = calls_.waiting() ? FinishReason::kToolUse : FinishReason::kEndTurn;
  const bool interrupted = outcome_of_run_ == Outcome::kInterrupt;
  End(/*cut=*/false, {reason, "", interrupted ? "interrupt" : ""}, Status());
}

void AgUiReader::End(bool cut, millrace::Finish finish, Status status) {
  // A chunk has no end of its own. A cut may come in the middle of it.
  if (!cut) CloseBefore("RUN_");
  EndReasoning();
  EndMessages();
  texts_.EndAll();
  reasoning_.EndAll();
  calls_.End(cut);
  writer_.End(outcome_.usage, std::move(finish));
  outcome_.status = std::move(status);
  done_ = true;
}

}  // namespace millrace
