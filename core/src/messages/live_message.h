#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "millrace/base/time.h"
#include "millrace/messages/message_service.h"
#include "millrace/model/message.h"
#include "millrace/model/part_index.h"
#include "millrace/model/patch.h"
#include "millrace/storage/receipt.h"

namespace millrace {

// The state of a writer that counts its mutations.
struct WriterCount {
  std::int64_t next = 0;    // the version its next mutation makes, by its own count
  bool had_stream = false;  // began a reply here; may not write after that reply's end
  // The client for which receipts of its count are kept; "": none are.
  std::string client;
};

// Changes that were accepted together and wait for one commit.
struct PendingPatch {
  std::shared_ptr<Patch> patch;
  bool terminal = false;
  std::vector<Receipt> receipts;  // saved with it, one of each name
};

// One message in memory: its newest accepted state, and the part of it that is not on disk yet.
//
//   loaded, clean ──accept──▶ dirty ──commit starts──▶ in flight ──OK──▶ clean ──finished──▶ gone
//                              ▲                        │
//                              └── accept, or failed ───┘  (failed: its patch moves to `unsaved`)
//
// Invariants: `accepted` is the state on disk plus `unsaved`, then `pending`, in order. While a
// commit is in flight, its patches are in the CommitFlight, between `unsaved` and `pending`.
// patched_version is the last version that a patch made. accepted.version may be ahead of it, by
// counted mutations that changed nothing.
struct LiveMessage {
  Message accepted;
  PartIndex calls;  // the index of `accepted`
  std::int64_t patched_version = 0;
  std::int64_t saved_version = 0;
  // While the window coalesces: at most one, plus one for each time the message was sealed.
  std::list<PendingPatch> pending;
  Patch unsaved;                          // published as not saved; must still be written
  std::vector<Receipt> unsaved_receipts;  // of what is in `unsaved`
  // Of `accepted.usage`: what the session's sums have. The next commit adds the rest.
  Usage counted;
  std::map<std::string, WriterCount> writers;
  // The version at the time it came into memory. A writer that is not known here may continue only
  // from this version, because a message leaves memory only when all its writers have counted up to
  // it.
  std::int64_t first_version = 0;
  // The writer of the stream that writes into the message; "" for none. Cleared by the finish.
  std::string stream;
  // The client that resumed it, until that is on disk.
  std::optional<std::string> resumed_by;
  TimeMs active_at = 0;  // the time of the last change
  bool on_disk = false;  // its creation is committed
  // It is being created, and will follow what is the session's head then.
  bool follows_head = false;
  bool row_whole = false;  // there is no log to add to: each write rewrites the row
  bool has_log = false;    // it has rows in the delta log
  bool in_flight = false;
  bool queued = false;  // it is in the queue of LiveMessages
  bool fold = false;    // idle: write it whole and drop it from memory
  // Somebody was given the whole accepted state. The next change begins a new patch, which
  // continues from that state.
  bool sealed = false;

  // Every accepted change was published.
  bool published() const { return pending.empty() && !in_flight; }
  bool clean() const { return published() && unsaved.empty(); }
  // Whether it can leave memory without losing text or a writer's count.
  bool evictable() const;
  // No stream is writing, and no writer's count would be lost with this object.
  bool all_writers_current() const;

  // `writer` was given the message as it is now. Its next mutation makes the version after this
  // one.
  // `client`: see WriterCount.
  void BeginCount(const std::string& writer, const std::string& client = {});
  // Compares a counted write with what its writer did before. Returns how many of its mutations
  // were applied already. kStale, kFinished: see MessageService::Write.
  Result<std::size_t> Skip(const MessageWrite& write) const;
  // The newest patch is saved with this receipt, in place of an earlier one of the same name.
  // REQUIRES: a patch is pending.
  void Note(Receipt receipt);
  // The next mutation of the writer makes the version `next`.
  void CountTo(const std::string& writer, std::int64_t next);

  // Whether the next change may go into the waiting patch.
  bool can_extend() const { return !pending.empty() && !sealed; }
  // The patch for the next change. With `merge` it is the one that already waits.
  Patch& PatchForChange(bool merge);
};

}  // namespace millrace
