#pragma once

#include <vector>

#include "messages/commit_cycle.h"
#include "millrace/base/ids.h"
#include "millrace/messages/completion.h"

namespace millrace {

// What one delete takes away.
struct Deletion {
  enum class Scope { kMessages, kAllOfSession, kSession };
  Scope scope = Scope::kMessages;
  SessionId session_id;
  std::vector<MessageId> ids;  // with kMessages
};

// Deletes durably, then calls `done` (C7): from this call on the messages are gone for every
// reader and writer; a write in flight ends, but is not heard of; the commit of the delete brings
// exactly one `deleted`. When it fails, the messages are there again, with all that was accepted.
void SubmitDeletion(CommitCycle& cycle, Deletion deletion, Done done);

}  // namespace millrace
