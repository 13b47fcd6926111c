#pragma once

#include <vector>

#include "millrace/base/ids.h"
#include "millrace/messages/completion.h"

namespace millrace {

class MessageService;

// How a run (one agent turn) left its scope.
enum class RunExit { kReturned, kThrew, kAborted };

// The messages one run made (C14). However it ends, they are flushed, and what is unfinished is
// finished: unknown after a return, error after a throw, canceled after an abort.
class RunScope {
 public:
  // `messages` outlives the scope.
  explicit RunScope(MessageService& messages) : messages_(messages) {}

  void Add(const MessageId& id) { ids_.push_back(id); }

  // Finishes and flushes; `done` has the first error, after every message was dealt with. Called
  // once.
  void End(RunExit how, Done done);

 private:
  MessageService& messages_;
  std::vector<MessageId> ids_;
};

}  // namespace millrace
