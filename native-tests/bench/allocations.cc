#include "bench/allocations.h"

#include <cstddef>
#include <cstdlib>
#include <new>

namespace millrace::bench {
namespace {

// The benchmarks run on one thread.
Allocations total;

void* Allocate(std::size_t size) {
  ++total.count;
  total.bytes += static_cast<std::int64_t>(size);
  void* memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) std::abort();
  return memory;
}

}  // namespace

Allocations AllocationsSoFar() { return total; }

}  // namespace millrace::bench

// Replaces the global allocation functions of this program; the aligned ones are not used by it.
void* operator new(std::size_t size) { return millrace::bench::Allocate(size); }
void* operator new[](std::size_t size) { return millrace::bench::Allocate(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
