// The model test for as long as one likes: trace_soak STEPS [FIRST_SEED]. At the first failure it
// ends with status 1 and the shortest failing trace.

#include <cstdio>
#include <cstdlib>

#include "traces/judge.h"

int main(int argc, char** argv) {
  constexpr std::size_t kLength = 1000;
  const long long steps = argc > 1 ? std::atoll(argv[1]) : 0;
  auto seed = static_cast<unsigned>(argc > 2 ? std::atoll(argv[2]) : 1'000'000);
  if (steps <= 0) {
    std::fprintf(stderr, "usage: trace_soak STEPS [FIRST_SEED]\n");
    return 2;
  }
  long long done = 0;
  for (; done < steps; ++seed) {
    for (const millrace::DurationMs window : {0, 33, 1000}) {
      const std::string report = millrace::JudgeSeed(seed, kLength, window);
      if (!report.empty()) {
        std::fprintf(stderr, "%s", report.c_str());
        return 1;
      }
      done += kLength;
    }
  }
  std::printf("%lld steps held, seeds up to %u\n", done, seed - 1);
  return 0;
}
