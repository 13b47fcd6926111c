#pragma once

#include <cassert>
#include <deque>
#include <functional>
#include <utility>

#include "millrace/base/thread.h"

namespace millrace {

// The turns of a store, and what is due at the end of one.
//
// A Turn stands in every public call of the services and in every completion of the storage. What a
// turn makes due leaves when the outermost turn ends: events and completions in the order they
// became due, then the next commit; so state is never seen half changed, and nobody hears of a
// commit while the end of an earlier one is still to be told.
class TurnQueue {
 public:
  // Starts the next commit if there is one to start; false: there is none. Called when nothing else
  // is due.
  using StartNext = std::function<bool()>;

  explicit TurnQueue(StartNext start_next) : start_next_(std::move(start_next)) {}
  TurnQueue(const TurnQueue&) = delete;
  TurnQueue& operator=(const TurnQueue&) = delete;

  // Runs at the end of the turn, after what became due before it.
  void Defer(std::function<void()> action) { due_.push_back(std::move(action)); }
  // Nothing is due, and nothing half changed.
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
  std::deque<std::function<void()>> due_;
  int depth_ = 0;
  bool changing_ = false;
};

// One turn, while it stands. Turns nest; the outermost one counts.
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

// While it stands the state is half changed: no public call may come.
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
