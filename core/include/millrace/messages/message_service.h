#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "millrace/base/ids.h"
#include "millrace/base/status.h"
#include "millrace/base/time.h"
#include "millrace/messages/completion.h"
#include "millrace/messages/message_calls.h"
#include "millrace/model/apply.h"
#include "millrace/model/message.h"
#include "millrace/model/mutation.h"
#include "millrace/storage/storage_reads.h"

namespace millrace {

class CommitCycle;
struct LiveMessage;

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
  // delivered. It becomes the session's head. A message with another role than assistant, or with a
  // finish part, is finished from the start. kNotFound: no such session or parent.
  // kInvalidArgument: the id is empty or taken, the parent is of another session, bad metadata.
  // kClosed: its run is over.
  void Create(NewMessage init, DoneMessage done, const Origin& origin = {});
  // All or none of them, in one commit. Each follows the one before it unless it says otherwise,
  // and is finished, whatever its role (D6). `done` has them in the same order. Fails like Create.
  void CreateAll(std::vector<NewMessage> history, DoneMessages done);
  // A new session with copies of the path up to a message; the n-th copy has the id "<session>.n".
  // A copy of an unfinished message is interrupted. The session's sums begin at 0. Fails like
  // Create and SessionService::Create.
  void Fork(const MessageId& id, Session init, DoneSession done);

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
  // A merge patch of the message's metadata, also of a finished message (D3). It is saved with the
  // next window; then `done` has the message. kNotFound, kInvalidArgument.
  void SetMetadata(const MessageId& id, std::string patch, DoneMessage done);

  // The deletion is durable and delivered when `done` is called. Deleting a missing message is OK.
  // The children of the message become those of its parent; with `branch` all that follow it are
  // deleted too. If the head was deleted, what is shown next to it is the new one.
  void Delete(const MessageId& id, Done done, bool branch = false);
  void DeleteAll(const SessionId& session_id, Done done);

  // The newest accepted state, including what is not saved yet. Never causes a write (C11).
  Result<std::optional<Message>> Get(const MessageId& id, ReadOptions options = {}) const;
  // The path that is shown (D1), each message after its parent. `before`: those that lead to this
  // message, on whatever path it is. kInvalidArgument: both bounds are set. kNotFound: a bound or
  // the head is no message of the session, or `after` is not on the path.
  Result<std::vector<Message>> List(const SessionId& session_id,
                                    const ListOptions& options = {}) const;
  // The messages that several messages follow.
  Result<std::vector<Branching>> Branches(const SessionId& session_id) const;
  // Messages with the role user, newest first.
  Result<std::vector<Message>> ListUser(std::optional<SessionId> session_id,
                                        std::optional<std::size_t> limit) const;
  // The last message of the shown path with the role assistant.
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
  void CreateMessage(NewMessage init, const Origin& origin, bool for_stream, DoneMessage done);
  // Gives a new message what the store decides. kInvalidArgument.
  Status Prepare(Message& message) const;
  // The message that a list begins or ends at. kNotFound.
  Result<Message> Bound(const SessionId& session_id, const MessageId& id, bool committed) const;
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
  // kInvalidArgument: the mutation names a blob that is not there.
  Status CheckNames(const LiveMessage& live, const Mutation& mutation) const;
  Result<Effect> ApplyOne(LiveMessage& live, Mutation&& mutation, bool with_last = false);
  static void CountUnchanged(LiveMessage& live);

  CommitCycle& cycle_;
  std::map<RunId, std::vector<MessageId>> runs_;
  RunId last_run_ = kNoRun;
};

}  // namespace millrace
