#pragma once

#include <cstdint>
#include <vector>

#include "messages/live_message.h"
#include "messages/request.h"
#include "millrace/base/ids.h"
#include "millrace/base/time.h"
#include "millrace/storage/storage.h"

namespace millrace {

// A message's share of the commit in flight.
struct Share {
  MessageId id;
  std::vector<PendingPatch> patches;  // not published yet
  std::int64_t version = 0;           // on disk when the commit ends well
  Usage usage;
  bool whole = false;  // its row is written, not its log
};

// The one commit that is on its way to disk.
struct InFlight {
  std::int64_t number = 0;
  TimeMs started_at = 0;
  Durability durability = Durability::kProcess;
  std::vector<Request> requests;
  std::vector<Share> shares;
  std::vector<SessionId> touched;  // sessions to tell about
};

}  // namespace millrace
