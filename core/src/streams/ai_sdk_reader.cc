#include "streams/ai_sdk_reader.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "millrace/model/merge_patch.h"
#include "model/json.h"
#include "model/json_values.h"
#include "streams/event_fields.h"
#include "streams/finish_words.h"
#include "streams/usage_fields.h"

namespace millrace {
namespace {}  // namespace

AiSdkReader::AiSdkReader(const std::vector<Part>& parts, std::size_t max_event_bytes)
    : SseJsonReader("a UI message stream of the AI SDK", max_event_bytes),
      parts_(writer_, parts),
      texts_(NamedTexts::Kind::kText, parts_, parts),
      reasoning_(NamedTexts::Kind::kReasoning, parts_, parts),
      calls_(parts_, parts),
      step_begin_(parts_.size()) {
  for (const Part& part : parts) {
    const auto* call = std::get_if<ToolCallPart>(&part);
    if (call == nullptr || !json::IsObject(call->approval)) continue;
    approvals_[IdIn(call->approval, "id")] = call->id;
  }
}

const AiSdkReader::Chunk* AiSdkReader::FindChunk(std::string_view type) {
  using R = AiSdkReader;
  static constexpr std::array kChunks = {
      Chunk{"text-delta", &R::TakeTextDelta},
      Chunk{"reasoning-delta", &R::TakeReasoningDelta},
      Chunk{"tool-input-delta", &R::TakeInputDelta},
      Chunk{"start", &R::TakeMetadata},
      Chunk{"message-metadata", &R::TakeMetadata},
      Chunk{"finish", &R::TakeFinish},
      Chunk{"error", &R::TakeError},
      Chunk{"abort", &R::TakeAbort},
      Chunk{"start-step", &R::TakeStepStart},
      Chunk{"finish-step", &R::TakeStepEnd},
      Chunk{"reset-step", &R::TakeStepReset},
      Chunk{"text-start", &R::TakeTextStart},
      Chunk{"text-end", &R::TakeTextEnd},
      Chunk{"reasoning-start", &R::TakeReasoningStart},
      Chunk{"reasoning-end", &R::TakeReasoningEnd},
      Chunk{"tool-input-start", &R::TakeInputStart},
      Chunk{"tool-input-available", &R::TakeInputAvailable},
      Chunk{"tool-input-error", &R::TakeInputError},
      Chunk{"tool-approval-request", &R::TakeApprovalRequest},
      Chunk{"tool-approval-response", &R::TakeApprovalResponse},
      Chunk{"tool-output-available", &R::TakeOutput},
      Chunk{"tool-output-error", &R::TakeOutputError},
      Chunk{"tool-output-denied", &R::TakeOutputDenied},
      Chunk{"source-url", &R::TakeSource},
      Chunk{"source-document", &R::TakeSource},
      Chunk{"file", &R::TakeFile},
      Chunk{"reasoning-file", &R::TakeReasoningFile},
      Chunk{"custom", &R::TakeWhole},
      Chunk{"steering-message", &R::TakeWhole},
  };
  const auto* found = std::find_if(kChunks.begin(), kChunks.end(),
                                   [&](const Chunk& chunk) { return chunk.type == type; });
  return found == kChunks.end() ? nullptr : found;
}

bool AiSdkReader::TakeWord(std::string_view data) {
  if (data != "[DONE]") return false;
  saw_done_ = true;
  if (has_finish_) EndCleanly();
  return true;
}

bool AiSdkReader::TakeObject(std::string_view name, std::string_view object) {
  const std::string type = json::StringOr(json::Member(object, "type"), "");
  const Chunk* chunk = FindChunk(type);
  if (chunk == nullptr) {
    const std::string_view error = json::Member(object, "error");
    if (IsProviderError(error) || name == "error") {
      EndWithError(ReadProviderError(IsProviderError(error) ? error : object));
      return true;
    }
  }
  const bool is_data = chunk == nullptr && type.starts_with("data-");
  // A stream does not begin with a type that we do not know. It is of another protocol.
  if (type.empty() || (chunk == nullptr && !is_data && !recognized())) return false;
  finished_ = false;
  if (chunk != nullptr) {
    (this->*chunk->take)(object);
  } else if (is_data) {
    TakeData(type, object);
  } else if (!OtherMembers(object, {"type", "id"}).empty()) {
    TakeWhole(object);
  }
  return true;
}

// Merges the metadata, unless the message could not hold it.
void AiSdkReader::TakeMetadata(std::string_view chunk) {
  std::string id = IdIn(chunk, "messageId");
  if (!id.empty()) position_.response_id = std::move(id);
  const std::string_view patch = json::Member(chunk, "messageMetadata");
  if (!json::Is(patch, json::Kind::kObject)) return;
  TakeUsage(patch);
  Result<std::string> merged = MergePatch(metadata_, patch);
  if (!merged.ok()) {
    ++outcome_.skipped_lines;
    return;
  }
  if (*merged == metadata_) return;
  metadata_ = *std::move(merged);
  writer_.Metadata(Compact(patch));
}

// The protocol has no place for token counts. Servers put them into the metadata, or beside it.
void AiSdkReader::TakeUsage(std::string_view holder) {
  for (const char* name : {"totalUsage", "usage"}) {
    const std::optional<Usage> usage = ReadUsage(json::Member(holder, name));
    if (!usage) continue;
    outcome_.usage = usage;
    return;
  }
}

void AiSdkReader::TakeFinish(std::string_view chunk) {
  TakeUsage(chunk);
  TakeMetadata(chunk);
  finish_reason_ = json::StringOr(json::Member(chunk, "finishReason"), finish_reason_);
  has_finish_ = finished_ = true;
}

void AiSdkReader::TakeError(std::string_view chunk) {
  const std::string_view text = json::Member(chunk, "errorText");
  const std::string_view error = json::Member(chunk, "error");
  const bool has_error = text.empty() && IsProviderError(error);
  ProviderError read = ReadProviderError(!text.empty() ? text : has_error ? error : chunk);
  if (read.type == "error") read.type.clear();  // it is the type of the chunk
  EndWithError(std::move(read));
}

void AiSdkReader::TakeAbort(std::string_view chunk) {
  const std::string_view reason = json::Member(chunk, "reason");
  std::string message = json::HasText(reason) ? Excerpt(json::DecodeString(reason))
                                              : "the provider aborted the reply";
  Status status(Code::kAborted, message);
  End(/*cut=*/true, {FinishReason::kCanceled, std::move(message), ""}, std::move(status));
}

void AiSdkReader::TakeStepStart(std::string_view /*chunk*/) {
  calls_.NextStep();
  step_begin_ = parts_.size();
}

void AiSdkReader::TakeStepEnd(std::string_view /*chunk*/) {}

void AiSdkReader::TakeStepReset(std::string_view /*chunk*/) {
  texts_.EndAll();
  reasoning_.EndAll();
  parts_.DropFrom(step_begin_);
  calls_.ForgetDropped();
}

void AiSdkReader::EndCleanly() {
  if (!has_finish_) {
    return End(/*cut=*/!saw_done_, NoFinish(recognized() || saw_done_), Status());
  }
  if (finish_reason_ == "error") return EndWithError({"the provider reported an error", "", ""});
  // Not all versions say why a reply has finished.
  millrace::Finish finish = FinishOfWord(finish_reason_.empty() ? "stop" : finish_reason_);
  const bool cut = IsCut(finish.reason);
  if (!cut && calls_.waiting()) finish = {FinishReason::kToolUse, "", ""};
  End(cut, std::move(finish), Status());
}

void AiSdkReader::End(bool cut, millrace::Finish finish, Status status) {
  texts_.EndAll();
  reasoning_.EndAll();
  calls_.End(cut);
  writer_.End(outcome_.usage, std::move(finish));
  outcome_.status = std::move(status);
  done_ = true;
}

}  // namespace millrace
