#include "model/replace.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "millrace/base/status.h"
#include "millrace/base/time.h"
#include "millrace/model/apply.h"
#include "millrace/model/codec.h"
#include "millrace/model/header_fields.h"
#include "millrace/model/merge_patch.h"
#include "millrace/model/message.h"
#include "millrace/model/mutation.h"
#include "millrace/model/part.h"
#include "millrace/model/patch.h"
#include "model/patch_writer.h"
#include "model/text.h"

namespace millrace {
namespace {

// The ops that turn a message into a snapshot of it.
struct Difference {
  std::vector<PatchOp> ops;
  bool structural = false;
  // The snapshot has everything that the message has.
  bool only_adds = true;
};

// `part` without its body. REQUIRES: it has a body.
Part HeaderOf(const Part& part) {
  if (const auto* text = std::get_if<TextPart>(&part)) {
    return TextPart{"", text->refusal, text->extra, text->id};
  }
  if (const auto* reasoning = std::get_if<ReasoningPart>(&part)) {
    return ReasoningPart{"",
                         reasoning->signature,
                         reasoning->started_at,
                         reasoning->finished_at,
                         reasoning->extra,
                         reasoning->id};
  }
  const auto& call = std::get<ToolCallPart>(part);
  return ToolCallPart{call.id,    call.name,    "", call.finished, call.provider_executed,
                      call.extra, call.approval};
}

// Copies from `before` what a writer does not see when it reads parts and sends them back: the
// stored form of a custom part, a foreign finish reason, the time of a finish.
void Inherit(const Part& before, Part& after) {
  if (before.index() != after.index()) return;
  if (auto* custom = std::get_if<CustomPart>(&after)) {
    const auto& stored = std::get<CustomPart>(before);
    if (custom->verbatim.empty() && custom->name == stored.name && custom->data == stored.data &&
        custom->id == stored.id) {
      custom->verbatim = stored.verbatim;
    }
  } else if (auto* finish = std::get_if<FinishPart>(&after)) {
    const auto& stored = std::get<FinishPart>(before);
    if (finish->reason == stored.reason && finish->foreign_reason.empty()) {
      finish->foreign_reason = stored.foreign_reason;
    }
    if (finish->time == 0) finish->time = stored.time;
  }
}

bool IsSetOnly(const std::string& before, const std::string& after) {
  return before.empty() || before == after;
}
bool IsSetOnly(bool before, bool after) { return before == after; }

template <typename... Fields>
bool IsSetOnly(const std::tuple<Fields...>& before, const std::tuple<Fields...>& after) {
  const auto each = [&]<std::size_t... kIndex>(std::index_sequence<kIndex...>) {
    return (IsSetOnly(std::get<kIndex>(before), std::get<kIndex>(after)) && ...);
  };
  return each(std::index_sequence_for<Fields...>());
}

// Whether the part only continued from `before` to `after`: it ended, or an empty field was filled.
// REQUIRES: both are of the same kind, which has a body.
bool WentOn(const Part& before, const Part& after) {
  if (const auto* old_text = std::get_if<TextPart>(&before)) {
    const auto& text = std::get<TextPart>(after);
    return text.refusal == old_text->refusal && IsSetOnly(old_text->id, text.id) &&
           IsSetOnly(old_text->extra, text.extra);
  }
  if (const auto* old_reasoning = std::get_if<ReasoningPart>(&before)) {
    const auto& reasoning = std::get<ReasoningPart>(after);
    const bool ends_once =
        !old_reasoning->finished_at || reasoning.finished_at == old_reasoning->finished_at;
    return ends_once && reasoning.started_at == old_reasoning->started_at &&
           IsSetOnly(old_reasoning->signature, reasoning.signature) &&
           IsSetOnly(old_reasoning->id, reasoning.id) &&
           IsSetOnly(old_reasoning->extra, reasoning.extra);
  }
  const auto& old_call = std::get<ToolCallPart>(before);
  const auto& call = std::get<ToolCallPart>(after);
  return call.id == old_call.id && call.name == old_call.name &&
         call.provider_executed == old_call.provider_executed &&
         (call.finished || !old_call.finished) && IsSetOnly(old_call.extra, call.extra) &&
         IsSetOnly(old_call.approval, call.approval);
}

// Adds the ops that turn `before` into `after`, the parts at `index`.
void ComparePart(std::uint32_t index, const Part& before, const Part& after, Difference& out) {
  if (before == after) return;
  const std::string* old_body = BodyOf(before);
  const std::string* new_body = BodyOf(after);
  if (before.index() != after.index() || old_body == nullptr || !new_body->starts_with(*old_body)) {
    out.structural = true;
    out.only_adds = false;
    out.ops.push_back(PutOp{index, after});
    return;
  }
  Part header = HeaderOf(after);
  if (header != HeaderOf(before)) {
    out.structural = true;
    out.only_adds = out.only_adds && WentOn(before, after);
    out.ops.push_back(PutOp{index, std::move(header), /*keep_body=*/true});
  }
  if (new_body->size() > old_body->size()) {
    out.ops.push_back(AppendOp{index, new_body->substr(old_body->size())});
  }
}

// Whether a new part is the beginning of a stream: it can wait, like the deltas that follow.
bool IsOpenText(const Part& part) {
  const auto* reasoning = std::get_if<ReasoningPart>(&part);
  return std::holds_alternative<TextPart>(part) ||
         (reasoning != nullptr && !reasoning->finished_at.has_value());
}

Difference Compare(const Message& message, const Replace& snapshot,
                   std::optional<TimeMs> finished_at) {
  Difference out;
  const std::size_t common = std::min(message.parts.size(), snapshot.parts.size());
  for (std::size_t i = 0; i < common; ++i) {
    ComparePart(static_cast<std::uint32_t>(i), message.parts[i], snapshot.parts[i], out);
  }
  for (std::size_t i = common; i < snapshot.parts.size(); ++i) {
    out.structural = out.structural || !IsOpenText(snapshot.parts[i]);
    out.ops.push_back(PutOp{static_cast<std::uint32_t>(i), snapshot.parts[i]});
  }
  if (common < message.parts.size()) {
    out.structural = true;
    out.only_adds = false;
    out.ops.push_back(TruncateOp{static_cast<std::uint32_t>(common)});
  }
  NotesOp notes;
  if (snapshot.metadata && *snapshot.metadata != message.metadata) {
    out.only_adds = out.only_adds && message.metadata.empty();
    notes.metadata = snapshot.metadata;
  }
  if (snapshot.usage && snapshot.usage != message.usage) notes.usage = snapshot.usage;
  if (notes != NotesOp()) out.ops.push_back(std::move(notes));
  if (WrittenHeader(message) != WrittenHeader(snapshot) || message.finished_at != finished_at) {
    out.structural = true;
    out.only_adds = out.only_adds && IsSetOnly(WrittenHeader(message), WrittenHeader(snapshot));
    HeaderOp header;
    WrittenHeader(header) = WrittenHeader(snapshot);
    header.finished_at = finished_at;
    out.ops.push_back(std::move(header));
  }
  return out;
}

Status CheckParts(const std::vector<Part>& parts) {
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto* call = std::get_if<ToolCallPart>(&parts[i]);
    if (call != nullptr && call->id.empty()) return InvalidArgument("a tool call needs an id");
    if (std::holds_alternative<FinishPart>(parts[i]) && i + 1 < parts.size()) {
      return InvalidArgument("a finish part must be the last one");
    }
  }
  return Status::Ok();
}

}  // namespace

