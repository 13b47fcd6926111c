#pragma once

#include <cassert>
#include <functional>
#include <list>
#include <utility>

#include "millrace/base/thread.h"

namespace millrace {

// The turns of a store, and what is due at the end of a turn.
//
// Every public call of the services and every completion of the storage opens a Turn. When the
// outermost turn ends, everything due leaves: events and completions in the order in which they
// became due, then the next commit. So nobody sees a state that is half changed. And nobody hears
// of a commit before the end of the previous one was told.
class TurnQueue {
 public:
  // Starts the next commit; returns false if there is none to start. Called when nothing else is
  // due.
  using StartNext = std::function<bool()>;

  explicit TurnQueue(StartNext start_next) : start_next_(std::move(start_next)) {}
  TurnQueue(const TurnQueue&) = delete;
  TurnQueue& operator=(const TurnQueue&) = delete;

  // Runs `action` at the end of the turn, after everything that became due before it.
  void Defer(std::function<void()> action) { due_.push_back(std::move(action)); }
  // Nothing is due, and nothing is half changed.
  bool at_rest() const { return due_.empty() && !changing_; }

 private:
  friend class Turn;
  friend class Change;

  void RunDue() {
    do {
      while (!due_.empty()) {
        const std::function<void()> action = std::move(due_.front());
        due_.pop_front();
        action();
      }
    } while (start_next_());
  }

  const StartNext start_next_;
  const void* const thread_ = ThisThread();
  std::list<std::function<void()>> due_;
  int depth_ = 0;
  bool changing_ = false;
};

// One turn, for as long as the object exists. Turns nest; only the outermost one counts.
class Turn {
 public:
  explicit Turn(TurnQueue& turns) : turns_(turns) {
    assert(turns.thread_ == ThisThread() && "a store is confined to the thread that opened it");
    assert(!turns.changing_ && "a call from inside a change: from the storage, or a request");
    ++turns_.depth_;
  }
  ~Turn() {
    if (turns_.depth_ == 1) turns_.RunDue();
    --turns_.depth_;
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  TurnQueue& turns_;
};

// While it exists the state is half changed, and no public call may come.
class Change {
 public:
  explicit Change(TurnQueue& turns) : turns_(turns) { turns_.changing_ = true; }
  ~Change() { turns_.changing_ = false; }
  Change(const Change&) = delete;
  Change& operator=(const Change&) = delete;

 private:
  TurnQueue& turns_;
};

}  // namespace millrace
