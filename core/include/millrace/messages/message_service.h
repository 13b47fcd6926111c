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
#include "millrace/storage/receipt.h"

namespace millrace {

class CommitCycle;
struct LiveMessage;

// What one writer does to one message in one call.
struct MessageWrite {
  std::vector<Mutation> mutations;
  // Who writes; "" for a writer that does not count. The versions of one writer follow each other
  // without a gap, whatever others write.
  std::string writer;
  // The version that the first mutation makes; each mutation makes one more. The writer counts on
  // from the message it was given (see Origin). 0 means uncounted: the next version, whatever it
  // is.
  std::int64_t version = 0;
  std::optional<Usage> usage;           // added to the message's session in the same commit
  std::optional<Receipt> receipt = {};  // of the call, saved with what it changes
};

// Who begins or continues a message.
struct Origin {
  // The writer that counts its mutations, starting from the message that the completion hands over.
  // "" for a writer that does not count.
  std::string writer;
  // The run that the message belongs to. The run finishes the message when the run ends.
  RunId run = kNoRun;
};

// What a stream needs before its first byte is read.
struct ReplyStart {
  SessionId session_id;
  MessageId id;
  // True: continue the message if it exists. False: the id must be new.
  bool resume = false;
  // For a new message only.
  std::string model;
  std::string provider;
  // REQUIRES: a writer that nobody else uses.
  Origin origin;
};

struct ReadOptions {
  bool committed = false;  // read only what is on disk
};

struct ListOptions {
  std::optional<std::size_t> limit;  // at most so many: the newest, or those nearest to the bound
  std::optional<MessageId> before;   // exclusive; set at most one of `before` and `after`
  std::optional<MessageId> after;
  bool committed = false;
};

// Messages: the public face of the coalescing state machine (see the picture in core/README.md).
//
// Turn rule: confined to one thread. Every public call is one turn. Completions and events leave at
// the end of the turn that made them due, and may call back in.
// Ordering: commits and events of one message are never reordered (C6).
// Ownership: everything returned or delivered is a value or shared as const (C15).
class MessageService {
 public:
  // `cycle` must outlive the service.
  explicit MessageService(CommitCycle& cycle) : cycle_(cycle) {}
  MessageService(const MessageService&) = delete;
  MessageService& operator=(const MessageService&) = delete;

  // When `done` has the created message, the message survives power loss and its event is
  // delivered. The caller gives id, session and role, and anything else it likes; this call sets
  // times, seq and version. A message with another role than assistant, or with a finish part, is
  // finished from the start. kNotFound: no such session. kInvalidArgument: the id is empty or
  // taken. kClosed: its run is over.
  void Create(Message init, DoneMessage done, const Origin& origin = {});

  // Opens a message in order to continue it. `resume` removes the finish part of an interrupted,
  // canceled or failed message, durably. `writer` counts from the message handed over. kNotFound;
  // kFinished.
  void Open(const MessageId& id, bool resume, DoneMessage done, const std::string& writer = {});

  // Creates the message of a reply, or continues it if `resume` is set. This is one step: whatever
  // else happens (a run ends, another stream begins) finds it either done or not begun. The message
  // belongs to the writer's stream until somebody finishes it; after that, this writer writes no
  // more. `done` has the message once it survives power loss. Fails like Create or, when resuming,
  // like Open. kInvalidArgument: the message is in another session. kInUse: another stream writes
  // into it. kFinished: it was finished while it was being saved.
  void BeginReply(ReplyStart start, DoneMessage done);

  // For a caller that has kept on writing while the store was closed and opened: its writer goes on
  // where its receipt says, `run` finishes the message when it ends, and with `stream` the message
  // belongs to the writer's stream again. kNotFound: no such message, or the writer has no receipt;
  // kInUse: another stream writes into it. A finished message is no error.
  Result<Message> Adopt(const MessageId& id, const Origin& origin, bool stream);

