#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "millrace/base/ids.h"
#include "millrace/base/status.h"
#include "millrace/base/time.h"
#include "millrace/model/message.h"
#include "millrace/model/patch.h"
#include "millrace/model/session.h"
#include "millrace/storage/blobs.h"
#include "millrace/storage/import_source.h"
#include "millrace/storage/receipt.h"
#include "millrace/storage/storage_reads.h"

namespace millrace {

// What a commit must survive before it is acknowledged (contract S3).
enum class Durability {
  kProcess,  // the death of the tab or the process
  kPower,    // power loss: synced
};

// What a commit is made with.
struct CommitTerms {
  Durability durability = Durability::kProcess;
  // The time of the changes. 0: not known; their order is kept all the same.
  TimeMs now = 0;
};

// ---- operations of a batch, applied in order, all in one transaction

// Inserts the message, or rewrites its whole row (the fold). From then on its rows in the delta log
// no longer count. An inserted message becomes the head of its session (D1).
struct PutMessage {
  std::shared_ptr<const Message> message;
};
// Writes the metadata, the usage and the version of a message without rows in the delta log. Its
// parts are not written again.
struct PutNotes {
  std::shared_ptr<const Message> message;
};
// Notes who writes an unfinished message, in place of an earlier writer. The storage knows which
// copy of the store this is, and forgets the writer when the message is finished or deleted.
struct PutWriter {
  std::int64_t seq = 0;  // the seq of the message
  std::string tab;       // the client; "": it has no name
};
// Appends one row to the delta log of an unfinished message.
struct AppendDelta {
  std::int64_t seq = 0;  // the seq of the message
  std::shared_ptr<const Patch> patch;
};
// Its children become those of its parent. With `branch`, all that follow it are deleted too.
struct DeleteMessage {
  MessageId id;
  bool branch = false;
};
// Shows the path through this message, down to where it was last shown below it.
struct SwitchTo {
  SessionId session_id;
  MessageId message_id;
};
struct DeleteSessionMessages {
  SessionId session_id;
};
struct PutSession {
  Session session;
};
// Also deletes its messages.
struct DeleteSession {
  SessionId id;
};

// Adds what the source has and the store does not have, by id. Leaves out messages without a
// session. The messages get seqs from `first_seq` on, at most as many as the source counts.
struct ImportContent {
  std::shared_ptr<ImportSource> source;
  std::int64_t first_seq = 0;
  std::shared_ptr<ImportCounts> added;  // set by the commit
};

// In place of an earlier one of the same client and name.
struct PutReceipt {
  Receipt receipt;
};
// All of a client's.
struct DeleteReceipts {
  std::string client;
};

using StorageOp = std::variant<PutMessage, PutNotes, PutWriter, AppendDelta, DeleteMessage,
                               SwitchTo, DeleteSessionMessages, PutSession, DeleteSession,
                               ImportContent, PutReceipt, DeleteReceipts, PutBlob, CollectBlobs>;
using StorageBatch = std::vector<StorageOp>;

struct CommitOutcome {
  Status status;
  // How long the commit kept the storage busy, as the host measured it; 0 if unknown.
  DurationMs took_ms = 0;
};

// Keeps messages and sessions. One writer; confined to one thread.
//
// Ordering: commits are applied in the order of the calls. `done` is called in that order, during
// the call (OPFS) or later (IndexedDB). A failed commit changed nothing.
// Ownership: the storage owns a batch from the call on.
class Storage {
 public:
  using CommitDone = std::function<void(CommitOutcome)>;

  virtual ~Storage() = default;

  // An empty batch with kPower makes everything committed before survive power loss.
  // kQuotaExceeded, kIo, kCorrupt.
  virtual void Commit(StorageBatch batch, CommitTerms terms, CommitDone done) = 0;
  // Reads what is committed: every commit whose `done` was called with OK. The reference is valid
  // until the next commit begins or ends; ask again after that.
  virtual StorageReads& committed() = 0;

  // Bytes written to the files since opening.
  virtual std::int64_t bytes_written() const = 0;
  // Checkpoints and closes the files. No call may follow.
  virtual Status Close() = 0;
};

}  // namespace millrace
