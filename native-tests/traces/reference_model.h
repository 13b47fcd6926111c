#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "millrace/messages/message_service.h"
#include "millrace/model/message.h"
#include "millrace/model/mutation.h"

namespace millrace {

// What the contracts say the store holds: every update changes the message at once, in memory, and
// nothing is in between. Apply() is the meaning of a mutation and has tests of its own.

// What is remembered of who wrote what.
struct WriterMemory {
  std::map<std::string, std::int64_t> next;  // the version that a writer's next mutation makes
  std::int64_t first = 1;                    // a writer that is unknown can go on from here only
};

struct ModelMessage {
  enum class State { kCreating, kThere, kGone, kNeverWas };

  State state = State::kCreating;
  Message now;
  std::map<std::int64_t, Message> history;  // by version
  std::int64_t changed = 0;                 // the last version that changed something
  std::set<int> deletions;                  // calls under way that delete it
  // A clean message may leave memory at any time, and what is known of its writers with it. What
  // the store may answer lies between remembering all and having forgotten at the last chance.
  WriterMemory remembered;
  WriterMemory forgotten;
  TimeMs active_at = 0;

  bool visible() const {
    return (state == State::kThere || state == State::kCreating) && deletions.empty();
  }
};

// What a call must answer, and what it makes of the message.
struct Prediction {
  Status status;
  Message after;
  std::vector<Message> states;  // after each mutation that made a version
  std::int64_t changed = 0;
  std::int64_t made = 0;  // mutations that count for the writer
  bool terminal = false;  // its completion comes when saved and delivered
};

// Nothing when the answer hangs on whether the message has left memory.
std::optional<Prediction> PredictWrite(const ModelMessage& message, const MessageWrite& write,
                                       TimeMs now);
Prediction PredictUpdate(const ModelMessage& message, const Message& snapshot, TimeMs now);

// Makes the predicted change true.
void Accept(ModelMessage& message, const Prediction& prediction, const MessageWrite& write,
            TimeMs now);

// The writer was given the message as it is now.
void BeginCount(ModelMessage& message, const std::string& writer);

// It may have left memory here.
void MayForget(ModelMessage& message);

}  // namespace millrace
