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
  const auto known = memory.next.find(write.writer);
  const bool counts = known != memory.next.end();
  if (!counts && message.finished()) return Status(Code::kFinished, "nobody knows it");
  const std::int64_t next = counts ? known->second : memory.first + 1;
  if (write.version > next) return Status(Code::kStale, "a gap");
  if (!counts && write.version < next) return Status(Code::kStale, "nobody knows it");
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
    // Until the finish, a counted mutation makes its version even if it changes nothing.
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

void Count(WriterMemory& memory, const MessageWrite& write, const Prediction& prediction) {
  if (write.version == 0) return;
  // The versions of one writer follow each other, whatever others make in between.
  std::int64_t& next = memory.next[write.writer];
  next = std::max(next, write.version) + prediction.made;
}

}  // namespace

bool Alike(const Message& a, const Message& b) {
  Message moved = b;
  moved.parent_id = a.parent_id;
  return a == moved;
}

std::optional<Prediction> PredictWrite(const ModelMessage& message, const MessageWrite& write,
                                       TimeMs now) {
  Prediction prediction = Predict(message, message.remembered, write, now);
  if (!Same(prediction, Predict(message, message.forgotten, write, now))) return std::nullopt;
  return prediction;
}

Prediction PredictUpdate(const ModelMessage& message, const Message& snapshot, TimeMs now) {
  MessageWrite write;
  Replace replace;
  replace.parts = snapshot.parts;
  replace.model = snapshot.model;
  replace.provider = snapshot.provider;
  replace.is_summary = snapshot.is_summary;
  if (!snapshot.metadata.empty()) replace.metadata = snapshot.metadata;
  replace.usage = snapshot.usage;
  replace.version = snapshot.version;
  write.mutations.emplace_back(std::move(replace));
  return Predict(message, message.remembered, write, now);
}

void Accept(ModelMessage& message, const Prediction& prediction, const MessageWrite& write,
            TimeMs now) {
  if (prediction.made == 0) return;
  message.now = prediction.after;
  message.changed = prediction.changed;
  message.active_at = now;
  for (const Message& state : prediction.states) message.history[state.version] = state;
  Count(message.remembered, write, prediction);
  Count(message.forgotten, write, prediction);
}

void BeginCount(ModelMessage& message, const std::string& writer) {
  message.remembered.next[writer] = message.forgotten.next[writer] = message.now.version + 1;
}

void MayForget(ModelMessage& message) {
  message.forgotten = {};
  message.forgotten.first = message.now.version;
}

}  // namespace millrace
