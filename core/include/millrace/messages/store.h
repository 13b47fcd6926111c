#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "millrace/base/ids.h"
#include "millrace/base/status.h"
#include "millrace/base/time.h"
#include "millrace/messages/completion.h"
#include "millrace/messages/event_broker.h"
#include "millrace/messages/event_feed.h"
#include "millrace/messages/message_service.h"
#include "millrace/messages/session_service.h"
#include "millrace/storage/block_file.h"
#include "millrace/storage/import_source.h"
#include "millrace/storage/search.h"
#include "millrace/storage/storage.h"

namespace millrace {

class Turn;

struct StoreOptions {
  // The coalescing window, milliseconds. 33: two frames at 60 Hz, the fastest a reader can tell
  // apart. 0 or less saves and notifies at every update (C12); updates that wait for the storage
  // are saved each in a transaction of its own, and acknowledged together.
  DurationMs window_ms = 33;
  // An unfinished message without a write for so long is folded and leaves memory (C9).
  DurationMs idle_ms = 60'000;
  BrokerOptions broker;
};

struct StoreStats {
  std::int64_t updates = 0;  // mutations accepted
  std::int64_t commits = 0;  // transactions committed
  std::int64_t bytes_written = 0;
  std::int64_t pending = 0;  // messages with an accepted change that is not on disk
  std::int64_t live_messages = 0;
  BrokerCounters broker;
};

// A message that a crash left unfinished and that opening finished as interrupted.
struct RecoveredMessage {
  MessageId id;
  SessionId session_id;
};

// The whole core behind one object: storage, coalescing, events.
//
// The host drives it: AdvanceTo(now) before each call and when NextDeadline() comes. There is no
// timer and no thread in here; with the same inputs it does the same things.
// Ownership: owns the storage. Confined to one thread. Feeds end before the store.
class Store {
 public:
  using Opened = std::function<void(Result<std::unique_ptr<Store>>)>;
  using DoneExport = std::function<void(Result<std::uint64_t>)>;
  using DoneImport = std::function<void(Result<ImportCounts>)>;

  // Finishes what a crash left as interrupted, durably, then calls `opened`; a full disk does not
  // keep the store from opening (the finish is retried, C5).
  static void Open(std::unique_ptr<Storage> storage, const StoreOptions& options, TimeMs now,
                   Opened opened);
  ~Store();

  // Holds one turn open: what is called while it stands shares a commit and a batch, and every
  // completion comes at its end. Reads of messages are fresh all the same; reads of sessions show
  // what is on disk.
  class HeldTurn {
   public:
    explicit HeldTurn(Store& store);
    ~HeldTurn();
    HeldTurn(const HeldTurn&) = delete;
    HeldTurn& operator=(const HeldTurn&) = delete;

   private:
    std::unique_ptr<Turn> turn_;
  };

  MessageService& messages() { return messages_; }
  SessionService& sessions() { return sessions_; }

  std::unique_ptr<EventFeed> OpenFeed(EventFeed::Deliver deliver, int credits = kUnlimitedCredits,
                                      std::vector<EventFilter> filters = {EventFilter()});

  // What is saved and folded; see SearchQuery and Storage::Search. kClosed.
  Result<SearchPage> Search(SearchQuery query) const;
  // Makes `into` a SQLite file of everything accepted before the call, whatever streams go on;
  // `done` has its size. On a full disk it holds what is saved. The storage's error, or that of
  // `into`; kClosed.
  void Export(std::shared_ptr<BlockFile> into, DoneExport done);
  // Adds the content of another database (see OpenImportSource) in one durable commit; ids that are
  // there are skipped and not counted. Subscribers hear one Lagged without ids: read again.
  // OpenImportSource's errors, the storage's, kClosed; on any of them nothing has changed.
  void Import(std::shared_ptr<BlockFile> file, DoneImport done);

  const std::vector<RecoveredMessage>& recovered() const { return recovered_; }
  StoreStats stats() const;

  // REQUIRES: `now` in milliseconds since the epoch; an earlier one than before counts as before.
  void AdvanceTo(TimeMs now);
  // When AdvanceTo is due at the latest; kNever when nothing waits.
  TimeMs NextDeadline() const;

  // Drains until `deadline`, then closes the storage, whatever was drained; `done` has the first
  // error (kTimeout: something was not saved). Changes fail with kClosed from this call on,
  // everything else once it is done.
  void Close(TimeMs deadline, Done done);

 private:
  Store(std::unique_ptr<Storage> storage, const StoreOptions& options, TimeMs now,
        std::int64_t last_seq);
  void Recover(Done done);

  std::unique_ptr<Storage> storage_;
  EventBroker broker_;
  std::unique_ptr<CommitCycle> cycle_;
  MessageService messages_;
  SessionService sessions_;
  std::vector<RecoveredMessage> recovered_;
};

}  // namespace millrace
