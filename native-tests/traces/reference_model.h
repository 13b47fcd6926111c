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

// What the store holds according to the contracts: every update changes the message at once, in
// memory, with nothing in between. Apply() defines the meaning of a mutation and has its own tests.

// What is remembered of the writers.
struct WriterMemory {
  std::map<std::string, std::int64_t> next;  // writer -> the version that its next mutation makes
  std::int64_t first = 1;                    // an unknown writer can continue only from here
};

struct ModelMessage {
  enum class State { kCreating, kThere, kGone, kNeverWas };

  State state = State::kCreating;
  Message now;
  std::map<std::int64_t, Message> history;  // by version
  std::int64_t changed = 0;                 // the last version that changed something
  std::set<int> deletions;                  // calls under way that delete it
  // A clean message may leave memory at any time, and with it what is known of its writers. So the
  // store may answer as if it remembers everything, or as if it forgot at the last chance, or
  // anything in between.
  WriterMemory remembered;
  WriterMemory forgotten;
  TimeMs active_at = 0;

  bool visible() const {
    return (state == State::kThere || state == State::kCreating) && deletions.empty();
  }
};

// Whether both are the same but for their parents: a message that is being created follows what is
// the head when it is saved, and a delete moves it up. The path shows who follows whom.
bool Alike(const Message& a, const Message& b);

// What a call must answer, and how it changes the message.
struct Prediction {
  Status status;
  Message after;
  std::vector<Message> states;  // after each mutation that made a version
  std::int64_t changed = 0;
  std::int64_t made = 0;  // mutations that count for the writer
  bool terminal = false;  // its completion comes after it is saved and delivered
};

// nullopt if the answer depends on whether the message has left memory.
std::optional<Prediction> PredictWrite(const ModelMessage& message, const MessageWrite& write,
                                       TimeMs now);
Prediction PredictUpdate(const ModelMessage& message, const Message& snapshot, TimeMs now);

// Applies the predicted change to the model.
void Accept(ModelMessage& message, const Prediction& prediction, const MessageWrite& write,
            TimeMs now);

// The writer was given the message as it is now.
void BeginCount(ModelMessage& message, const std::string& writer);

// The message may have left memory here.
void MayForget(ModelMessage& message);

}  // namespace millrace
