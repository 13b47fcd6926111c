#pragma once

#include <cstdint>

namespace millrace::bench {

// Counts the calls of operator new in the whole program so far, and the bytes they asked for.
// SQLite's memory is not counted, because it uses malloc.
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

// The bytes that operator new gave and operator delete has not taken back, rounded up as the
// allocator does.
std::int64_t LiveBytes();

}  // namespace millrace::bench
