#pragma once

#include <cstdint>
#include <list>
#include <vector>

#include "messages/request.h"
#include "millrace/base/status.h"

namespace millrace {

// The requests that wait for a commit, in the order of their arrival, and a count of all requests.
class RequestQueue {
 public:
  void Submit(Request request);
  bool empty() const { return waiting_.empty(); }

  // Builds and returns the requests of the next commit. A request that cannot be built is settled
  // at once.
  std::vector<Request> Take(BatchBuilder& builder);
  void Settle(const Request& request, const Status& status, std::vector<Event>& events);
  // Settles all waiting requests.
  void FailAll(const Status& status);

  // How many were submitted since the store was opened.
  std::int64_t submitted() const { return submitted_; }
  std::int64_t settled() const { return settled_; }

 private:
  std::list<Request> waiting_;
  std::int64_t submitted_ = 0;
  std::int64_t settled_ = 0;
};

}  // namespace millrace
