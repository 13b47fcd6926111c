#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "millrace/base/ids.h"
#include "millrace/base/status.h"
#include "millrace/base/time.h"
#include "millrace/messages/completion.h"
#include "millrace/messages/run.h"
#include "millrace/model/message.h"
#include "millrace/model/mutation.h"
#include "millrace/model/usage.h"

namespace millrace {

class CommitCycle;
struct LiveMessage;

// What one writer does to one message in one call.
struct MessageWrite {
  std::vector<Mutation> mutations;
  // Who writes; "": nobody who counts. One writer's versions follow each other without a gap,
  // whatever others write.
  std::string writer;
  // The version the first mutation makes, as the writer counts them from what it was given (see
  // Origin); each mutation makes one more. 0: uncounted, the next one whatever it is.
  std::int64_t version = 0;
  std::optional<Usage> usage;  // added to the session of the message, in the same commit
};

// On whose behalf a message is begun or gone on with.
struct Origin {
  // Counts its mutations from the message that the completion hands over. "": nobody who counts.
  std::string writer;
  // The run that finishes the message when it ends.
  RunId run = kNoRun;
};

// What a stream needs before its first byte is read.
struct ReplyStart {
  SessionId session_id;
  MessageId id;
  // Goes on with the message if there is one; else the id must be new.
  bool resume = false;
  // Of a new message.
  std::string model;
  std::string provider;
  // REQUIRES: a writer of its own.
  Origin origin;
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
  // kNotFound: no such session. kInvalidArgument: the id is empty or taken. kClosed: its run is
  // over.
  void Create(Message init, DoneMessage done, const Origin& origin = {});

  // For going on with a message. `resume` takes the finish part of an interrupted, canceled or
  // failed one off, durably. `writer` counts from the message handed over. kNotFound; kFinished.
  void Open(const MessageId& id, bool resume, DoneMessage done, const std::string& writer = {});

  // Creates the message of a reply or, to resume, goes on with it. It is one step: whatever happens
  // meanwhile (a run ends, another stream begins) finds it done or not begun. The message belongs
  // to the writer's stream until somebody finishes it; after that this writer writes no more.
  // `done` has the message once it survives power loss. Create's errors, Open's when resuming;
  // kInvalidArgument: the message is in another session; kInUse: another stream writes into it;
  // kFinished: it was finished while it was being saved.
  void BeginReply(ReplyStart start, DoneMessage done);

  // A run names the messages that were begun in it (C14), from the call that begins them on.
  // kNotFound: no such session; kClosed.
  Result<RunId> BeginRun(const SessionId& session_id);
  // Finishes what the run left unfinished: unknown after a return, error after a throw, canceled
  // after an abort; and flushes all of it. `done` has the first error, after every message was
  // dealt with. kNotFound: no such run, or it has ended already.
  void EndRun(RunId run, RunExit how, Done done);

  // Applies the mutations in order; returns the version accepted. `done` is called once all that
  // was promised holds: at the end of this turn for deltas; for terminal ones when durable (power
  // loss) and in every mailbox. On an error the mutations before the wrong one stay accepted and
  // `done` is not called. Versions that this writer has written before are skipped.
  // kNotFound, kFinished, kInvalidArgument: see Apply; kFinished also for a stream whose reply is
  // over. kStale: a gap in the writer's versions, or a counted writer that nobody knows here.
  Result<std::int64_t> Write(const MessageId& id, MessageWrite write, Done done = {});

  // The classic whole-snapshot update. Completes with the state it made: when accepted, or for a
  // terminal change when durable and delivered. An identical snapshot writes nothing.
  // kStale: the message has changed since snapshot.version, whoever did that, and the snapshot
  // would drop some of it; one that only adds to what is there is fine. kFinished: it would
  // un-finish the message. kNotFound.
  void Update(Message snapshot, DoneMessage done);

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
  // `for_stream`: the message is claimed for the stream of the origin's writer.
  void CreateMessage(Message init, const Origin& origin, bool for_stream, DoneMessage done);
  Status ClaimForReply(LiveMessage& live, const ReplyStart& start);
  Result<Message> ReplyBegun(const MessageId& id, const std::string& writer, const Status& saved);
  Status CheckRun(RunId run) const;
  void AddToRun(RunId run, const MessageId& id);
  void RemoveFromRun(RunId run, const MessageId& id);
  Result<bool> ApplyAll(LiveMessage& live, MessageWrite write);
  static void CountUnchanged(LiveMessage& live);

  CommitCycle& cycle_;
  std::unordered_map<RunId, std::vector<MessageId>> runs_;
  RunId last_run_ = kNoRun;
};

}  // namespace millrace