  // Begins a run. A message belongs to the run from the call that begins the message in it (C14).
  // kNotFound: no such session; kClosed.
  Result<RunId> BeginRun(const SessionId& session_id);
  // Finishes every message that the run left unfinished: as unknown after a return, as error after
  // a throw, as canceled after an abort. Then flushes all messages of the run. `done` is called
  // after every message was dealt with, and has the first error. kNotFound: no such run, or it has
  // ended already.
  void EndRun(RunId run, RunExit how, Done done);

  // Applies the mutations in order and returns the accepted version. `done` is called once all
  // promises hold: for deltas at the end of this turn; for terminal updates when they survive power
  // loss and are in every mailbox. On an error, the mutations before the wrong one stay accepted
  // and `done` is not called. Versions that this writer has written before are skipped. kNotFound,
  // kFinished, kInvalidArgument: see Apply. kFinished also for a stream whose reply is over.
  // kStale: a gap in the writer's versions, or a counted writer that is unknown here.
  Result<std::int64_t> Write(const MessageId& id, MessageWrite write, Done done = {});

  // The classic update with a whole snapshot. `done` has the state that the update made: once it is
  // accepted or, for a terminal change, once it is durable and delivered. An identical snapshot
  // writes nothing. kStale: somebody has changed the message since snapshot.version, and the
  // snapshot would drop some of that. A snapshot that only adds to the message is accepted.
  // kFinished: the snapshot would un-finish the message. kNotFound.
  void Update(Message snapshot, DoneMessage done);

  // The deletion is durable and delivered when `done` is called. Deleting a missing message is OK.
  void Delete(const MessageId& id, Done done);
  void DeleteAll(const SessionId& session_id, Done done);

  // The newest accepted state, including what is not saved yet. Never causes a write (C11).
  Result<std::optional<Message>> Get(const MessageId& id, ReadOptions options = {}) const;
  // In the order of creation. kInvalidArgument: both bounds are set. kNotFound: a bound is no
  // message.
  Result<std::vector<Message>> List(const SessionId& session_id, ListOptions options = {}) const;
  // Messages with the role user, newest first.
  Result<std::vector<Message>> ListUser(std::optional<SessionId> session_id,
                                        std::optional<std::size_t> limit) const;
  Result<std::optional<Message>> LastAssistant(const SessionId& session_id) const;

  // OK once everything accepted before the call survives power loss (C3). Otherwise the storage's
  // error if the write failed, or kTimeout at `deadline` (the write goes on). kNotFound.
  void Flush(const MessageId& id, TimeMs deadline, Done done);
  void FlushAll(TimeMs deadline, Done done);
  // OK once everything accepted of the message so far would survive the death of the process. It
  // hastens nothing, and failed commits do not end the wait. Also when the message is gone.
  void WhenSaved(const MessageId& id, Done done);

 private:
  // `for_stream`: the stream of origin.writer owns the message.
  void CreateMessage(Message init, const Origin& origin, bool for_stream, DoneMessage done);
  Status ClaimForReply(LiveMessage& live, const ReplyStart& start);
  // A call that began a writer is made again, and was done: `done` has the message as it is now.
  bool BegunBefore(const MessageId& id, const Origin& origin, bool stream, const DoneMessage& done);
  // The writer counts from the message as it is now. `client`: for whom a receipt of that is kept;
  // "": for nobody. `done` has that message once the receipt is saved.
  void BeginCount(LiveMessage& live, const std::string& writer, const std::string& client,
                  DoneMessage done);
  // Of a writer that is not known here, and whose client has a receipt.
  Status RestoreCount(LiveMessage& live, const std::string& writer) const;
  Result<Receipt> ReceiptOf(const std::string& writer, const LiveMessage& live) const;
  void ReplyBegun(const MessageId& id, const std::string& writer, const std::string& client,
                  const Status& saved, const DoneMessage& done);
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
