#pragma once

#include <cstdint>

namespace millrace::bench {

// Calls of operator new by the whole program so far, and the bytes they asked for. What SQLite
// takes, by malloc, is not among them.
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

// What operator new gave and operator delete has not taken back, in bytes as the allocator rounds
// them up.
std::int64_t LiveBytes();

}  // namespace millrace::bench
