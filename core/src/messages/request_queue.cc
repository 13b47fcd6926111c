#include "messages/request_queue.h"

#include <utility>

namespace millrace {

void RequestQueue::Submit(Request request) {
  ++submitted_;
  waiting_.push_back(std::move(request));
}

std::vector<Request> RequestQueue::Take(BatchBuilder& builder) {
  std::vector<Request> built;
  while (!waiting_.empty()) {
    if (waiting_.front().alone && !built.empty()) break;
    Request request = std::move(waiting_.front());
    waiting_.pop_front();
    if (const Status status = request.build ? request.build(builder) : Status::Ok(); !status.ok()) {
      std::vector<Event> none;
      Settle(request, status, none);
      continue;
    }
    for (const Receipt& receipt : request.receipts) builder.AddLast(PutReceipt{receipt});
    for (const DeleteReceipts& receipts : request.useless) builder.AddLast(receipts);
    built.push_back(std::move(request));
    if (built.back().alone) break;
  }
  return built;
}

void RequestQueue::Settle(const Request& request, const Status& status,
                          std::vector<Event>& events) {
  ++settled_;
  request.settle(status, events);
}

void RequestQueue::FailAll(const Status& status) {
  for (const Request& request : waiting_) {
    std::vector<Event> none;
    Settle(request, status, none);
  }
  waiting_.clear();
}

}  // namespace millrace
