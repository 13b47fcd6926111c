// Replace: the classic update with a full snapshot.
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "millrace/model/apply.h"
#include "millrace/model/codec.h"
#include "millrace/model/message.h"
#include "millrace/model/mutation.h"
#include "millrace/model/part.h"
#include "millrace/model/patch.h"

namespace millrace {
namespace {

constexpr TimeMs kReplacedAt = 1'000;

Part Text(std::string text) { return TextPart{std::move(text), false, ""}; }
Part CallPart(std::string id, std::string input, bool finished = false) {
  return ToolCallPart{std::move(id), "tool", std::move(input), finished, false, ""};
}
Part Reasoning(std::string text, std::optional<TimeMs> finished_at = {}) {
  return ReasoningPart{std::move(text), "", 1, finished_at, ""};
}
Part Finished(FinishReason reason, TimeMs time) { return FinishPart{reason, time, "", "", "", ""}; }

Message Unfinished(std::vector<Part> parts) {
  Message message;
  message.version = 3;
  message.parts = std::move(parts);
  return message;
}

struct Outcome {
  Result<Effect> effect;
  Message message;
  Patch patch;
};

// The snapshot with the header fields of `message`.
Outcome Update(Message message, std::vector<Part> parts) {
  const Message before = message;
  Replace snapshot{std::move(parts), message.model, message.provider, message.is_summary};
  Patch patch;
  Result<Effect> effect = Apply(std::move(snapshot), kReplacedAt, message, patch);
  Message copy = before;
  EXPECT_TRUE(ApplyPatch(patch, copy).ok());
  EXPECT_EQ(copy, message);
  return {std::move(effect), std::move(message), std::move(patch)};
}

TEST(Replace, C2_AnIdenticalSnapshotChangesNothing) {
  const std::vector<Part> parts = {Reasoning("r", 2), Text("t"), CallPart("c", "{}"),
                                   Finished(FinishReason::kEndTurn, 9)};
  Message message = Unfinished(parts);
  message.finished_at = 9;
  const Outcome outcome = Update(message, parts);
  EXPECT_EQ(*outcome.effect, Effect::kNone);
  EXPECT_EQ(outcome.message, message);
}

TEST(Replace, TextThatOnlyGrewBecomesAppends) {
  const Outcome outcome = Update(Unfinished({Reasoning("r"), Text("t"), CallPart("c", "{")}),
                                 {Reasoning("r2"), Text("t"), CallPart("c", "{}")});
  EXPECT_EQ(*outcome.effect, Effect::kDelta);
  EXPECT_EQ(outcome.patch.ops, (std::vector<PatchOp>{AppendOp{0, "2"}, AppendOp{2, "}"}}));
}

TEST(Replace, NewTextAtTheEndIsADelta) {
  const Outcome outcome = Update(Unfinished({Text("t")}), {Text("t!"), Reasoning("r"), Text("u")});
  EXPECT_EQ(*outcome.effect, Effect::kDelta);
  EXPECT_EQ(outcome.patch.ops,
            (std::vector<PatchOp>{AppendOp{0, "!"}, PutOp{1, Reasoning("r"), false},
                                  PutOp{2, Text("u"), false}}));
}

TEST(Replace, C2_StructureIsJudgedByIdAndContent) {
  const std::vector<Part> before = {Reasoning("r"), Text("abc"), CallPart("c", "{}")};
  const std::vector<std::vector<Part>> structural = {
      {Reasoning("r", 5), Text("abc"), CallPart("c", "{}")},     // reasoning ended
      {Reasoning("r"), Text("abc"), CallPart("d", "{}")},        // replaced, same count
      {Reasoning("r"), Text("abc"), CallPart("c", "{}", true)},  // finished flips
      {Reasoning("r"), Text("abc"), CallPart("c", "[]")},        // input changed
      {Reasoning("r"), Text("ab"), CallPart("c", "{}")},         // text shrank
      {Reasoning("r"), Text("xbc"), CallPart("c", "{}")},        // text changed
      {Reasoning("r"), Text("abc")},                             // call removed
      {Reasoning("r"), Text("abc"), CallPart("c", "{}"), CallPart("d", "")},  // call added
      {Reasoning("r"), Text("abc"), CallPart("c", "{}"),
       ToolResultPart{"c", "", "", "", "", "", false, ""}},
      {Reasoning("r"), Text("abc"), CallPart("c", "{}"), Reasoning("done", 4)},
      {Text("abc"), Reasoning("r"), CallPart("c", "{}")},
      {},
  };
  for (const std::vector<Part>& parts : structural) {
    const Outcome outcome = Update(Unfinished(before), parts);
    ASSERT_TRUE(outcome.effect.ok());
    EXPECT_EQ(*outcome.effect, Effect::kTerminal) << EncodeParts(parts);
    EXPECT_EQ(outcome.message.parts, parts);
  }
}

TEST(Replace, AHeaderAndItsGrownTextCostNoMoreThanTheGrowth) {
  const std::string long_text(10'000, 'x');
  const Outcome outcome =
      Update(Unfinished({Reasoning(long_text)}), {Reasoning(long_text + "y", 5)});
  EXPECT_EQ(*outcome.effect, Effect::kTerminal);
  EXPECT_LT(outcome.patch.ByteSize(), 100U);
}

TEST(Replace, C2_HeaderFieldsAreTerminal) {
  for (const Replace& snapshot : {Replace{{}, "m2", "p", false}, Replace{{}, "m", "p2", false},
                                  Replace{{}, "m", "p", true}}) {
    Message message = Unfinished({});
    message.model = "m";
    message.provider = "p";
    Patch patch;
    EXPECT_EQ(*Apply(snapshot, kReplacedAt, message, patch), Effect::kTerminal);
    EXPECT_EQ(message.model, snapshot.model);
    EXPECT_EQ(message.provider, snapshot.provider);
    EXPECT_EQ(message.is_summary, snapshot.is_summary);
    EXPECT_FALSE(message.finished());
  }
}

TEST(Replace, C2_AFinishPartFinishes) {
  const Outcome timed =
      Update(Unfinished({Text("t")}), {Text("t"), Finished(FinishReason::kEndTurn, 77)});
  EXPECT_EQ(*timed.effect, Effect::kTerminal);
  EXPECT_EQ(timed.message.finished_at, 77);
  const Outcome untimed =
      Update(Unfinished({Text("t")}), {Text("t"), Finished(FinishReason::kEndTurn, 0)});
  EXPECT_EQ(untimed.message.finished_at, kReplacedAt);
  EXPECT_EQ(FinishOf(untimed.message)->time, kReplacedAt);
}

TEST(Replace, C6_CannotUnfinish) {
  Message message = Unfinished({Text("t"), Finished(FinishReason::kEndTurn, 9)});
  message.finished_at = 9;
  for (const std::vector<Part>& parts : {std::vector<Part>{Text("t")}, std::vector<Part>{}}) {
    const Outcome outcome = Update(message, parts);
    EXPECT_EQ(outcome.effect.status().code(), Code::kFinished);
    EXPECT_EQ(outcome.message, message);
  }
}

TEST(Replace, AFinishedMessageMayChangeAsLongAsItStaysFinished) {
  Message message = Unfinished({Text("t"), Finished(FinishReason::kEndTurn, 9)});
  message.finished_at = 9;
  const Outcome outcome = Update(message, {Text("better"), Finished(FinishReason::kMaxTokens, 0)});
  EXPECT_EQ(*outcome.effect, Effect::kTerminal);
  EXPECT_EQ(outcome.message.finished_at, 9);
  EXPECT_EQ(FinishOf(outcome.message)->time, 9);
  EXPECT_EQ(FinishOf(outcome.message)->reason, FinishReason::kMaxTokens);
}

TEST(Replace, AMessageFinishedFromTheStartStaysSo) {
  Message message = Unfinished({Text("question")});
  message.role = Role::kUser;
  message.finished_at = 5;
  const Outcome outcome = Update(message, {Text("question!")});
  EXPECT_EQ(*outcome.effect, Effect::kTerminal) << "nothing streams into it";
  EXPECT_EQ(outcome.message.finished_at, 5);
}

TEST(Replace, RefusesWhatCannotBe) {
  const Message message = Unfinished({Text("t")});
  for (const std::vector<Part>& parts :
       {std::vector<Part>{Finished(FinishReason::kEndTurn, 1), Text("t")},
        std::vector<Part>{Text("t"), CallPart("", "{}")},
        std::vector<Part>{CustomPart{"x", "no json", ""}}}) {
    const Outcome outcome = Update(message, parts);
    EXPECT_EQ(outcome.effect.status().code(), Code::kInvalidArgument) << EncodeParts(parts);
    EXPECT_EQ(outcome.message, message);
  }
}

// A page sees neither the stored form of a custom part nor a foreign finish reason.
TEST(Replace, AReaderThatSendsBackWhatItSawLosesNothing) {
  Message message =
      Unfinished(*DecodeParts(R"([{"type":"new","data":{"a":1},"meta":2},5,)"
                              R"({"type":"finish","data":{"reason":"paused","time":9}}])"));
  message.finished_at = 9;
  std::vector<Part> seen = message.parts;
  std::get<CustomPart>(seen.at(0)).verbatim.clear();
  std::get<CustomPart>(seen.at(1)).verbatim.clear();
  std::get<FinishPart>(seen.at(2)).foreign_reason.clear();
  EXPECT_EQ(*Update(message, seen).effect, Effect::kNone);
  std::get<CustomPart>(seen.at(0)).data = "{}";
  const Outcome outcome = Update(message, seen);
  EXPECT_EQ(*outcome.effect, Effect::kTerminal);
  EXPECT_EQ(outcome.message.parts.at(0), Part(CustomPart{"new", "{}", ""}));
}

}  // namespace
}  // namespace millrace
