// Parts that carry an id: deltas that go to them, parts that take their place.
#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "millrace/model/apply.h"
#include "millrace/model/codec.h"
#include "millrace/model/message.h"
#include "millrace/model/mutation.h"
#include "millrace/model/part.h"
#include "millrace/model/part_index.h"
#include "millrace/model/patch.h"

namespace millrace {
namespace {

constexpr TimeMs kThen = 1'000;

class PartIds : public ::testing::Test {
 protected:
  // With the index that a live message keeps, and checked against a copy that only sees the patch.
  Result<Effect> Do(Mutation mutation) {
    Message copy = message_;
    Patch patch;
    Result<Effect> effect = Apply(std::move(mutation), kThen, message_, patch, index_);
    EXPECT_TRUE(ApplyPatch(patch, copy).ok());
    EXPECT_EQ(copy, message_);
    return effect;
  }
  void Expect(Effect effect, Mutation mutation) {
    const Result<Effect> result = Do(std::move(mutation));
    ASSERT_TRUE(result.ok()) << result.status().message();
    EXPECT_EQ(*result, effect);
  }

  Message message_;
  PartIndex index_;
};

TEST_F(PartIds, TextsGrowSideBySide) {
  Expect(Effect::kDelta, AppendText{"one ", false, "a"});
  Expect(Effect::kDelta, AppendText{"two ", false, "b"});
  Expect(Effect::kDelta, AppendReasoning{"why ", "a"});
  Expect(Effect::kDelta, AppendText{"one", false, "a"});
  Expect(Effect::kDelta, AppendReasoning{"not", "a"});
  Expect(Effect::kDelta, AppendText{"two", false, "b"});
  EXPECT_EQ(message_.parts, (std::vector<Part>{TextPart{"one one", false, "", "a"},
                                               TextPart{"two two", false, "", "b"},
                                               ReasoningPart{"why not", "", kThen, {}, "", "a"}}));
}

TEST_F(PartIds, ADeltaWithoutAnIdGoesToTheLastPart) {
  Expect(Effect::kDelta, AppendText{"a", false, "a"});
  Expect(Effect::kDelta, AppendText{"b"});
  Expect(Effect::kDelta, AppendReasoning{"r"});
  Expect(Effect::kDelta, AppendText{"c"});
  EXPECT_EQ(message_.parts.size(), 3U);
  EXPECT_EQ(message_.parts[0], Part(TextPart{"ab", false, "", "a"}));
}

TEST_F(PartIds, AnEndedReasoningTakesNoMore) {
  Expect(Effect::kDelta, AppendReasoning{"one", "a"});
  Expect(Effect::kDelta, AppendReasoning{"two", "b"});
  Expect(Effect::kTerminal, EndReasoning{"sig", "a"});
  Expect(Effect::kNone, EndReasoning{"", "a"});
  Expect(Effect::kNone, EndReasoning{"", "nobody"});
  Expect(Effect::kDelta, AppendReasoning{"more", "a"});
  Expect(Effect::kTerminal, EndReasoning{""});  // the last one that is open
  EXPECT_EQ(message_.parts, (std::vector<Part>{ReasoningPart{"one", "sig", kThen, kThen, "", "a"},
                                               ReasoningPart{"two", "", kThen, {}, "", "b"},
                                               ReasoningPart{"more", "", kThen, kThen, "", "a"}}));
}

TEST_F(PartIds, ARefusalIsNotMixedWithText) {
  Expect(Effect::kDelta, AppendText{"Well", false, "a"});
  Expect(Effect::kDelta, AppendText{"No", true, "a"});
  Expect(Effect::kDelta, AppendText{" way", true, "a"});
  EXPECT_EQ(message_.parts, (std::vector<Part>{TextPart{"Well", false, "", "a"},
                                               TextPart{"No way", true, "", "a"}}));
}

TEST_F(PartIds, AnAddedPartTakesThePlaceOfTheOneWithItsIdAndType) {
  Expect(Effect::kTerminal, AddPart{CustomPart{"data-weather", "1", "", "w"}});
  Expect(Effect::kTerminal, AddPart{CustomPart{"data-clock", "1", "", "w"}});
  Expect(Effect::kTerminal, AddPart{TextPart{"t", false, "", "w"}});
  Expect(Effect::kTerminal, AddPart{ReasoningPart{"r", "", 1, 2, "", "w"}});
  Expect(Effect::kTerminal, AddPart{CustomPart{"data-weather", "2", "", "w"}});
  Expect(Effect::kTerminal, AddPart{TextPart{"u", false, "", "w"}});
  Expect(Effect::kNone, AddPart{TextPart{"u", false, "", "w"}});
  Expect(Effect::kTerminal, AddPart{CustomPart{"data-weather", "3", ""}});  // no id: one more
  EXPECT_EQ(message_.parts,
            (std::vector<Part>{CustomPart{"data-weather", "2", "", "w"},
                               CustomPart{"data-clock", "1", "", "w"},
                               TextPart{"u", false, "", "w"}, ReasoningPart{"r", "", 1, 2, "", "w"},
                               CustomPart{"data-weather", "3", ""}}));
}

TEST_F(PartIds, AResultTakesThePlaceOfAPreliminaryOne) {
  const auto result = [](std::string content, bool preliminary) {
    return AddPart{
        ToolResultPart{"c", "n", std::move(content), "", "", "", false, "", preliminary}};
  };
  Expect(Effect::kTerminal, result("10 %", true));
  Expect(Effect::kTerminal, AddPart{TextPart{"between", false, ""}});
  Expect(Effect::kTerminal, result("50 %", true));
  Expect(Effect::kTerminal, result("all", false));
  EXPECT_EQ(message_.parts.size(), 2U);
  EXPECT_EQ(message_.parts[0], result("all", false).part);
  Expect(Effect::kTerminal, result("again", false));
  EXPECT_EQ(message_.parts.size(), 3U);
}

TEST_F(PartIds, AResetFromAnIndexKeepsWhatIsBeforeIt) {
  Expect(Effect::kDelta, AppendText{"kept", false, "a"});
  Expect(Effect::kDelta, AppendText{"dropped", false, "b"});
  Expect(Effect::kNone, Reset{2});
  Expect(Effect::kNone, Reset{UINT32_MAX});
  Expect(Effect::kTerminal, Reset{1});
  Expect(Effect::kDelta, AppendText{"new", false, "b"});
  Expect(Effect::kDelta, AppendText{"!", false, "a"});
  EXPECT_EQ(message_.parts, (std::vector<Part>{TextPart{"kept!", false, "", "a"},
                                               TextPart{"new", false, "", "b"}}));
}

TEST_F(PartIds, AnApprovalIsKeptWhenTheCallEnds) {
  ToolCallPart call{"c", "n", "", false, false, ""};
  call.approval = R"({ "id" : "q" })";
  Expect(Effect::kTerminal, PutToolCall{call});
  Expect(Effect::kDelta, AppendToolInput{"c", "{}"});
  Expect(Effect::kTerminal, FinishToolCall{"c"});
  EXPECT_EQ(message_.parts[0],
            Part(ToolCallPart{"c", "n", "{}", true, false, "", R"({"id":"q"})"}));
  call.approval = "true";
  EXPECT_EQ(Do(PutToolCall{call}).status().code(), Code::kInvalidArgument);
}

TEST_F(PartIds, AFileNeedsAMediaType) {
  EXPECT_EQ(Do(AddPart{FilePart{}}).status().code(), Code::kInvalidArgument);
  EXPECT_EQ(Do(AddPart{FilePart{"text/plain", "", -1, "", "", ""}}).status().code(),
            Code::kInvalidArgument);
  Expect(Effect::kTerminal, AddPart{FilePart{"text/plain", "a.txt", 5, "beef", "", ""}});
}

// A file of another program, or of an older version, may use the new names for something else.
TEST(PartFields, ALateFieldOfAnotherKindStaysWhereItIs) {
  for (
      const std::string stored : {
          R"({"type":"text","data":{"text":"t","id":5}})",
          R"({"type":"tool_call","data":{"id":"c","name":"n","input":"","provider_executed":false,"finished":true,"approval":"yes"}})",
          R"({"type":"tool_result","data":{"tool_call_id":"c","name":"n","content":"","data":"","mime_type":"","metadata":"","is_error":false,"preliminary":[1]}})",
          R"({"type":"file","data":{"media_type":"a/b","size":-4,"name":null}})",
          R"({"type":"data-x","data":1,"id":7})",
      }) {
    const Result<Part> part = DecodePart(stored);
    ASSERT_TRUE(part.ok());
    EXPECT_EQ(EncodePart(*part), stored);
  }
  const Result<Part> file = DecodePart(R"({"type":"file","data":{"url":"u"}})");
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(*file, Part(CustomPart{"file", R"({"url":"u"})", ""}));
}

TEST(PartFields, ACustomPartWithAnIdAndMoreKeepsAll) {
  const std::string stored = R"({"type":"x","id":"i","data":{"a":1},"more":true})";
  const Result<Part> part = DecodePart(stored);
  ASSERT_TRUE(part.ok());
  EXPECT_EQ(*part, Part(CustomPart{"x", R"({"a":1})", stored, "i"}));
  EXPECT_EQ(EncodePart(*part), stored);
}

}  // namespace
}  // namespace millrace
