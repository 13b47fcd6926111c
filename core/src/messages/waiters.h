#pragma once

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "messages/turn_queue.h"
#include "messages/waiter.h"
#include "millrace/base/ids.h"
#include "millrace/base/status.h"
#include "millrace/base/time.h"

namespace millrace {

// Everybody who waits for something to be on disk. Each waiter is told once, at the end of a turn.
class Waiters {
 public:
  // `turns` must outlive this object.
  explicit Waiters(TurnQueue& turns) : turns_(turns) {}

  void Add(Waiter waiter) { waiting_.push_back(std::move(waiter)); }
  // Somebody waits for whom a commit has to start.
  bool any_urgent() const;
  std::vector<Waiter>::const_iterator begin() const { return waiting_.begin(); }
  std::vector<Waiter>::const_iterator end() const { return waiting_.end(); }

  // A delete dropped the message: stops all waits for it.
  void DropTargets(const MessageId& id);
  // Ends the waits whose deadline has come.
  void Expire(TimeMs now);
  TimeMs NextDeadline() const;
  // A commit ended. `is_met` says whether a waiter has everything it waits for. The waiters that
  // came before the commit started are told of its failure.
  void Settle(const Status& status, std::int64_t commit_number,
              const std::function<bool(const Waiter&)>& is_met);
  void FailAll(const Status& status);

 private:
  void Tell(Waiter& waiter, const Status& status);

  TurnQueue& turns_;
  std::vector<Waiter> waiting_;
};

}  // namespace millrace
