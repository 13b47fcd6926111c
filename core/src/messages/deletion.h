#pragma once

#include <cstdint>
#include <set>

#include "millrace/base/ids.h"
#include "millrace/messages/completion.h"
#include "millrace/model/message.h"

namespace millrace {

class CommitCycle;

// What one delete removes: the messages that existed at the call, not those created later.
struct Deletion {
  enum class Scope { kMessage, kBranch, kAllOfSession, kSession };
  Scope scope = Scope::kMessage;
  SessionId session_id;        // for kAllOfSession and kSession
  MessageId message_id;        // for kMessage and kBranch
  std::set<MessageId> branch;  // for kBranch: the message and all that follow it
  std::int64_t up_to_seq = 0;  // set by SubmitDeletion

  bool Covers(const Message& message) const {
    if (message.seq > up_to_seq) return false;
    if (scope == Scope::kMessage) return message.id == message_id;
    if (scope == Scope::kBranch) return branch.contains(message.id);
    return message.session_id == session_id;
  }
};

// One turn. Deletes durably, then calls `done` (C7). From this call on, no reader and no writer
// finds the messages. A write in flight ends, but nobody hears of it. The commit of the delete
// brings exactly one `deleted`. If it fails, the messages are there again with everything that was
// accepted. Deleting what does not exist is OK. kClosed.
void SubmitDeletion(CommitCycle& cycle, Deletion deletion, Done done);

}  // namespace millrace
