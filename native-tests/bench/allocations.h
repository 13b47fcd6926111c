#pragma once

#include <cstdint>

namespace millrace::bench {

// Calls of operator new by the whole program so far, and the bytes they asked for.
struct Allocations {
  std::int64_t count = 0;
  std::int64_t bytes = 0;

  friend Allocations operator-(const Allocations& a, const Allocations& b) {
    return {a.count - b.count, a.bytes - b.bytes};
  }
  Allocations& operator+=(const Allocations& other) {
    count += other.count;
    bytes += other.bytes;
    return *this;
  }
};

Allocations AllocationsSoFar();

}  // namespace millrace::bench
