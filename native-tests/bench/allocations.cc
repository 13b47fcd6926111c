#include "bench/allocations.h"

#include <malloc.h>

#include <cstddef>
#include <cstdlib>
#include <new>

namespace millrace::bench {
namespace {

// The benchmarks run on one thread.
Allocations total;
std::int64_t live_bytes = 0;

std::int64_t UsableBytes(void* memory) {
  return static_cast<std::int64_t>(malloc_usable_size(memory));
}

void* Allocate(std::size_t size) {
  ++total.count;
  total.bytes += static_cast<std::int64_t>(size);
  void* memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) std::abort();
  live_bytes += UsableBytes(memory);
  return memory;
}

void Free(void* memory) {
  live_bytes -= UsableBytes(memory);
  std::free(memory);
}

}  // namespace

Allocations AllocationsSoFar() { return total; }

std::int64_t LiveBytes() { return live_bytes; }

}  // namespace millrace::bench

// Replaces the global allocation functions of this program, which does not use the aligned ones.
void* operator new(std::size_t size) { return millrace::bench::Allocate(size); }
void* operator new[](std::size_t size) { return millrace::bench::Allocate(size); }
void operator delete(void* memory) noexcept { millrace::bench::Free(memory); }
void operator delete[](void* memory) noexcept { millrace::bench::Free(memory); }
void operator delete(void* memory, std::size_t) noexcept { millrace::bench::Free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { millrace::bench::Free(memory); }
