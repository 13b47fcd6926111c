#include "millrace/model/apply.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "millrace/base/status.h"
#include "millrace/base/time.h"
#include "millrace/model/codec.h"
#include "millrace/model/header_fields.h"
#include "millrace/model/merge_patch.h"
#include "millrace/model/message.h"
#include "millrace/model/mutation.h"
#include "millrace/model/part.h"
#include "millrace/model/part_index.h"
#include "millrace/model/patch.h"
#include "model/patch_writer.h"
#include "model/replace.h"
#include "model/text.h"

namespace millrace {
namespace {

Status IsFinished() {
  return {Code::kFinished, "the message is finished; only a resume can go on with it"};
}

bool CanResume(FinishReason reason) {
  return reason == FinishReason::kInterrupted || reason == FinishReason::kCanceled ||
         reason == FinishReason::kError;
}

// Finished, and nothing goes on with it.
bool IsOver(const Message& message) {
  const FinishPart* finish = message.finished() ? FinishOf(message) : nullptr;
  return message.finished() && (finish == nullptr || !CanResume(finish->reason));
}

// Whether the body of a part can grow by `text`. A message must fit into memory several times, or
// it could not be folded or opened again.
Status CheckRoom(const std::string& body, const std::string& text) {
  if (text.size() <= kMaxPartBytes - std::min(body.size(), kMaxPartBytes)) return Status::Ok();
  return InvalidArgument("a part holds up to " + std::to_string(kMaxPartBytes) +
                         " bytes: begin another part, or another message");
}

// The rules, one per mutation. Each checks first and writes afterwards, so an error changes
// nothing.
class Rules {
 public:
  Rules(TimeMs now, Message& message, Patch& patch, PartIndex& index)
      : now_(now), message_(message), writer_(message, patch), index_(index) {}

  Result<Effect> operator()(AppendText& append) {
    if (append.text.empty()) return Effect::kNone;
    MakeValid(append.text);
    const std::optional<std::uint32_t> index = Addressed<TextPart>(append.part);
    if (index && At<TextPart>(*index).refusal == append.refusal)
      return AppendAt(*index, append.text);
    Put(Size(), TextPart{std::move(append.text), append.refusal, "", std::move(append.part)});
    return Effect::kDelta;
  }

  Result<Effect> operator()(AppendReasoning& append) {
    if (append.text.empty()) return Effect::kNone;
    MakeValid(append.text);
    const std::optional<std::uint32_t> index = Addressed<ReasoningPart>(append.part);
    if (index && IsOpen(*index)) return AppendAt(*index, append.text);
    Put(Size(), ReasoningPart{std::move(append.text), "", Stamp(), std::nullopt, "",
                              std::move(append.part)});
    return Effect::kDelta;
  }

  Result<Effect> operator()(EndReasoning& end) {
    MakeValid(end.signature);
    std::optional<std::uint32_t> index;
    if (!end.part.empty()) {
      index = Addressed<ReasoningPart>(end.part);
    } else {
      for (std::uint32_t i = 0; i < Size(); ++i) {
        if (IsOpen(i)) index = i;
      }
    }
    if (!index || !IsOpen(*index)) return Effect::kNone;
    EndReasoningAt(*index, end.signature);
    return Effect::kTerminal;
  }

  Result<Effect> operator()(PutToolCall& put) {
    Part part = std::move(put.call);
    if (Status status = NormalizePart(part); !status.ok()) return status;
    auto& call = std::get<ToolCallPart>(part);
    if (call.id.empty()) return InvalidArgument("a tool call needs an id");
    const std::optional<std::uint32_t> index = index_.Find(message_, PartKey(part));
    if (!index) {
      Put(Size(), std::move(part));
      return Effect::kTerminal;
    }
    if (message_.parts[*index] == part) return Effect::kNone;
    const bool keep_body = At<ToolCallPart>(*index).input == call.input;
    if (keep_body) call.input.clear();
    Put(*index, std::move(part), keep_body);
    return Effect::kTerminal;
  }

  Result<Effect> operator()(AppendToolInput& append) {
    const std::optional<std::uint32_t> index = FindToolCall(append.tool_call_id);
    if (!index) return NoToolCall(append.tool_call_id);
    if (append.text.empty()) return Effect::kNone;
    MakeValid(append.text);
    return AppendAt(*index, append.text);
  }

