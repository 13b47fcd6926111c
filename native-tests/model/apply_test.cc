#include "millrace/model/apply.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "millrace/model/codec.h"
#include "millrace/model/message.h"
#include "millrace/model/mutation.h"
#include "millrace/model/part.h"
#include "millrace/model/patch.h"

namespace millrace {
namespace {

constexpr TimeMs kNow = 1'000;

class ApplyTest : public ::testing::Test {
 protected:
  ApplyTest() {
    message_.version = 1;
    message_.model = "m";
    message_.provider = "p";
  }

  // Applies the mutation at kNow, expects `effect`, and checks that the patch has every change.
  void Expect(Effect effect, Mutation mutation) {
    const Message before = message_;
    patch_ = Patch();
    const Result<Effect> result = Apply(std::move(mutation), kNow, message_, patch_);
    ASSERT_TRUE(result.ok()) << result.status().message();
    ASSERT_EQ(*result, effect);
    if (effect == Effect::kNone) {
      ASSERT_EQ(message_, before);
      ASSERT_EQ(patch_, Patch());
      return;
    }
    ASSERT_EQ(message_.version, before.version + 1);
    Message copy = before;
    ASSERT_TRUE(ApplyPatch(patch_, copy).ok());
    ASSERT_EQ(copy, message_);
  }

  void ExpectError(Code code, Mutation mutation) {
    const Message before = message_;
    Patch patch;
    const Result<Effect> result = Apply(std::move(mutation), kNow, message_, patch);
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.status().code(), code) << result.status().message();
    EXPECT_FALSE(result.status().message().empty());
    EXPECT_EQ(message_, before);
    EXPECT_EQ(patch, Patch());
  }

