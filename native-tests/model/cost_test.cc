// What a delta costs, in allocations. These are exact, so no clock is needed. The benchmarks
// measure times.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <string>
#include <utility>

#include "millrace/model/apply.h"
#include "millrace/model/message.h"
#include "millrace/model/mutation.h"
#include "millrace/model/part.h"
#include "millrace/model/patch.h"

namespace {
std::int64_t allocations = 0;
}  // namespace

void* operator new(std::size_t size) {
  ++allocations;
  void* memory = std::malloc(size);
  if (memory == nullptr) std::abort();
  return memory;
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t /*size*/) noexcept { std::free(memory); }

namespace millrace {
namespace {

// Allocations for 1,000 deltas to `message`, in windows of 13 deltas. The very first delta is not
// counted: it reads the message once, to find the calls.
std::int64_t CostOfDeltas(Message message, const Mutation& delta) {
  Patch window;
  PartIndex calls;
  EXPECT_TRUE(Apply(Mutation(delta), 0, message, window, calls).ok());
  const std::int64_t before = allocations;
  for (int i = 0; i < 1'000; ++i) {
    if (i % 13 == 0) window = Patch();
    const Result<Effect> effect = Apply(Mutation(delta), i, message, window, calls);
    EXPECT_TRUE(effect.ok());
  }
  return allocations - before;
}

Message WithText(std::size_t size) {
  Message message;
  message.parts.emplace_back(TextPart{std::string(size, 'x'), false, ""});
  return message;
}

TEST(Cost, C10_ADeltaCostsTheSameAtAnySizeOfText) {
  const Mutation delta = AppendText{"word ", false};
  // Growing is amortised: a short text grows once more often than a long one.
  const std::int64_t small = CostOfDeltas(WithText(16 * 1024), delta);
  EXPECT_LE(CostOfDeltas(WithText(10 * 1024 * 1024), delta), small);
  EXPECT_LE(small, 5 * 1'000 / 13);  // a few per window: its op, and its text as that grows
}

TEST(Cost, C10_ADeltaCostsTheSameWithAnyNumberOfToolCalls) {
  const auto cost = [](int calls) {
    Message message;
    for (int i = 0; i <= calls; ++i) {
      message.parts.emplace_back(ToolCallPart{"c" + std::to_string(i), "t", "", false, false, ""});
    }
    return CostOfDeltas(std::move(message), AppendToolInput{"c" + std::to_string(calls), "word "});
  };
  EXPECT_EQ(cost(0), cost(1'000));
}

// Counts the allocations of finding a call. An index that was rebuilt for each call would note all
// calls again.
TEST(Cost, C10_ACallCostsTheSameWithAnyNumberOfToolCalls) {
  Message message;
  Patch window;
  PartIndex calls;
  const auto cost_of_calls_up_to = [&](int end) {
    std::int64_t most = 0;
    for (auto n = static_cast<int>(message.parts.size()); n < end; ++n) {
      const std::int64_t before = allocations;
      window = Patch();
      const std::string id = "c" + std::to_string(n);
      EXPECT_TRUE(
          Apply(PutToolCall{{id, "t", "", false, false, ""}}, n, message, window, calls).ok());
      EXPECT_TRUE(Apply(AppendToolInput{id, "word"}, n, message, window, calls).ok());
      EXPECT_TRUE(Apply(FinishToolCall{id}, n, message, window, calls).ok());
      most = std::max(most, allocations - before);
    }
    return most;
  };
  const std::int64_t of_the_first = cost_of_calls_up_to(100);
  EXPECT_LE(cost_of_calls_up_to(10'000), of_the_first);
}

}  // namespace
}  // namespace millrace
