#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "millrace/base/ids.h"
#include "millrace/base/status.h"
#include "millrace/model/message.h"
#include "millrace/model/session.h"
#include "millrace/storage/blobs.h"
#include "millrace/storage/block_file.h"
#include "millrace/storage/receipt.h"
#include "millrace/storage/search.h"

namespace millrace {

struct MessageQuery {
  enum class Order { kOldestFirst, kNewestFirst };
  std::optional<SessionId> session_id;  // unset: all sessions
  std::optional<Role> role;
  // Exclusive bounds in the order of creation. That is the order of seq, whatever the clock said.
  // At most one is set.
  std::optional<std::int64_t> before;
  std::optional<std::int64_t> after;
  // At most so many: those nearest to the bound or, without a bound, the newest.
  std::optional<std::size_t> limit;
  Order order = Order::kOldestFirst;  // of the result
};

// A part of the path to a message, each message after its parent.
struct PathQuery {
  SessionId session_id;
  std::optional<MessageId> head;   // the last message of the path; unset: the session's head
  std::optional<MessageId> after;  // exclusive: only what follows this message
  // At most so many: those nearest to `after` or, without it, the last ones.
  std::optional<std::size_t> limit;
};

// A message and the messages that follow it, in the order of creation.
struct Branching {
  MessageId parent;  // empty: the beginning of the session
  std::vector<MessageId> children;
  friend bool operator==(const Branching&, const Branching&) = default;
};

struct SessionQuery {
  std::optional<SessionId> parent_id;
  std::optional<SessionId> before;  // exclusive: only what comes after this session in the list
  std::optional<bool> archived;     // unset: all
  std::string title;                // as in SearchQuery::text: all its words; "": all
  std::optional<std::size_t> limit;
};

// The reading half of a storage. It shows every commit that ended well and nothing else. Every read
// is synchronous and returns values.
class StorageReads {
 public:
  virtual ~StorageReads() = default;

  // An unfinished message is read from its row and its delta log.
  virtual Result<std::optional<Message>> ReadMessage(const MessageId& id) = 0;
  // Without reading its parts. nullopt: no such message.
  virtual Result<std::optional<SessionId>> SessionOf(const MessageId& id) = 0;
  virtual Result<std::vector<Message>> ReadMessages(const MessageQuery& query) = 0;
  // kNotFound: no such head in this session, or `after` is not on the path.
  virtual Result<std::vector<Message>> ReadPath(const PathQuery& query) = 0;
  // The messages that several messages follow, in the order of creation. `of`: only this one, with
  // any number of children.
  virtual Result<std::vector<Branching>> ReadBranches(
      const SessionId& session_id, const std::optional<MessageId>& of = std::nullopt) = 0;
  // The message and all that follow it, in the order of creation. Nothing for a missing message.
  virtual Result<std::vector<MessageId>> ReadBranch(const MessageId& id) = 0;
  // The ids of all messages of a session, in the order of creation. Reads no message.
  virtual Result<std::vector<MessageId>> ReadMessageIds(const SessionId& session_id) = 0;
  // All unfinished messages, in one pass over the delta log. After a crash these are the messages
  // that it left unfinished.
  virtual Result<std::vector<Message>> ReadUnfinished() = 0;
  virtual Result<std::optional<Session>> ReadSession(const SessionId& id) = 0;
  // Most recently updated first. kNotFound: `before` is no session.
  virtual Result<std::vector<Session>> ReadSessions(const SessionQuery& query) = 0;
  virtual Result<std::optional<Receipt>> ReadReceipt(const std::string& client,
                                                     const std::string& name) = 0;
  // Of all clients.
  virtual Result<std::vector<Receipt>> ReadReceipts() = 0;
  virtual Result<std::optional<BlobInfo>> ReadBlob(const std::string& id) = 0;
  virtual Result<BlobUsage> ReadBlobUsage() = 0;
  // The highest seq ever given to a message, including deleted ones; 0 in a new store.
  virtual Result<std::int64_t> LastSeq() = 0;

  // Messages whose row has all words of the query, newest first. The text of an unfinished message
  // is found only after a fold. No query text is an error.
  virtual Result<SearchPage> Search(const SearchQuery& query) = 0;
  // Makes `into` a complete SQLite file of everything committed. Returns its size.
  virtual Result<std::uint64_t> Export(const std::shared_ptr<BlockFile>& into) = 0;
};

}  // namespace millrace
