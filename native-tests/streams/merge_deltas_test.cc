#include "millrace/streams/merge_deltas.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace millrace {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<Mutation> Merged(std::vector<Mutation> mutations) {
  MergeDeltas(mutations);
  return mutations;
}

TEST(MergeDeltas, I2_NeighboursOfOnePlaceBecomeOne) {
  EXPECT_THAT(Merged({AppendText{"a"}, AppendText{"b"}, AppendText{"c"}}),
              ElementsAre(Mutation(AppendText{"abc"})));
  EXPECT_THAT(Merged({AppendReasoning{"a", "r"}, AppendReasoning{"b", "r"}}),
              ElementsAre(Mutation(AppendReasoning{"ab", "r"})));
  EXPECT_THAT(Merged({AppendToolInput{"c", "{"}, AppendToolInput{"c", "}"}}),
              ElementsAre(Mutation(AppendToolInput{"c", "{}"})));
  EXPECT_THAT(Merged({}), IsEmpty());
}

TEST(MergeDeltas, I2_OtherPlacesAndOtherMutationsStayInTheirOrder) {
  const std::vector<Mutation> apart = {AppendText{"a"},
                                       AppendText{"b", true},
                                       AppendText{"c", false, "p"},
                                       AppendText{"d"},
                                       AppendReasoning{"e"},
                                       EndReasoning{},
                                       AppendReasoning{"f"},
                                       AppendReasoning{"g", "r"},
                                       AppendToolInput{"c1", "h"},
                                       AppendToolInput{"c2", "i"},
                                       FinishToolCall{"c1"},
                                       AppendToolInput{"c2", "j"},
                                       Finish{}};
  EXPECT_EQ(Merged(apart), apart);
  EXPECT_THAT(Merged({Reset{}, AppendText{"a"}, AppendText{"b"}, Finish{}}),
              ElementsAre(Mutation(Reset{}), Mutation(AppendText{"ab"}), Mutation(Finish{})));
}

}  // namespace
}  // namespace millrace
