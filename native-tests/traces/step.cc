#include "traces/step.h"

#include <array>
#include <random>
#include <string_view>

namespace millrace {
namespace {

using Op = Step::Op;

struct Kind {
  Op op;
  std::string_view name;
  unsigned weight;  // how often
  bool trouble;     // not in calm traces
};

constexpr std::array<Kind, 28> kKinds = {{
    {Op::kWrite, "write", 300, false},
    {Op::kCountedWrite, "counted-write", 100, false},
    {Op::kResume, "resume", 15, false},
    {Op::kSnapshot, "snapshot", 15, false},
    {Op::kUpdate, "update", 40, false},
    {Op::kEndRun, "end-run", 8, false},
    {Op::kCreate, "create", 90, false},
    {Op::kDelete, "delete", 12, false},
    {Op::kFlush, "flush", 20, false},
    {Op::kFlushAll, "flush-all", 10, false},
    {Op::kCreateSession, "create-session", 20, false},
    {Op::kRenameSession, "rename-session", 5, false},
    {Op::kDeleteMessages, "delete-messages", 3, false},
    {Op::kDeleteSession, "delete-session", 4, false},
    {Op::kAdvance, "advance", 250, false},
    {Op::kSleep, "sleep", 3, false},
    {Op::kHold, "hold", 25, true},
    {Op::kRelease, "release", 60, true},
    {Op::kFail, "fail", 15, true},
    {Op::kBreak, "break", 10, true},
    {Op::kHeal, "heal", 25, true},
    {Op::kGrant, "grant", 40, false},
    {Op::kStumble, "stumble", 15, false},
    {Op::kLeave, "leave", 15, false},
    {Op::kCallIn, "call-in", 25, false},
    {Op::kSettle, "settle", 5, false},
    {Op::kKill, "kill", 2, false},
    {Op::kReopen, "reopen", 1, false},
}};

const Kind& KindOf(Op op) {
  for (const Kind& kind : kKinds) {
    if (kind.op == op) return kind;
  }
  return kKinds.front();
}

const Kind& Choose(std::minstd_rand& random, bool calm) {
  unsigned total = 0;
  for (const Kind& kind : kKinds) total += calm && kind.trouble ? 0 : kind.weight;
  auto at = static_cast<unsigned>(random() % total);
  for (const Kind& kind : kKinds) {
    if (calm && kind.trouble) continue;
    if (at < kind.weight) return kind;
    at -= kind.weight;
  }
  return kKinds.front();
}

}  // namespace

std::vector<Step> MakeTrace(unsigned seed, std::size_t length) {
  std::minstd_rand random(seed * 2654435761U + 1);
  random.discard(8);
  const bool calm = random() % 4 == 0;
  std::vector<Step> trace = {{Op::kCreateSession, 0, 0, 1}, {Op::kCreate, 0, 0, 1}};
  while (trace.size() < length) {
    Step step;
    step.op = Choose(random, calm).op;
    step.message = static_cast<unsigned>(random() % kMessageSlots);
    step.session = static_cast<unsigned>(random() % 8 == 0 ? 1 : 0);
    step.seed = static_cast<unsigned>(random());
    trace.push_back(step);
  }
  return trace;
}

std::string Describe(const Step& step) {
  return std::string(KindOf(step.op).name) + " message " + std::to_string(step.message) +
         " session " + std::to_string(step.session) + " seed " + std::to_string(step.seed);
}

}  // namespace millrace
