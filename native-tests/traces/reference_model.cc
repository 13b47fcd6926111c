#include "traces/reference_model.h"

#include <algorithm>
#include <utility>

#include "millrace/model/apply.h"

namespace millrace {
namespace {

// How many mutations of the write were applied before; or kStale.
Result<std::size_t> AlreadyApplied(const Message& message, const WriterMemory& memory,
                                   const MessageWrite& write) {
  if (write.version == 0) return std::size_t{0};
  const auto mark = memory.marks.find(write.writer);
  const bool counts = mark != memory.marks.end() && mark->second.next != 0;
  const std::int64_t next = counts ? mark->second.next : message.version + 1;
  if (write.version > next) return Status(Code::kStale, "a gap");
  if (!counts && write.version < next) return Status(Code::kStale, "behind the message");
  return std::min(static_cast<std::size_t>(next - write.version), write.mutations.size());
}

Prediction Predict(const ModelMessage& message, const WriterMemory& memory,
                   const MessageWrite& write, TimeMs now) {
  Prediction prediction;
  prediction.after = message.now;
  prediction.changed = message.changed;
  const Result<std::size_t> skipped = AlreadyApplied(message.now, memory, write);
  if (!skipped.ok()) {
    prediction.status = skipped.status();
    return prediction;
  }
  prediction.terminal = *skipped > 0;
  for (std::size_t i = *skipped; i < write.mutations.size(); ++i) {
    Patch patch;
    const Result<Effect> effect = Apply(write.mutations[i], now, prediction.after, patch);
    if (!effect.ok()) {
      prediction.status = effect.status();
      return prediction;
    }
    if (*effect == Effect::kNone && write.version == 0) continue;
    ++prediction.made;
    // A counted mutation makes its version even where it changes nothing, until the finish.
    if (*effect == Effect::kNone && prediction.after.finished()) continue;
    if (*effect == Effect::kNone) ++prediction.after.version;
    if (*effect != Effect::kNone) prediction.changed = prediction.after.version;
    prediction.terminal |= *effect == Effect::kTerminal;
    prediction.states.push_back(prediction.after);
  }
  return prediction;
}

bool Same(const Prediction& a, const Prediction& b) {
  return a.status.code() == b.status.code() && a.after == b.after && a.terminal == b.terminal;
}

bool ChangedByOthers(const WriterMemory& memory, std::int64_t since, const std::string& writer) {
  return memory.unknown > since ||
         std::any_of(memory.marks.begin(), memory.marks.end(), [&](const auto& entry) {
           return entry.first != writer && entry.second.last > since;
         });
}

void Mark(WriterMemory& memory, const MessageWrite& write, const Prediction& prediction) {
  WriterMemory::Mark& mark = memory.marks[write.writer];
  mark.last = prediction.after.version;
  if (write.version == 0) return;
  // The versions of a writer follow each other whatever others make in between.
  mark.next = std::max(mark.next, write.version) + prediction.made;
}

}  // namespace

std::optional<Prediction> PredictWrite(const ModelMessage& message, const MessageWrite& write,
                                       TimeMs now) {
  Prediction prediction = Predict(message, message.remembered, write, now);
  if (!Same(prediction, Predict(message, message.forgotten, write, now))) return std::nullopt;
  return prediction;
}

std::optional<Prediction> PredictUpdate(const ModelMessage& message, const Message& snapshot,
                                        const std::string& writer, TimeMs now) {
  const bool stale = ChangedByOthers(message.remembered, snapshot.version, writer);
  if (stale != ChangedByOthers(message.forgotten, snapshot.version, writer)) return std::nullopt;
  if (stale) {
    Prediction refused;
    refused.status = Status(Code::kStale, "changed by others");
    return refused;
  }
  MessageWrite write;
  write.writer = writer;
  write.mutations.emplace_back(
      Replace{snapshot.parts, snapshot.model, snapshot.provider, snapshot.is_summary});
  return PredictWrite(message, write, now);
}

void Accept(ModelMessage& message, const Prediction& prediction, const MessageWrite& write,
            TimeMs now) {
  if (prediction.made == 0) return;
  message.now = prediction.after;
  message.changed = prediction.changed;
  message.active_at = now;
  for (const Message& state : prediction.states) message.history[state.version] = state;
  Mark(message.remembered, write, prediction);
  Mark(message.forgotten, write, prediction);
}

void MayForget(ModelMessage& message) {
  message.forgotten = {};
  message.forgotten.unknown = message.now.version;
}

}  // namespace millrace
