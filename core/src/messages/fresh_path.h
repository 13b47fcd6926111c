#pragma once

#include <vector>

#include "millrace/base/ids.h"
#include "millrace/base/status.h"
#include "millrace/model/message.h"
#include "millrace/storage/storage_reads.h"

namespace millrace {

class CommitCycle;

// The tree as it was accepted (C11): what is stored, with the live messages in their place, those
// that are being created at their end, and without those that are being deleted.

// The head of the session: of what is being created the newest, else what is stored.
Result<MessageId> FreshHead(CommitCycle& cycle, const SessionId& session);
// See StorageReads::ReadPath.
Result<std::vector<Message>> FreshPath(CommitCycle& cycle, PathQuery query);
// See StorageReads::ReadBranches.
Result<std::vector<Branching>> FreshBranches(CommitCycle& cycle, const SessionId& session);
// See StorageReads::ReadBranch.
Result<std::vector<MessageId>> FreshBranch(CommitCycle& cycle, const MessageId& id);

}  // namespace millrace