  Result<Effect> operator()(FinishToolCall& finish) {
    const std::optional<std::uint32_t> index = FindToolCall(finish.tool_call_id);
    if (!index) return NoToolCall(finish.tool_call_id);
    const auto& call = At<ToolCallPart>(*index);
    if (call.finished) return Effect::kNone;
    Put(*index,
        ToolCallPart{call.id, call.name, "", true, call.provider_executed, call.extra,
                     call.approval},
        /*keep_body=*/true);
    return Effect::kTerminal;
  }

  Result<Effect> operator()(AddPart& add) {
    if (Status status = NormalizePart(add.part); !status.ok()) return status;
    if (auto* call = std::get_if<ToolCallPart>(&add.part)) {
      PutToolCall put{std::move(*call)};
      return (*this)(put);
    }
    if (auto* finish = std::get_if<FinishPart>(&add.part)) return FinishWith(std::move(*finish));
    const std::uint32_t index = PlaceOf(add.part);
    if (index < Size() && message_.parts[index] == add.part) return Effect::kNone;
    Put(index, std::move(add.part));
    return Effect::kTerminal;
  }

  Result<Effect> operator()(Reset& reset) {
    if (reset.from >= Size()) return Effect::kNone;
    writer_.Write(TruncateOp{reset.from});
    return Effect::kTerminal;
  }

  Result<Effect> operator()(Finish& finish) {
    MakeValid(finish.message);
    MakeValid(finish.details);
    return FinishWith(FinishPart{finish.reason, now_, std::move(finish.message),
                                 std::move(finish.details), "", ""});
  }

  Result<Effect> operator()(Resume& /*resume*/) {
    if (!message_.finished()) return Effect::kNone;
    if (IsOver(message_)) return IsFinished();
    const TimeMs finished_at = FinishOf(message_)->time;
    // The finish part is the last part, except in messages that another program wrote. There, the
    // parts after it move up.
    std::uint32_t first = 0;
    while (!std::holds_alternative<FinishPart>(message_.parts[first])) ++first;
    std::vector<Part> behind;
    for (std::uint32_t i = first; i < Size(); ++i) {
      if (!std::holds_alternative<FinishPart>(message_.parts[i])) {
        behind.push_back(message_.parts[i]);
      }
    }
    // The reader of a stream writes what was used right before the finish, and will again.
    if (first > 0 && IsUsage(message_.parts[first - 1])) --first;
    writer_.Write(TruncateOp{first});
    Reopen(finished_at);
    for (Part& part : behind) Put(Size(), std::move(part));
    PutFinishedAt(std::nullopt);
    return Effect::kTerminal;
  }

  Result<Effect> operator()(Replace& replace) {
    return ApplyReplace(replace, now_, message_, writer_);
  }

  Result<Effect> operator()(SetMetadata& set) {
    Result<std::string> merged = MergePatch(message_.metadata, set.patch);
    if (!merged.ok()) return merged.status();
    if (*merged == message_.metadata) return Effect::kNone;
    writer_.Write(NotesOp{.metadata = *std::move(merged)});
    return Effect::kDelta;
  }

  Result<Effect> operator()(SetUsage& set) {
    set.usage = Bounded(set.usage);
    if (message_.usage == set.usage) return Effect::kNone;
    writer_.Write(NotesOp{.usage = set.usage});
    return Effect::kDelta;
  }

  Result<Effect> operator()(SetResume& set) {
    if (IsOver(message_)) return Effect::kNone;
    Result<std::string> point = CheckMetadata(set.point);
    if (!point.ok()) return point.status();
    if (*point == message_.resume) return Effect::kNone;
    writer_.Write(NotesOp{.resume = *std::move(point)});
    return Effect::kDelta;
  }

 private:
  std::uint32_t Size() const { return static_cast<std::uint32_t>(message_.parts.size()); }

  // The time for a field whose stored form uses 0 for "not set".
  TimeMs Stamp() const { return now_ == 0 ? 1 : now_; }

  template <typename P>
  const P& At(std::uint32_t index) const {
    return std::get<P>(message_.parts[index]);
  }

  // The part of type P that a delta means: the one with that id, or the last part if `id` is empty.
  template <typename P>
  std::optional<std::uint32_t> Addressed(std::string& id) {
    if (!id.empty()) {
      MakeValid(id);
      P named;
      named.id = id;
      return index_.Find(message_, PartKey(named));
    }
    if (message_.parts.empty() || !std::holds_alternative<P>(message_.parts.back())) {
      return std::nullopt;
    }
    return Size() - 1;
  }

