#pragma once

#include <cstdint>
#include <string>

namespace millrace {

// What is saved of a client's work. It is committed together with that work.
//
// A client is somebody who outlives an opening of the store: another tab. When the tab that had the
// store open is gone, the client asks the next one again for everything it was not told of. The
// receipts say what of it was done already.
struct Receipt {
  std::string client;
  std::string name;  // of a writer or of a call, chosen by the client
  // Of a writer: the version that its next mutation makes, as the writer counts. Of a call: its
  // number; a client numbers its calls in order.
  std::int64_t number = 0;
  std::int64_t seq = 0;  // of the message that the writer writes; 0: a call's
};

}  // namespace millrace
