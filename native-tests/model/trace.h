#pragma once

#include <cstddef>
#include <string>
#include <variant>
#include <vector>

#include "millrace/base/time.h"
#include "millrace/base/utf8.h"
#include "millrace/model/apply.h"
#include "millrace/model/codec.h"
#include "millrace/model/message.h"
#include "millrace/model/mutation.h"
#include "millrace/model/part.h"
#include "millrace/model/part_index.h"
#include "millrace/model/patch.h"

namespace millrace {

// Applies mutations to one message and judges each step by rules that do not know how Apply works.
// The random test and the fuzzer share it.
class Trace {
 public:
  const Message& message() const { return message_; }

  // "" if every promise held, otherwise the broken one.
  std::string Step(const Mutation& mutation, DurationMs later) {
    now_ += later;
    const Message before = message_;
    Patch patch;
    const Result<Effect> effect = Apply(Mutation(mutation), now_, message_, patch, calls_);
    if (DiffersWithoutIndex(before, mutation, effect))
      return "the index of calls changes what is done";
    if (!effect.ok() || *effect == Effect::kNone) {
      if (message_ != before) return "a step without effect changed the message";
      if (patch != Patch()) return "a step without effect wrote ops";
      return "";
    }
    std::string broken = JudgePatch(before, patch);
    if (broken.empty()) broken = JudgeEffect(before, mutation, *effect);
    if (broken.empty()) broken = JudgeStored(patch);
    if (broken.empty()) broken = JudgeWindow(before, mutation, patch);
    return broken;
  }

 private:
  // An index kept over many steps finds the same as one made for this step.
  bool DiffersWithoutIndex(Message before, const Mutation& mutation,
                           const Result<Effect>& effect) const {
    Patch patch;
    const Result<Effect> fresh = Apply(mutation, now_, before, patch);
    return fresh.status() != effect.status() || before != message_;
  }

  std::string JudgePatch(const Message& before, const Patch& patch) const {
    if (patch.empty()) return "a change without ops";
    if (patch.from_version != before.version) return "from_version";
    if (patch.to_version != before.version + 1) return "to_version";
    if (message_.version != patch.to_version) return "version of the message";
    if (message_.updated_at != now_ || patch.updated_at != now_) return "updated_at";
    Message copy = before;
    if (!ApplyPatch(patch, copy).ok()) return "the patch does not fit";
    if (copy != message_) return "the patch leads elsewhere";
    if (ApplyPatch(patch, copy).ok()) return "a patch was applied twice";
    for (std::size_t i = 1; i < patch.ops.size(); ++i) {
      const auto* a = std::get_if<AppendOp>(&patch.ops[i - 1]);
      const auto* b = std::get_if<AppendOp>(&patch.ops[i]);
      if (a != nullptr && b != nullptr && a->part == b->part) return "appends not merged";
    }
    return "";
  }

  static Part WithoutBody(Part part) {
    if (std::string* body = BodyOf(part)) body->clear();
    return part;
  }

  static bool IsOpenText(const Part& part) {
    const auto* reasoning = std::get_if<ReasoningPart>(&part);
    return std::holds_alternative<TextPart>(part) ||
           (reasoning != nullptr && !reasoning->finished_at);
  }

  // Whether more than text grew (contract C2), or a text grew that was closed.
  static bool IsStructural(const Message& before, const Message& after) {
    if (before.finished()) return true;
    if (before.model != after.model || before.provider != after.provider) return true;
    if (before.is_summary != after.is_summary) return true;
    if (before.finished_at != after.finished_at) return true;
    if (before.parts.size() > after.parts.size()) return true;
    for (std::size_t i = 0; i < after.parts.size(); ++i) {
      const Part& now = after.parts[i];
      if (i >= before.parts.size()) {
        if (!IsOpenText(now)) return true;
        continue;
      }
      const Part& was = before.parts[i];
      if (WithoutBody(was) != WithoutBody(now)) return true;
      if (BodyOf(now) != nullptr && !BodyOf(now)->starts_with(*BodyOf(was))) return true;
    }
    return false;
  }

  static bool IsNote(const Mutation& mutation) {
    return std::holds_alternative<SetMetadata>(mutation) ||
           std::holds_alternative<SetUsage>(mutation) ||
           std::holds_alternative<SetResume>(mutation);
  }

  std::string JudgeEffect(const Message& before, const Mutation& mutation, Effect effect) const {
    if (IsNote(mutation)) {
      if (effect != Effect::kDelta) return "D3: a note does not wait for the window";
      return before.parts == message_.parts && before.finished_at == message_.finished_at
                 ? ""
                 : "D3: a note changed the message itself";
    }
    const bool structural = IsStructural(before, message_);
    if (structural && effect != Effect::kTerminal) return "C2: a structural change can wait";
    const bool always_terminal =
        std::holds_alternative<AddPart>(mutation) || std::holds_alternative<PutToolCall>(mutation);
    if (!structural && !always_terminal && effect != Effect::kDelta) return "a delta is terminal";
    if (before.finished() && !message_.finished() && !std::holds_alternative<Resume>(mutation)) {
      return "C6: un-finished";
    }
    if (before.finished() && !std::holds_alternative<Resume>(mutation) &&
        !std::holds_alternative<Replace>(mutation)) {
      return "C6: a finished message changed";
    }
    return "";
  }

  // The message and the patch survive being stored.
  std::string JudgeStored(const Patch& patch) const {
    const Result<std::vector<PatchOp>> ops = DecodePatchOps(EncodePatchOps(patch.ops));
    if (!ops.ok() || *ops != patch.ops) return "stored ops read back differently";
    if (message_.version % 4 != 0) return "";  // checking the whole message costs most
    const std::string stored = EncodeParts(message_.parts);
    if (!IsValidUtf8(stored)) return "stored parts are not UTF-8";
    const Result<std::vector<Part>> parts = DecodeParts(stored);
    if (!parts.ok() || *parts != message_.parts) return "stored parts read back differently";
    return "";
  }

  // A window's patch, collected in either way, leads from its first to its last version.
  std::string JudgeWindow(const Message& before, const Mutation& mutation, const Patch& patch) {
    if (window_.empty()) window_base_ = before;
    Message again = before;
    const Result<Effect> repeated = Apply(mutation, now_, again, window_);
    if (!repeated.ok() || again != message_) return "the same mutation gave another message";
    extended_.Extend(patch);
    if (window_ != extended_) return "extending differs from collecting";
    Message copy = window_base_;
    if (!ApplyPatch(window_, copy).ok() || copy != message_) return "the window leads elsewhere";
    if (message_.version % 7 == 0) {
      window_ = {};
      extended_ = {};
    }
    return "";
  }

  TimeMs now_ = 0;
  Message message_;
  PartIndex calls_;  // kept over all steps
  Patch window_;     // collected by Apply
  Patch extended_;   // collected by Extend
  Message window_base_;
};

}  // namespace millrace
