#pragma once

#include <functional>
#include <vector>

#include "messages/batch_builder.h"
#include "millrace/base/status.h"
#include "millrace/model/event.h"
#include "millrace/storage/receipt.h"
#include "millrace/storage/storage.h"

namespace millrace {

// A change that goes to disk at once, and is no part of a window: create, delete, everything about
// sessions.
struct Request {
  // Adds its operations. Called when no write is in flight, so that reads are fresh. An error fails
  // only this request.
  std::function<Status(BatchBuilder&)> build;
  // Called with the outcome before anyone hears of it: changes memory and adds the events of a
  // success.
  std::function<void(const Status&, std::vector<Event>&)> settle;
  // For a delete: it is the only request of its batch. So it reads exactly what exists, and later
  // requests find its result.
  bool alone = false;
  // Saved with it. The queue adds that of the call which is being made.
  std::vector<Receipt> receipts;
  std::vector<DeleteReceipts> useless;  // receipts to be deleted
};

}  // namespace millrace
