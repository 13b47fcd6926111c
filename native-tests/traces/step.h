#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace millrace {

// One step of a trace. It names slots, not ids: what stands in a slot is decided when the step is
// played, so a trace keeps its meaning when steps are taken out of it.
struct Step {
  enum class Op {
    kWrite,         // one to three mutations, uncounted
    kCountedWrite,  // by a writer that counts: the next, one sent again, or one behind a gap
    kResume,
    kSnapshot,  // remembers the message as it is now
    kUpdate,    // the classic update, with the message as now or with what kSnapshot remembered
    kEndRun,    // a run goes on with the message and ends
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
    kSettle,   // all well again; everything has to come to rest
    kKill,     // the process dies, and opens again
    kReopen,   // closes, and opens again
  };

  Op op = Op::kWrite;
  unsigned message = 0;  // slot
  unsigned session = 0;  // slot
  unsigned seed = 0;     // of whatever else the step has to choose
};

inline constexpr unsigned kMessageSlots = 5;
inline constexpr unsigned kSessionSlots = 2;

// The same for the same seed. Some seeds make calm traces, without any trouble of the storage.
std::vector<Step> MakeTrace(unsigned seed, std::size_t length);
std::string Describe(const Step& step);

}  // namespace millrace
