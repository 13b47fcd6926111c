#pragma once

#include <cstdio>
#include <cstdlib>

namespace millrace {

// Ends a fuzz run that broke a promise, in every kind of build.
inline void Require(bool held, const char* promise) {
  if (held) return;
  std::fprintf(stderr, "broken: %s\n", promise);
  std::abort();
}

}  // namespace millrace
