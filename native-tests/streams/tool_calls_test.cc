// Tool calls of formats that say when each call is complete.
#include "streams/tool_calls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

namespace millrace {
namespace {

using testing::ElementsAre;

CallFragment FragmentOf(std::int64_t index, std::string_view name, std::string_view input) {
  CallFragment fragment;
  fragment.index = index;
  fragment.name = name;
  fragment.input = input;
  return fragment;
}

class ToolCallsTest : public testing::Test {
 protected:
  std::vector<Mutation> Written() {
    std::vector<Mutation> mutations;
    writer_.MoveTo(mutations);
    return mutations;
  }

  ReplyWriter writer_;
  ToolCalls calls_;
};

TEST_F(ToolCallsTest, I3_OneCallFinishesWhileAnotherGoesOn) {
  calls_.Add(FragmentOf(0, "read", R"("{\"a\":")"), writer_);
  calls_.Add(FragmentOf(1, "write", R"("{")"), writer_);
  Written();
  calls_.Finish(FragmentOf(0, "", R"("1}")"), writer_);
  EXPECT_THAT(Written(), ElementsAre(Mutation(AppendToolInput{"call_0", "1}"}),
                                     Mutation(FinishToolCall{"call_0"})));
  calls_.Add(FragmentOf(1, "", R"("}")"), writer_);
  calls_.End(/*cut=*/false, writer_);
  EXPECT_THAT(Written(), ElementsAre(Mutation(AppendToolInput{"call_1", "}"}),
                                     Mutation(FinishToolCall{"call_1"})))
      << "the first one is not finished again";
}

TEST_F(ToolCallsTest, I3_AFinishedCallTakesNoMoreInputAndIsFinishedOnce) {
  calls_.Add(FragmentOf(0, "read", R"("{}")"), writer_);
  calls_.Finish(FragmentOf(0, "", ""), writer_);
  Written();
  calls_.Add(FragmentOf(0, "", R"("more")"), writer_);
  calls_.Finish(FragmentOf(0, "", ""), writer_);
  calls_.End(/*cut=*/true, writer_);
  EXPECT_TRUE(Written().empty());
}

TEST_F(ToolCallsTest, I3_ACallThatIsCompleteWithItsFirstFragmentIsWrittenWhole) {
  calls_.Finish(FragmentOf(0, "", R"("{}")"), writer_);
  const std::vector<Mutation> written = Written();
  ASSERT_EQ(written.size(), 2U);
  EXPECT_EQ(std::get<PutToolCall>(written[0]).call.input, "{}");
  EXPECT_EQ(std::get<FinishToolCall>(written[1]).tool_call_id, "call_0");
}

}  // namespace
}  // namespace millrace
