#pragma once

#include <cstdint>

#include "millrace/base/ids.h"
#include "millrace/messages/completion.h"
#include "millrace/model/message.h"

namespace millrace {

class CommitCycle;

// What one delete removes: the messages that existed at the call, not those created later.
struct Deletion {
  enum class Scope { kMessage, kAllOfSession, kSession };
  Scope scope = Scope::kMessage;
  SessionId session_id;        // not for kMessage
  MessageId message_id;        // for kMessage
  std::int64_t up_to_seq = 0;  // set by SubmitDeletion

  bool Covers(const Message& message) const {
    if (scope == Scope::kMessage && message.id != message_id) return false;
    if (scope != Scope::kMessage && message.session_id != session_id) return false;
    return message.seq <= up_to_seq;
  }
};

// One turn. Deletes durably, then calls `done` (C7). From this call on, no reader and no writer
// finds the messages. A write in flight ends, but nobody hears of it. The commit of the delete
// brings exactly one `deleted`. If it fails, the messages are there again with everything that was
// accepted. Deleting what does not exist is OK. kClosed.
void SubmitDeletion(CommitCycle& cycle, Deletion deletion, Done done);

}  // namespace millrace
