#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "millrace/base/ids.h"
#include "millrace/base/status.h"
#include "millrace/base/time.h"
#include "millrace/model/message.h"
#include "millrace/model/patch.h"
#include "millrace/model/session.h"
#include "millrace/storage/block_file.h"
#include "millrace/storage/import_source.h"
#include "millrace/storage/search.h"

namespace millrace {

// How much a commit has to survive before it is acknowledged (contract S3).
enum class Durability {
  kProcess,  // the tab or the process dying
  kPower,    // power loss: synced
};

// ---- operations of a batch: applied in order, all in one transaction

// Inserts the message, or rewrites its row whole (the fold). Its rows in the delta log are void
// from then on.
struct PutMessage {
  std::shared_ptr<const Message> message;
};
// Appends one row to the delta log of an unfinished message.
struct AppendDelta {
  std::int64_t seq = 0;  // of the message
  std::shared_ptr<const Patch> patch;
};
struct DeleteMessage {
  MessageId id;
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

// Adds what the source has and the store has not, by id; a message without a session is left out.
// The messages get the seqs from `first_seq` on, as many as the source counts.
struct ImportContent {
  std::shared_ptr<ImportSource> source;
  std::int64_t first_seq = 0;
  std::shared_ptr<ImportCounts> added;  // set by the commit
};

using StorageOp = std::variant<PutMessage, AppendDelta, DeleteMessage, DeleteSessionMessages,
                               PutSession, DeleteSession, ImportContent>;
using StorageBatch = std::vector<StorageOp>;

struct CommitOutcome {
  Status status;
  // How long the commit kept the storage busy, as the storage's host measured it; 0 if unknown.
  DurationMs took_ms = 0;
};

struct MessageQuery {
  enum class Order { kOldestFirst, kNewestFirst };
  std::optional<SessionId> session_id;  // unset: all sessions
  std::optional<Role> role;
  // Exclusive bounds in the order of creation, which is that of seq whatever a clock said; at most
  // one is set.
  std::optional<std::int64_t> before;
  std::optional<std::int64_t> after;
  // `limit` picks the ones nearest to the bound; without a bound, the newest ones.
  std::optional<std::size_t> limit;
  Order order = Order::kOldestFirst;  // of the result
};

struct SessionQuery {
  std::optional<SessionId> parent_id;
  std::optional<std::size_t> limit;
};

// Where messages and sessions are kept: one writer, confined to one thread.
//
// Ordering: commits are applied in the order of the calls; `done` is called in that order, during
// the call (OPFS) or later (IndexedDB). Reads show every commit whose `done` was called with OK,
// and are synchronous. A failed commit changed nothing.
// Ownership: a batch is owned by the storage from the call on; reads return values.
class Storage {
 public:
  using CommitDone = std::function<void(CommitOutcome)>;

  virtual ~Storage() = default;

  // An empty batch with kPower makes everything committed before survive power loss.
  // kQuotaExceeded, kIo, kCorrupt.
  virtual void Commit(StorageBatch batch, Durability durability, CommitDone done) = 0;

  // An unfinished message is its row plus its delta log.
  virtual Result<std::optional<Message>> ReadMessage(const MessageId& id) = 0;
  virtual Result<std::vector<Message>> ReadMessages(const MessageQuery& query) = 0;
  // Of all messages of a session, in the order of creation. Reads no message.
  virtual Result<std::vector<MessageId>> ReadMessageIds(const SessionId& session_id) = 0;
  // All unfinished messages, in one pass over the delta log; after a crash, what it left.
  virtual Result<std::vector<Message>> ReadUnfinished() = 0;
  virtual Result<std::optional<Session>> ReadSession(const SessionId& id) = 0;
  // Most recently updated first.
  virtual Result<std::vector<Session>> ReadSessions(const SessionQuery& query) = 0;
  // The highest seq ever given to a message, deleted ones included; 0 in a new store.
  virtual Result<std::int64_t> LastSeq() = 0;

  // Messages whose row has all words of the query, the newest first: text of an unfinished message
  // is found once it is folded. What is typed is never an error.
  virtual Result<SearchPage> Search(const SearchQuery& query) = 0;
  // Makes `into` a SQLite file of everything committed, which stands alone. Returns its size.
  virtual Result<std::uint64_t> Export(const std::shared_ptr<BlockFile>& into) = 0;

  // Bytes handed to the files since opening.
  virtual std::int64_t bytes_written() const = 0;
  // Checkpoints and closes the files. No call may follow.
  virtual Status Close() = 0;
};

}  // namespace millrace
