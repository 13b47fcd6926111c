#pragma once

#include <cstdint>

#include "millrace/base/ids.h"
#include "millrace/messages/completion.h"
#include "millrace/model/message.h"

namespace millrace {

class CommitCycle;

// What one delete takes away: what there was when it was asked for, not what is created later.
struct Deletion {
  enum class Scope { kMessage, kAllOfSession, kSession };
  Scope scope = Scope::kMessage;
  SessionId session_id;        // unless kMessage
  MessageId message_id;        // with kMessage
  std::int64_t up_to_seq = 0;  // set by SubmitDeletion

  bool Covers(const Message& message) const {
    if (scope == Scope::kMessage && message.id != message_id) return false;
    if (scope != Scope::kMessage && message.session_id != session_id) return false;
    return message.seq <= up_to_seq;
  }
};

// One turn: deletes durably, then calls `done` (C7): from this call on the messages are gone for
// every reader and writer; a write in flight ends, but is not heard of; the commit of the delete
// brings exactly one `deleted`. When it fails, the messages are there again, with all that was
// accepted. Deleting what is not there is OK. kClosed.
void SubmitDeletion(CommitCycle& cycle, Deletion deletion, Done done);

}  // namespace millrace
