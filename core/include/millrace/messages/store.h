#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "millrace/base/ids.h"
#include "millrace/base/status.h"
#include "millrace/base/time.h"
#include "millrace/messages/blob_service.h"
#include "millrace/messages/caller.h"
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
  // The coalescing window in milliseconds. 33 is two frames at 60 Hz: a reader sees no difference
  // in anything faster. With 0 or less, every update is saved and notified by itself (C12). Updates
  // that wait for the storage are then each saved in a transaction of their own, and acknowledged
  // together.
  DurationMs window_ms = 33;
  // An unfinished message that is not written for so long is folded and leaves memory (C9).
  DurationMs idle_ms = 60'000;
  BrokerOptions broker;
  // The client that has the store open, and ends with it: no receipts are kept for it. "": whoever
  // names no client.
  std::string home;
};

struct StoreStats {
  std::int64_t updates = 0;  // mutations accepted
  std::int64_t commits = 0;  // transactions committed
  std::int64_t bytes_written = 0;
  std::int64_t pending = 0;  // messages with an accepted change that is not on disk
  std::int64_t live_messages = 0;
  BrokerCounters broker;
};

// A message that a crash left unfinished. Opening the store finished it as interrupted.
struct RecoveredMessage {
  MessageId id;
  SessionId session_id;
};

// The whole core behind one object: storage, coalescing, events.
//
// The host drives it: it calls AdvanceTo(now) before each call and when NextDeadline() comes. The
// store has no timer and no thread. With the same inputs it does the same things.
// Ownership: owns the storage. Confined to one thread. Feeds must end before the store.
class Store {
 public:
  using Opened = std::function<void(Result<std::unique_ptr<Store>>)>;
  using DoneExport = std::function<void(Result<std::uint64_t>)>;
  using DoneImport = std::function<void(Result<ImportCounts>)>;

  // Finishes messages that a crash left unfinished as interrupted, durably, then calls `opened`. A
  // full disk does not keep the store from opening: the finish is retried (C5).
  static void Open(std::unique_ptr<Storage> storage, const StoreOptions& options, TimeMs now,
                   Opened opened);
  ~Store();

  // Holds one turn open. All calls made while it exists share one commit and one batch, and every
  // completion is called when it ends. Reads of messages are fresh all the same; reads of sessions
  // show what is on disk.
  class HeldTurn {
   public:
    explicit HeldTurn(Store& store);
    ~HeldTurn();
    HeldTurn(const HeldTurn&) = delete;
    HeldTurn& operator=(const HeldTurn&) = delete;

   private:
    std::unique_ptr<Turn> turn_;
  };

  // While it stands, what is called is called on behalf of a client. To be used around the calls of
  // one turn; what they complete later belongs to the client all the same.
  class CallsOf {
   public:
    CallsOf(Store& store, Caller caller);
    ~CallsOf();
    CallsOf(const CallsOf&) = delete;
    CallsOf& operator=(const CallsOf&) = delete;

   private:
    Store& store_;
    Caller before_;
  };

  MessageService& messages() { return messages_; }
  SessionService& sessions() { return sessions_; }
  BlobService& blobs() { return blobs_; }

  std::unique_ptr<EventFeed> OpenFeed(EventFeed::Deliver deliver, int credits = kUnlimitedCredits,
                                      std::vector<EventFilter> filters = {EventFilter()});

  // Searches saved and folded messages; see SearchQuery and StorageReads::Search. kClosed.
  Result<SearchPage> Search(SearchQuery query) const;
  // Makes `into` a SQLite file of everything accepted before the call, even while streams go on.
  // `done` has its size. If the disk is full, the file holds what is saved. Fails with the error of
  // the storage or of `into`; kClosed.
  void Export(std::shared_ptr<BlockFile> into, DoneExport done);
  // Adds the content of another database (see OpenImportSource) in one durable commit. Ids that the
  // store already has are skipped and not counted. Subscribers hear one Lagged without ids, which
  // means: read again. Fails like OpenImportSource, with an error of the storage, or kClosed; on
  // any error nothing has changed.
  void Import(std::shared_ptr<BlockFile> file, DoneImport done);

  // ---- clients that outlive this opening of the store (M2)
  // Those that have receipts, when the store was opened. What they write is taken to go on: whoever
  // opens the store ends those of them that do not live.
  const std::vector<std::string>& clients() const { return clients_; }
  // The client is gone. What it has left unfinished is finished as interrupted, unless another
  // client writes it too, and its receipts go. `done`: that is durable.
  void EndClient(const std::string& client, Done done);
  // To be called before Close, when the store's own client is to go on: receipts are made for its
  // writers. `writers`: those that go on, also where they have written nothing for so long that
  // their message has left memory. A stream whose writer is not among them is finished as
  // interrupted. `done`: that is durable.
  struct Writer {
    MessageId message;
    std::string name;
  };
  void HandOver(const std::vector<Writer>& writers, Done done);

  // Since the store was opened, also of clients that have ended.
  const std::vector<RecoveredMessage>& recovered() const { return recovered_; }
  StoreStats stats() const;

  // `now` is in milliseconds since the epoch. A time before the last one counts as the last one.
  void AdvanceTo(TimeMs now);
  // The time at which AdvanceTo is due at the latest; kNever if nothing waits.
  TimeMs NextDeadline() const;

  // Saves what waits until `deadline`, then closes the storage, whether or not everything was
  // saved. `done` has the first error (kTimeout: something was not saved). From this call on,
  // changes fail with kClosed; once it is done, every call does.
  void Close(TimeMs deadline, Done done);

 private:
  Store(std::unique_ptr<Storage> storage, const StoreOptions& options, TimeMs now,
        std::int64_t last_seq);
  void Recover(Done done);
  void Interrupt(const MessageId& id, const SessionId& session_id);
  // As one durable commit.
  void SubmitReceipts(std::vector<Receipt> receipts, std::vector<DeleteReceipts> useless,
                      Done done);

  std::unique_ptr<Storage> storage_;
  EventBroker broker_;
  std::unique_ptr<CommitCycle> cycle_;
  MessageService messages_;
  SessionService sessions_;
  BlobService blobs_;
  std::vector<RecoveredMessage> recovered_;
  std::vector<std::string> clients_;
};

}  // namespace millrace
