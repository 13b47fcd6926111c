#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>

#include "millrace/base/time.h"
#include "millrace/messages/message_service.h"
#include "millrace/model/message.h"
#include "millrace/model/patch.h"
#include "millrace/model/tool_call_index.h"

namespace millrace {

// What is known of a writer that counts its mutations.
struct WriterCount {
  std::int64_t next = 0;    // the version its next mutation makes, as it counts them
  bool had_stream = false;  // it began a reply here: what comes after that reply's end is refused
};

// Changes accepted together, waiting for one commit.
struct PendingPatch {
  std::shared_ptr<Patch> patch;
  bool terminal = false;
};

// One message in memory: its newest accepted state and what of it is not on disk yet.
//
//   loaded, clean ──accept──▶ dirty ──commit starts──▶ in flight ──OK──▶ clean ──finished──▶ gone
//                              ▲                        │
//                              └── accept, or failed ───┘  (failed: its patch moves to `unsaved`)
//
// Invariants: accepted = what is on disk, then `unsaved`, then `pending` in order; in flight, the
// patches under way stand in the CommitFlight, between `unsaved` and `pending`.
// patched_version is the last version some patch made; accepted.version may be ahead of it by
// counted mutations that changed nothing.
struct LiveMessage {
  Message accepted;
  ToolCallIndex calls;  // of accepted
  std::int64_t patched_version = 0;
  std::int64_t saved_version = 0;
  // At most one while the window coalesces, and one more for each time it was sealed.
  std::deque<PendingPatch> pending;
  Patch unsaved;  // published as not saved, still to be written
  Usage usage;    // to add to the session with the next commit
  std::map<std::string, WriterCount> writers;
  // The version it had when it came into memory. A writer that is not known here may go on from
  // this version only: a message leaves memory when all its writers have counted up to its version.
  std::int64_t first_version = 0;
  // The writer of the stream that goes into it; "": none. Ends with the finish.
  std::string stream;
  TimeMs active_at = 0;    // of the last change
  bool on_disk = false;    // its create is committed
  bool row_whole = false;  // the row alone is the message: no log to add to, it is rewritten
  bool has_log = false;    // rows of it stand in the delta log
  bool in_flight = false;
  bool queued = false;  // stands in the queue of LiveMessages
  bool fold = false;    // idle: write it whole and let it go
  // Somebody was given the accepted state whole: the next change begins a patch of its own, which
  // fits what they hold.
  bool sealed = false;

  // Every accepted change was published.
  bool published() const { return pending.empty() && !in_flight; }
  bool clean() const { return published() && unsaved.empty(); }
  // Whether it can leave memory: nothing would be lost, neither text nor a writer's count.
  bool evictable() const;
  // No stream is writing, and no writer's count would be lost with this memory.
  bool all_writers_current() const;

  // `writer` was given the message as it is now: its next mutation makes the version after it.
  void BeginCount(const std::string& writer);
  // Checks a counted write against what its writer did before. Returns how many of its mutations
  // were applied already. kStale, kFinished: see MessageService::Write.
  Result<std::size_t> Skip(const MessageWrite& write) const;
  // The writer has counted up to before `next`.
  void CountTo(const std::string& writer, std::int64_t next);

  // Whether the next change may go into the patch that waits.
  bool can_extend() const { return !pending.empty() && !sealed; }
  // The patch that the next change goes to. `merge`: into the one that waits already.
  Patch& PatchForChange(bool merge);
};

}  // namespace millrace
