// Random sequences of mutations, checked against what Apply and ApplyPatch promise after each one.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include "millrace/model/apply.h"
#include "millrace/model/codec.h"
#include "millrace/model/message.h"
#include "millrace/model/mutation.h"
#include "millrace/model/patch.h"
#include "model/mutation_source.h"
#include "model/trace.h"

namespace millrace {
namespace {

TEST(Apply, RandomMutationsKeepEveryPromise) {
  constexpr std::uint32_t kTraces = 1'000;
  for (std::uint32_t seed = 1; seed <= kTraces; ++seed) {
    std::mt19937 random(seed);
    MutationSource source(
        [&random](std::uint32_t n) { return static_cast<std::uint32_t>(random() % n); });
    Trace trace;
    for (int step = 0; step < 40; ++step) {
      const std::string broken = trace.Step(source.Next(trace.message()), random() % 3);
      ASSERT_EQ(broken, "") << "seed " << seed << ", step " << step;
    }
  }
}

// For any snapshot of any message, the ops lead exactly to the snapshot.
TEST(Replace, RandomPairsOfStatesMeet) {
  constexpr std::uint32_t kSeed = 77;
  std::mt19937 random(kSeed);
  MutationSource source(
      [&random](std::uint32_t n) { return static_cast<std::uint32_t>(random() % n); });
  int accepted = 0;
  for (int round = 0; round < 8'000; ++round) {
    Message message;
    for (Part& part : source.NextParts()) {
      if (NormalizePart(part).ok()) message.parts.push_back(std::move(part));
    }
    const Message before = message;
    Replace snapshot{source.NextParts(), "m", "p", false};
    std::vector<Part> wanted = snapshot.parts;
    Patch patch;
    const Result<Effect> effect = Apply(std::move(snapshot), 9, message, patch);
    if (!effect.ok()) {
      ASSERT_EQ(message, before) << "seed " << kSeed << ", round " << round;
      continue;
    }
    ++accepted;
    Message copy = before;
    ASSERT_TRUE(ApplyPatch(patch, copy).ok()) << "seed " << kSeed << ", round " << round;
    ASSERT_EQ(copy, message) << "seed " << kSeed << ", round " << round;
    ASSERT_EQ(message.parts.size(), wanted.size());
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      ASSERT_TRUE(NormalizePart(wanted[i]).ok());
      if (wanted[i].index() >= Part(FinishPart()).index()) continue;  // these inherit fields
      ASSERT_EQ(message.parts[i], wanted[i]) << "seed " << kSeed << ", round " << round;
    }
  }
  EXPECT_GT(accepted, 1'000);
}

}  // namespace
}  // namespace millrace
