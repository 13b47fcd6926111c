// Sequences of mutations: each byte is one choice of MutationSource.
#include <cstddef>
#include <cstdint>
#include <string>

#include "fuzz/require.h"
#include "model/mutation_source.h"
#include "model/trace.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::size_t at = 0;
  millrace::MutationSource source([&](std::uint32_t n) { return at < size ? data[at++] % n : 0U; });
  millrace::Trace trace;
  while (at < size) {
    const millrace::Mutation mutation = source.Next(trace.message());
    const std::string broken = trace.Step(mutation, at % 3);
    millrace::Require(broken.empty(), broken.c_str());
  }
  return 0;
}