  Message message_;
  Patch patch_;  // the patch of the last step
};

ToolCallPart Call(std::string id, std::string input = "", bool finished = false) {
  return {std::move(id), "tool", std::move(input), finished, false, ""};
}

TEST_F(ApplyTest, TextGoesToTheLastPartIfThatIsText) {
  Expect(Effect::kDelta, AppendText{"Hel", false});
  Expect(Effect::kDelta, AppendText{"lo", false});
  EXPECT_EQ(patch_.ops, (std::vector<PatchOp>{AppendOp{0, "lo"}}));
  Expect(Effect::kTerminal, PutToolCall{Call("c")});
  Expect(Effect::kDelta, AppendText{"after", false});
  EXPECT_EQ(message_.parts, (std::vector<Part>{TextPart{"Hello", false, ""}, Call("c"),
                                               TextPart{"after", false, ""}}));
}

TEST_F(ApplyTest, ARefusalIsATextOfItsOwn) {
  Expect(Effect::kDelta, AppendText{"Well, ", false});
  Expect(Effect::kDelta, AppendText{"no", true});
  Expect(Effect::kDelta, AppendText{".", true});
  EXPECT_EQ(message_.parts,
            (std::vector<Part>{TextPart{"Well, ", false, ""}, TextPart{"no.", true, ""}}));
}

TEST_F(ApplyTest, C2_WhatChangesNothingHasNoEffect) {
  Expect(Effect::kNone, AppendText{"", false});
  Expect(Effect::kNone, AppendReasoning{""});
  Expect(Effect::kNone, EndReasoning{"sig"});
  Expect(Effect::kNone, Reset{});
  Expect(Effect::kNone, Resume{});
  Expect(Effect::kTerminal, PutToolCall{Call("c", "{}", true)});
  Expect(Effect::kNone, PutToolCall{Call("c", "{}", true)});
  Expect(Effect::kNone, FinishToolCall{"c"});
  Expect(Effect::kNone, AppendToolInput{"c", ""});
}

TEST_F(ApplyTest, IllFormedTextIsMadeValid) {
  Expect(Effect::kDelta, AppendText{"a\xFF", false});
  Expect(Effect::kDelta, AppendReasoning{"\xC3"});
  Expect(Effect::kTerminal, EndReasoning{"s\x80"});
  Expect(Effect::kTerminal, PutToolCall{Call("c\xFF", "\xFF")});
  Expect(Effect::kDelta, AppendToolInput{"c\xEF\xBF\xBD", "\xF0\x9F"});
  Expect(Effect::kTerminal, Finish{FinishReason::kError, "\xFF", "\xFE"});
  const std::string r = "\xEF\xBF\xBD";
  EXPECT_EQ(message_.parts,
            (std::vector<Part>{TextPart{"a" + r, false, ""},
                               ReasoningPart{r, "s" + r, kNow, kNow, ""}, Call("c" + r, r + r),
                               FinishPart{FinishReason::kError, kNow, r, r, "", ""}}));
}

TEST_F(ApplyTest, C2_ReasoningEndingIsTerminal) {
  Expect(Effect::kDelta, AppendReasoning{"think"});
  Expect(Effect::kDelta, AppendReasoning{"ing"});
  EXPECT_EQ(message_.parts.at(0), Part(ReasoningPart{"thinking", "", kNow, {}, ""}));
  Expect(Effect::kTerminal, EndReasoning{"sig"});
  // The text of the part is not written again.
  EXPECT_EQ(patch_.ops,
            (std::vector<PatchOp>{PutOp{0, ReasoningPart{"", "sig", kNow, kNow, ""}, true}}));
  EXPECT_EQ(message_.parts.at(0), Part(ReasoningPart{"thinking", "sig", kNow, kNow, ""}));
  Expect(Effect::kNone, EndReasoning{"other"});
}

TEST_F(ApplyTest, ReasoningAfterItsEndStartsAnewSection) {
  Expect(Effect::kDelta, AppendReasoning{"one"});
  Expect(Effect::kTerminal, EndReasoning{""});
  Expect(Effect::kDelta, AppendReasoning{"two"});
  ASSERT_EQ(message_.parts.size(), 2U);
  EXPECT_EQ(message_.parts.at(1), Part(ReasoningPart{"two", "", kNow, {}, ""}));
}

TEST_F(ApplyTest, ReasoningStaysOpenUntilItIsEnded) {
  Expect(Effect::kDelta, AppendReasoning{"one"});
  Expect(Effect::kDelta, AppendText{"text", false});
  Expect(Effect::kDelta, AppendReasoning{"two"});
  Expect(Effect::kDelta, AppendText{"more", false});
  EXPECT_EQ(message_.parts.at(0), Part(ReasoningPart{"one", "", kNow, {}, ""}));
  Expect(Effect::kTerminal, EndReasoning{""});  // the last open one
  EXPECT_EQ(message_.parts.at(0), Part(ReasoningPart{"one", "", kNow, {}, ""}));
  EXPECT_EQ(message_.parts.at(2), Part(ReasoningPart{"two", "", kNow, kNow, ""}));
  Expect(Effect::kTerminal, EndReasoning{""});
  EXPECT_EQ(message_.parts.at(0), Part(ReasoningPart{"one", "", kNow, kNow, ""}));
}

TEST_F(ApplyTest, EndReasoningKeepsASignatureThatIsThere) {
  Expect(Effect::kTerminal, AddPart{ReasoningPart{"r", "old", 5, {}, R"({"x":1})"}});
  Expect(Effect::kTerminal, EndReasoning{""});
  EXPECT_EQ(message_.parts.at(0), Part(ReasoningPart{"r", "old", 5, kNow, R"({"x":1})"}));
}

// The stored form cannot tell a time of 0 from none.
TEST_F(ApplyTest, TimeZeroEndsReasoningToo) {
  Patch patch;
  ASSERT_TRUE(Apply(AppendReasoning{"r"}, 0, message_, patch).ok());
  ASSERT_TRUE(Apply(EndReasoning{""}, 0, message_, patch).ok());
  EXPECT_EQ(*DecodeParts(EncodeParts(message_.parts)), message_.parts);
  EXPECT_TRUE(std::get<ReasoningPart>(message_.parts.at(0)).finished_at.has_value());
}

TEST_F(ApplyTest, C2_ToolCallsAddedReplacedAndFinishedAreTerminal) {
  Expect(Effect::kTerminal, PutToolCall{Call("a")});
  Expect(Effect::kTerminal, PutToolCall{Call("b")});
  Expect(Effect::kDelta, AppendToolInput{"a", "{\"x\""});
  Expect(Effect::kDelta, AppendToolInput{"b", "[]"});
  Expect(Effect::kDelta, AppendToolInput{"a", ":1}"});
  EXPECT_EQ(patch_.ops, (std::vector<PatchOp>{AppendOp{0, ":1}"}}));
  Expect(Effect::kTerminal, FinishToolCall{"a"});
  EXPECT_EQ(patch_.ops, (std::vector<PatchOp>{PutOp{0, Call("a", "", true), true}}));
  Expect(Effect::kTerminal, PutToolCall{Call("b", "{}", true)});  // replaced where it is
  EXPECT_EQ(message_.parts,
            (std::vector<Part>{Call("a", "{\"x\":1}", true), Call("b", "{}", true)}));
}

TEST_F(ApplyTest, AToolCallWithTheSameInputIsReplacedWithoutWritingTheInputAgain) {
  Expect(Effect::kTerminal, PutToolCall{Call("a", std::string(1'000, 'x'))});
  Expect(Effect::kTerminal, PutToolCall{Call("a", std::string(1'000, 'x'), true)});
  EXPECT_LT(patch_.ByteSize(), 100U);
}

TEST_F(ApplyTest, ToolCallsNeedAnIdThatIsThere) {
  ExpectError(Code::kInvalidArgument, PutToolCall{Call("")});
  ExpectError(Code::kInvalidArgument, AddPart{Call("")});
  ExpectError(Code::kNotFound, AppendToolInput{"nobody", "x"});
  ExpectError(Code::kNotFound, AppendToolInput{"nobody", ""});
  ExpectError(Code::kNotFound, FinishToolCall{"nobody"});
}

TEST_F(ApplyTest, C2_AnyAddedPartIsTerminal) {
  Expect(Effect::kTerminal, AddPart{TextPart{"t", false, ""}});
  Expect(Effect::kTerminal, AddPart{TextPart{"", false, ""}});
  Expect(Effect::kTerminal, AddPart{ToolResultPart{"c", "n", "out", "", "", "", false, ""}});
  Expect(Effect::kTerminal, AddPart{CustomPart{"usage", "{ \"a\": 1 }", ""}});
  EXPECT_EQ(message_.parts.back(), Part(CustomPart{"usage", R"({"a":1})", ""}));
  EXPECT_EQ(message_.parts.size(), 4U);
  ExpectError(Code::kInvalidArgument, AddPart{CustomPart{"usage", "{", ""}});
  ExpectError(Code::kInvalidArgument, AddPart{TextPart{"", false, "5"}});
}

TEST_F(ApplyTest, AddPartOfAToolCallPutsIt) {
  Expect(Effect::kTerminal, AddPart{Call("a", "1")});
  Expect(Effect::kTerminal, AddPart{Call("a", "2")});
  Expect(Effect::kNone, AddPart{Call("a", "2")});
  EXPECT_EQ(message_.parts, (std::vector<Part>{Call("a", "2")}));
}

TEST_F(ApplyTest, AddPartOfAFinishFinishes) {
  Expect(Effect::kDelta, AppendReasoning{"r"});
  Expect(Effect::kTerminal,
         AddPart{FinishPart{FinishReason::kUnknown, 7, "m", "d", "paused", R"({"x":1})"}});
  EXPECT_EQ(message_.parts.at(0), Part(ReasoningPart{"r", "", kNow, kNow, ""}));
  EXPECT_EQ(message_.parts.at(1),
            Part(FinishPart{FinishReason::kUnknown, 7, "m", "d", "paused", R"({"x":1})"}));
  EXPECT_EQ(message_.finished_at, 7);
}

TEST_F(ApplyTest, AddPartOfAFinishWithoutTimeTakesTheTimeOfNow) {
  Expect(Effect::kTerminal, AddPart{FinishPart{FinishReason::kEndTurn, 0, "", "", "", ""}});
  EXPECT_EQ(message_.finished_at, kNow);
  EXPECT_EQ(FinishOf(message_)->time, kNow);
}

TEST_F(ApplyTest, C2_ResetIsTerminal) {
  Expect(Effect::kDelta, AppendText{"first try", false});
  Expect(Effect::kTerminal, Reset{});
  EXPECT_TRUE(message_.parts.empty());
  EXPECT_EQ(patch_.ops, (std::vector<PatchOp>{TruncateOp{0}}));
}

TEST_F(ApplyTest, C2_FinishIsTerminalAndEndsAllReasoning) {
  Expect(Effect::kDelta, AppendReasoning{"one"});
  Expect(Effect::kDelta, AppendText{"t", false});
  Expect(Effect::kDelta, AppendReasoning{"two"});
  Expect(Effect::kTerminal, PutToolCall{Call("c")});
  Expect(Effect::kTerminal, Finish{FinishReason::kToolUse, "why", "how"});
  EXPECT_EQ(message_.parts,
            (std::vector<Part>{ReasoningPart{"one", "", kNow, kNow, ""}, TextPart{"t", false, ""},
                               ReasoningPart{"two", "", kNow, kNow, ""}, Call("c"),
                               FinishPart{FinishReason::kToolUse, kNow, "why", "how", "", ""}}));
  EXPECT_EQ(message_.finished_at, kNow);
  EXPECT_EQ(message_.model, "m");
  EXPECT_EQ(message_.provider, "p");
}

TEST_F(ApplyTest, C6_AFinishedMessageTakesNothingMore) {
  Expect(Effect::kTerminal, PutToolCall{Call("c")});
  Expect(Effect::kTerminal, Finish{FinishReason::kEndTurn, "", ""});
  for (const Mutation& mutation :
       {Mutation(AppendText{"x", false}), Mutation(AppendText{"", false}),
        Mutation(AppendReasoning{"x"}), Mutation(EndReasoning{""}),
        Mutation(PutToolCall{Call("c")}), Mutation(AppendToolInput{"c", "x"}),
        Mutation(FinishToolCall{"c"}), Mutation(AddPart{TextPart{"x", false, ""}}),
        Mutation(Reset{}), Mutation(Finish{FinishReason::kEndTurn, "", ""}), Mutation(Resume{})}) {
    ExpectError(Code::kFinished, mutation);
  }
}

TEST_F(ApplyTest, C6_ResumeTakesTheFinishOff) {
  for (const FinishReason reason :
       {FinishReason::kInterrupted, FinishReason::kCanceled, FinishReason::kError}) {
    Expect(Effect::kDelta, AppendText{"x", false});
    const std::vector<Part> parts = message_.parts;
    Expect(Effect::kTerminal, Finish{reason, "", ""});
    Expect(Effect::kTerminal, Resume{});
    EXPECT_EQ(message_.parts, parts);
    EXPECT_FALSE(message_.finished());
    EXPECT_EQ(message_.model, "m");
  }
  Expect(Effect::kDelta, AppendText{"goes on", false});
  EXPECT_EQ(message_.parts.size(), 1U);
}

TEST_F(ApplyTest, ResumeKeepsWhatStandsBehindTheFinish) {
  message_.finished_at = 5;
  message_.parts = {TextPart{"a", false, ""}, FinishPart{FinishReason::kEndTurn, 1, "", "", "", ""},
                    TextPart{"b", false, ""}, FinishPart{FinishReason::kError, 2, "", "", "", ""},
                    Call("c")};
  Expect(Effect::kTerminal, Resume{});
  EXPECT_EQ(message_.parts,
            (std::vector<Part>{TextPart{"a", false, ""}, TextPart{"b", false, ""}, Call("c")}));
}

TEST_F(ApplyTest, C6_AMessageFinishedFromTheStartCannotBeResumed) {
  message_.role = Role::kUser;
  message_.finished_at = 5;
  ExpectError(Code::kFinished, Resume{});
  ExpectError(Code::kFinished, AppendText{"x", false});
}

TEST_F(ApplyTest, S8_APartThatMemoryCannotHoldInCopiesIsRefused) {
  const std::string most(kMaxPartBytes, 'x');
  ASSERT_TRUE(Apply(AppendText{most, false}, kNow, message_, patch_).ok());
  patch_ = {};
  const auto refused = [this](Mutation mutation) {
    Patch patch;
    const Result<Effect> result = Apply(std::move(mutation), kNow, message_, patch);
    return result.status().code() == Code::kInvalidArgument && patch == Patch();
  };
  EXPECT_TRUE(refused(AppendText{"y", false}));
  EXPECT_EQ(std::get<TextPart>(message_.parts.front()).text.size(), kMaxPartBytes);
  message_.parts.front() = ReasoningPart{most, "", std::nullopt, std::nullopt, ""};
  EXPECT_TRUE(refused(AppendReasoning{"y"}));
  message_.parts.front() = Call("c", most);
  EXPECT_TRUE(refused(AppendToolInput{"c", "y"}));
  EXPECT_TRUE(Apply(AppendText{"another part", false}, kNow, message_, patch_).ok());
}

TEST_F(ApplyTest, CollectsAWindowInOnePatch) {
  const Message before = message_;
  Patch window;
  for (const char* text : {"a", "b", "c"}) {
    ASSERT_TRUE(Apply(AppendText{text, false}, kNow, message_, window).ok());
  }
  EXPECT_EQ(window.from_version, 1);
  EXPECT_EQ(window.to_version, 4);
  EXPECT_EQ(window.ops.size(), 2U);
  Message copy = before;
  ASSERT_TRUE(ApplyPatch(window, copy).ok());
  EXPECT_EQ(copy, message_);
}

}  // namespace
}  // namespace millrace
