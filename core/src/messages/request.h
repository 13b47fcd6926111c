#pragma once

#include <functional>
#include <vector>

#include "messages/batch_builder.h"
#include "millrace/base/status.h"
#include "millrace/model/event.h"

namespace millrace {

// A change that goes to disk at once and by itself decides nothing about windows: create, delete,
// everything about sessions.
struct Request {
  // Adds its operations. Called when no write is in flight, so that reads are fresh. An error
  // fails this request alone.
  std::function<Status(BatchBuilder&)> build;
  // The outcome, before anyone hears of it: changes memory, adds the events of a success.
  std::function<void(const Status&, std::vector<Event>&)> settle;
  // A delete: the only request of its batch, so that what it reads is what there is, and what was
  // asked for after it finds the result.
  bool alone = false;
};

}  // namespace millrace