Result<Effect> ApplyReplace(Replace& snapshot, TimeMs now, const Message& message,
                            PatchWriter& writer) {
  for (std::size_t i = 0; i < snapshot.parts.size(); ++i) {
    if (Status status = NormalizePart(snapshot.parts[i]); !status.ok()) return status;
    if (i < message.parts.size()) Inherit(message.parts[i], snapshot.parts[i]);
  }
  MakeValid(snapshot.model);
  MakeValid(snapshot.provider);
  if (snapshot.usage) snapshot.usage = Bounded(*snapshot.usage);
  if (snapshot.metadata) {
    Result<std::string> checked = CheckMetadata(*snapshot.metadata);
    if (!checked.ok()) return checked.status();
    snapshot.metadata = *std::move(checked);
  }

  auto* finish = snapshot.parts.empty() ? nullptr : std::get_if<FinishPart>(&snapshot.parts.back());
  if (finish != nullptr && finish->time == 0) finish->time = now;
  std::optional<TimeMs> finished_at = message.finished_at;
  if (!finished_at && finish != nullptr) finished_at = finish->time;

  Difference difference = Compare(message, snapshot, finished_at);
  if (difference.ops.empty()) return Effect::kNone;
  if (snapshot.version && *snapshot.version < message.version && !difference.only_adds) {
    return Status(Code::kStale, "message '" + message.id.value + "' has changed since version " +
                                    std::to_string(*snapshot.version) +
                                    ", and the snapshot would drop some of that: read it again "
                                    "and apply the change to what is there now");
  }
  if (message.finished() && finish == nullptr && FinishOf(message) != nullptr) {
    return Status(Code::kFinished, "the message is finished; a snapshot cannot take that back");
  }
  if (Status status = CheckParts(snapshot.parts); !status.ok()) return status;
  for (PatchOp& op : difference.ops) writer.Write(std::move(op));
  // A finished message does not stream, so any change makes a new final state.
  return difference.structural || message.finished() ? Effect::kTerminal : Effect::kDelta;
}

}  // namespace millrace