  std::optional<std::uint32_t> FindToolCall(std::string& id) { return Addressed<ToolCallPart>(id); }

  // Where a part goes: to the place of the one that it replaces, or behind the last part.
  std::uint32_t PlaceOf(const Part& part) {
    const std::string key = PartKey(part);
    const auto index = key.empty() ? std::nullopt : index_.Find(message_, key);
    if (!index) return Size();
    const auto* result = std::get_if<ToolResultPart>(&message_.parts[*index]);
    return result == nullptr || result->preliminary ? *index : Size();
  }

  // REQUIRES: the part has a body.
  Result<Effect> AppendAt(std::uint32_t index, const std::string& text) {
    if (Status status = CheckRoom(*BodyOf(message_.parts[index]), text); !status.ok()) {
      return status;
    }
    writer_.Append(index, text);
    return Effect::kDelta;
  }

  bool IsOpen(std::uint32_t index) const {
    const auto* reasoning = std::get_if<ReasoningPart>(&message_.parts[index]);
    return reasoning != nullptr && !reasoning->finished_at;
  }

  static Status NoToolCall(const std::string& id) {
    return NotFound("the message has no tool call with the id " + id);
  }

  void Put(std::uint32_t index, Part part, bool keep_body = false) {
    writer_.Write(PutOp{index, std::move(part), keep_body});
  }

  void EndReasoningAt(std::uint32_t index, const std::string& signature) {
    const auto& open = std::get<ReasoningPart>(message_.parts[index]);
    Put(index,
        ReasoningPart{"", signature.empty() ? open.signature : signature, open.started_at, Stamp(),
                      open.extra, open.id},
        /*keep_body=*/true);
  }

  void PutFinishedAt(std::optional<TimeMs> time) {
    HeaderOp header = HeaderOf(message_);
    header.finished_at = time;
    writer_.Write(std::move(header));
  }

  Effect FinishWith(FinishPart finish) {
    for (std::uint32_t i = 0; i < Size(); ++i) {
      if (IsOpen(i)) EndReasoningAt(i, "");
    }
    if (finish.time == 0) finish.time = now_;
    const TimeMs time = finish.time;
    Put(Size(), std::move(finish));
    PutFinishedAt(time);
    return Effect::kTerminal;
  }

  // Reasoning that the finish at `time` has ended goes on.
  void Reopen(TimeMs time) {
    for (std::uint32_t i = 0; i < Size(); ++i) {
      const auto* reasoning = std::get_if<ReasoningPart>(&message_.parts[i]);
      if (reasoning == nullptr || reasoning->finished_at != time) continue;
      ReasoningPart open = *reasoning;
      open.text.clear();
      open.finished_at.reset();
      writer_.Write(PutOp{i, std::move(open), /*keep_body=*/true});
    }
  }

  const TimeMs now_;
  Message& message_;
  PatchWriter writer_;
  PartIndex& index_;
};

}  // namespace

Result<Effect> Apply(Mutation&& mutation, TimeMs now, Message& message, Patch& patch,
                     PartIndex& index) {
  const bool may_be_finished =
      std::holds_alternative<Resume>(mutation) || std::holds_alternative<Replace>(mutation) ||
      std::holds_alternative<SetMetadata>(mutation) || std::holds_alternative<SetUsage>(mutation) ||
      std::holds_alternative<SetResume>(mutation);
  if (message.finished() && !may_be_finished) return IsFinished();
  const bool first = patch.empty();
  Result<Effect> effect = std::visit(Rules(now, message, patch, index), mutation);
  if (!effect.ok() || *effect == Effect::kNone) return effect;
  if (!message.resume.empty() && IsOver(message)) {
    PatchWriter(message, patch).Write(NotesOp{.resume = ""});
  }
  // Any part may have been replaced, or dropped and put again.
  const bool rewrites = std::holds_alternative<Reset>(mutation) ||
                        std::holds_alternative<Replace>(mutation) ||
                        std::holds_alternative<Resume>(mutation);
  if (rewrites) index.Forget();
  if (first) patch.from_version = message.version;
  patch.to_version = ++message.version;
  patch.updated_at = message.updated_at = now;
  return effect;
}

}  // namespace millrace
