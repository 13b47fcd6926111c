#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace millrace {

// One step of a trace. It names slots, not ids. What is in a slot is decided when the step is
// played, so a trace keeps its meaning when steps are removed.
struct Step {
  enum class Op {
    kWrite,         // one to three mutations, uncounted
    kCountedWrite,  // by a writer that counts: the next write, a repeated one, or one after a gap
    kResume,
    kSnapshot,  // remembers the message as it is now
    kUpdate,    // the classic update, with the present message or the one kSnapshot remembered
    kEndRun,    // a run continues the message and ends
    kCreate,
    kDelete,
    kFlush,
    kFlushAll,
    kCreateSession,
    kRenameSession,
    kDeleteMessages,  // of a session
    kDeleteSession,
    kAdvance,
    kSleep,  // past the idle time
    kHold,
    kRelease,
    kFail,
    kBreak,
    kHeal,
    kGrant,    // the slow listener gets credit
    kStumble,  // the clumsy listener throws, or stops throwing
    kLeave,    // the restless listener unsubscribes inside its next callback, or comes back
    kCallIn,   // the nosy listener writes inside its next callback
    kSettle,   // all is well again; everything must come to rest
    kKill,     // the process dies and opens again
    kReopen,   // closes and opens again
  };

  Op op = Op::kWrite;
  unsigned message = 0;  // slot
  unsigned session = 0;  // slot
  unsigned seed = 0;     // for all other choices of the step
};

inline constexpr unsigned kMessageSlots = 5;
inline constexpr unsigned kSessionSlots = 2;

// Always the same for the same seed. Some seeds make calm traces, without any trouble of the
// storage.
std::vector<Step> MakeTrace(unsigned seed, std::size_t length);
std::string Describe(const Step& step);

}  // namespace millrace
