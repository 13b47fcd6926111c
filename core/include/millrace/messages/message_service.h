#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "millrace/base/ids.h"
#include "millrace/base/status.h"
#include "millrace/base/time.h"
#include "millrace/messages/completion.h"
#include "millrace/model/message.h"
#include "millrace/model/mutation.h"

namespace millrace {

class CommitCycle;
struct LiveMessage;

// Token counts that a write adds to its message's session, in the same commit.
struct Usage {
  std::int64_t input_tokens = 0;
  std::int64_t output_tokens = 0;
};

// The most tokens that are counted: exact in a JavaScript number. A sum stays there.
inline constexpr std::int64_t kMostTokens = (std::int64_t{1} << 53) - 1;

// REQUIRES: neither is negative, and `total` is at most kMostTokens.
constexpr void AddTokens(std::int64_t& total, std::int64_t more) {
  total = more > kMostTokens - total ? kMostTokens : total + more;
}

// What one writer does to one message in one call.
struct MessageWrite {
  std::vector<Mutation> mutations;
  // Who writes. One writer's versions follow each other without a gap, whatever others write.
  std::string writer;
  // The version the first mutation makes, as the writer counts them; each mutation makes one more.
  // 0: uncounted, the next one whatever it is.
  std::int64_t version = 0;
  std::optional<Usage> usage;
};

struct ReadOptions {
  bool committed = false;  // only what is on disk
};

struct ListOptions {
  std::optional<std::size_t> limit;  // the newest so many, or those nearest to the bound
  std::optional<MessageId> before;   // exclusive; at most one of the two
  std::optional<MessageId> after;
  bool committed = false;
};

// Messages: the public face of the coalescing state machine (pictured in core/README.md).
//
// Turn rule: confined to one thread; every public call is one turn. Completions and events leave
// at the end of the turn that made them due, and may call back in.
// Ordering: per message, commits and events never reorder (C6).
// Ownership: everything returned or delivered is a value or shared as const (C15).
class MessageService {
 public:
  // `cycle` outlives the service.
  explicit MessageService(CommitCycle& cycle) : cycle_(cycle) {}
  MessageService(const MessageService&) = delete;
  MessageService& operator=(const MessageService&) = delete;

  // Durable (power loss) and delivered when `done` has the message as created. The caller gives id,
  // session, role and what else it likes; times, seq and version are set here. Role other than
  // assistant, or a finish part, makes it finished from the start.
  // kNotFound: no such session. kInvalidArgument: the id is empty or taken.
  void Create(Message init, DoneMessage done);

  // For going on with a message. `resume` takes the finish part of an interrupted, canceled or
  // failed one off, durably. kNotFound; kFinished.
  void Open(const MessageId& id, bool resume, DoneMessage done);

  // Applies the mutations in order; returns the version accepted. `done` is called once all that
  // was promised holds: at the end of this turn for deltas; for terminal ones when durable (power
  // loss) and in every mailbox. On an error the mutations before the wrong one stay accepted and
  // `done` is not called. Versions that this writer has written before are skipped.
  // kNotFound, kFinished, kInvalidArgument: see Apply. kStale: a gap in the writer's versions, or
  // a counted writer that is new here and behind the message.
  Result<std::int64_t> Write(const MessageId& id, MessageWrite write, Done done = {});

  // The classic whole-snapshot update. Completes with the state it made: when accepted, or for a
  // terminal change when durable and delivered. An identical snapshot writes nothing.
  // kStale: another writer has changed the message since snapshot.version. kFinished: it would
  // un-finish the message. kNotFound.
  void Update(Message snapshot, std::string writer, DoneMessage done);

  // Durable and delivered when `done` is called. Deleting what is not there is OK.
  void Delete(const MessageId& id, Done done);
  void DeleteAll(const SessionId& session_id, Done done);

  // Newest accepted state, pending included, without a write (C11).
  Result<std::optional<Message>> Get(const MessageId& id, ReadOptions options = {}) const;
  // In the order of creation. kInvalidArgument: both bounds; kNotFound: a bound that is no message.
  Result<std::vector<Message>> List(const SessionId& session_id, ListOptions options = {}) const;
  // Messages of role user, newest first.
  Result<std::vector<Message>> ListUser(std::optional<SessionId> session_id,
                                        std::optional<std::size_t> limit) const;
  Result<std::optional<Message>> LastAssistant(const SessionId& session_id) const;

  // OK once everything accepted before the call survives power loss (C3); the storage's error when
  // the write failed; kTimeout at `deadline`, the write goes on. kNotFound.
  void Flush(const MessageId& id, TimeMs deadline, Done done);
  void FlushAll(TimeMs deadline, Done done);

 private:
  Result<bool> ApplyAll(LiveMessage& live, MessageWrite write);
  static void CountUnchanged(LiveMessage& live);

  CommitCycle& cycle_;
};

}  // namespace millrace
