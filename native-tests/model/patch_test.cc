#include "millrace/model/patch.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "millrace/model/message.h"
#include "millrace/model/part.h"

namespace millrace {
namespace {

Message SampleMessage() {
  Message message;
  message.version = 4;
  message.updated_at = 10;
  message.parts = {TextPart{"Hello", false, ""}, ReasoningPart{"hm", "", 1, {}, ""},
                   ImageUrlPart{"u", "", ""}};
  return message;
}

Patch PatchOf(std::vector<PatchOp> ops) { return Patch{4, 6, 20, std::move(ops)}; }

TEST(Patch, MergesAppendsToTheSamePart) {
  Patch patch;
  patch.Append(0, "a");
  patch.Append(0, "");
  patch.Append(0, "b");
  patch.Append(1, "c");
  patch.Add(AppendOp{1, "d"});
  patch.Append(0, "e");
  EXPECT_EQ(patch.ops,
            (std::vector<PatchOp>{AppendOp{0, "ab"}, AppendOp{1, "cd"}, AppendOp{0, "e"}}));
}

TEST(Patch, DoesNotMergeAcrossAnotherOp) {
  Patch patch;
  patch.Append(0, "a");
  patch.Add(TruncateOp{1});
  patch.Append(0, "b");
  EXPECT_EQ(patch.ops.size(), 3U);
}

TEST(Patch, ExtendJoinsVersionsTimesAndAppends) {
  Patch patch;
  patch.Extend(Patch{1, 2, 10, {AppendOp{0, "a"}}});
  patch.Extend(Patch{2, 3, 11, {AppendOp{0, "b"}, TruncateOp{0}}});
  patch.Extend(Patch());
  EXPECT_EQ(patch, (Patch{1, 3, 11, {AppendOp{0, "ab"}, TruncateOp{0}}}));
}

TEST(Patch, ByteSizeCountsAllItCarries) {
  EXPECT_EQ(Patch().ByteSize(), 0U);
  Patch patch;
  patch.Append(0, "12345");
  EXPECT_EQ(patch.ByteSize(), 5U);
  const std::string big(1000, 'x');
  const std::vector<Part> parts = {TextPart{big, false, ""},
                                   ReasoningPart{"", big, {}, {}, ""},
                                   ToolCallPart{"", "", big, false, false, ""},
                                   ToolResultPart{"", "", big, "", "", "", false, ""},
                                   ImageUrlPart{big, "", ""},
                                   BinaryPart{"", "", big, ""},
                                   ShellCommandPart{"", big, 0, ""},
                                   FinishPart{FinishReason::kError, 0, big, "", "", ""},
                                   CustomPart{"", big, ""}};
  for (const Part& part : parts) {
    const std::size_t before = patch.ByteSize();
    patch.Add(PutOp{0, part, false});
    EXPECT_GE(patch.ByteSize(), before + big.size());
    EXPECT_LE(patch.ByteSize(), before + big.size() + 100);
  }
  const std::size_t before = patch.ByteSize();
  patch.Add(HeaderOp{big, big, false, {}});
  patch.Add(TruncateOp{0});
  EXPECT_GE(patch.ByteSize(), before + 2 * big.size());
}

TEST(ApplyPatch, CarriesOutEveryOp) {
  Message message = SampleMessage();
  const Status status =
      ApplyPatch(PatchOf({AppendOp{0, " world"}, PutOp{1, ReasoningPart{"", "sig", 1, 2, ""}, true},
                          TruncateOp{2}, PutOp{2, TextPart{"new", false, ""}, false},
                          AppendOp{2, "er"}, HeaderOp{"m", "p", true, 20}}),
                 message);
  ASSERT_TRUE(status.ok()) << status.message();
  Message expected = SampleMessage();
  expected.parts = {TextPart{"Hello world", false, ""}, ReasoningPart{"hm", "sig", 1, 2, ""},
                    TextPart{"newer", false, ""}};
  expected.model = "m";
  expected.provider = "p";
  expected.is_summary = true;
  expected.finished_at = 20;
  expected.version = 6;
  expected.updated_at = 20;
  EXPECT_EQ(message, expected);
}

TEST(ApplyPatch, RefusesAnotherVersion) {
  for (const Patch& patch : {Patch{3, 5, 1, {TruncateOp{0}}}, Patch{5, 6, 1, {TruncateOp{0}}},
                             Patch{4, 4, 1, {TruncateOp{0}}}, Patch{4, 3, 1, {TruncateOp{0}}}}) {
    Message message = SampleMessage();
    EXPECT_EQ(ApplyPatch(patch, message).code(), Code::kCorrupt);
    EXPECT_EQ(message, SampleMessage());
  }
}

TEST(ApplyPatch, AnEmptyPatchChangesNothing) {
  Message message = SampleMessage();
  EXPECT_TRUE(ApplyPatch(Patch(), message).ok());
  EXPECT_EQ(message, SampleMessage());
}

TEST(ApplyPatch, LeavesTheMessageAloneWhenALaterOpDoesNotFit) {
  const PatchOp good = AppendOp{0, "!"};
  const std::vector<std::vector<PatchOp>> misfits = {
      {AppendOp{3, "x"}},
      {AppendOp{4294967295U, "x"}},
      {AppendOp{2, "x"}},
      {PutOp{4, TextPart(), false}},
      {PutOp{4294967295U, TextPart(), false}},
      {PutOp{3, TextPart(), true}},                  // there is no body to keep
      {PutOp{2, TextPart(), true}},                  // the part has no body
      {PutOp{1, TextPart(), true}},                  // another type
      {PutOp{0, ImageUrlPart(), true}},              // this type has no body
      {PutOp{0, TextPart{"own", false, ""}, true}},  // two bodies
      {TruncateOp{4}},
      {TruncateOp{1}, AppendOp{1, "x"}},
      {TruncateOp{0}, PutOp{1, TextPart(), false}},
      {PutOp{0, ImageUrlPart(), false}, AppendOp{0, "x"}},
      {PutOp{3, TextPart(), false}, TruncateOp{3}, AppendOp{3, "x"}},
      {TruncateOp{1}, PutOp{1, ImageUrlPart(), false}, AppendOp{1, "x"}},
      {TruncateOp{1}, TruncateOp{2}},
  };
  for (std::size_t i = 0; i < misfits.size(); ++i) {
    std::vector<PatchOp> ops = misfits[i];
    ops.insert(ops.begin(), good);
    Message message = SampleMessage();
    EXPECT_EQ(ApplyPatch(PatchOf(std::move(ops)), message).code(), Code::kCorrupt) << i;
    EXPECT_EQ(message, SampleMessage()) << i;
  }
}

TEST(ApplyPatch, AcceptsWhatEarlierOpsMadeFit) {
  Message message = SampleMessage();
  EXPECT_TRUE(ApplyPatch(PatchOf({PutOp{2, TextPart{"a", false, ""}, false}, AppendOp{2, "b"},
                                  TruncateOp{1}, PutOp{1, TextPart(), false},
                                  PutOp{2, ToolCallPart(), false}, AppendOp{2, "{}"},
                                  PutOp{2, ToolCallPart{"c", "", "", true, false, ""}, true}}),
                         message)
                  .ok());
  EXPECT_EQ(message.parts, (std::vector<Part>{TextPart{"Hello", false, ""}, TextPart(),
                                              ToolCallPart{"c", "", "{}", true, false, ""}}));
}

}  // namespace
}  // namespace millrace
