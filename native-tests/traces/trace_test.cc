// The model test: random traces on the real store and on an obviously right model, compared after
// every step. On a failure it prints the seed and the shortest failing trace that it found.

#include <gtest/gtest.h>

#include "traces/judge.h"

namespace millrace {
namespace {

constexpr std::size_t kLength = 500;
#ifdef __EMSCRIPTEN__
constexpr unsigned kSeeds = 20;  // enough to see that nothing depends on the size of size_t
#else
constexpr unsigned kSeeds = 500;  // 250,000 steps per test, a million in all
#endif

class Traces : public ::testing::TestWithParam<DurationMs> {
 protected:
  static void Judge(unsigned first) {
    for (unsigned seed = first; seed < first + kSeeds; ++seed) {
      const std::string report = JudgeSeed(seed, kLength, GetParam());
      ASSERT_EQ(report, "");
    }
  }
};

TEST_P(Traces, C1_C9_C11_HoldAfterEveryStepLikeTheModel) { Judge(1); }
TEST_P(Traces, C1_C9_C11_HoldAfterEveryStepOfOtherTraces) { Judge(1 + kSeeds); }

INSTANTIATE_TEST_SUITE_P(Windows, Traces, ::testing::Values(0, 33),
                         [](const auto& param) { return "Window" + std::to_string(param.param); });

}  // namespace
}  // namespace millrace
