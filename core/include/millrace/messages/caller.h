#pragma once

#include <cstdint>
#include <string>

namespace millrace {

// On whose behalf calls are made. A client outlives this opening of the store: when it was not told
// of an outcome, it makes the same call again to the next opening.
struct Caller {
  std::string client;     // "": the store's own, see StoreOptions::home
  std::int64_t call = 0;  // its number among the client's calls; 0: it is not made again
  // It was made before, to an earlier opening; maybe it was done.
  bool again = false;
};

}  // namespace millrace
