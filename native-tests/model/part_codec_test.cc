#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "millrace/model/codec.h"
#include "millrace/model/part.h"

namespace millrace {
namespace {

Part Decoded(std::string_view json) {
  Result<Part> part = DecodePart(json);
  EXPECT_TRUE(part.ok()) << part.status().message();
  return part.ok() ? *part : Part();
}

struct Sample {
  Part part;
  std::string_view stored;
};

std::vector<Sample> Samples() {
  return {
      {TextPart{"Hi \"you\"", false, ""}, R"({"type":"text","data":{"text":"Hi \"you\""}})"},
      {TextPart{"No.", true, ""}, R"({"type":"text","data":{"text":"No.","refusal":true}})"},
      {ReasoningPart{"hm", "", {}, {}, ""},
       R"({"type":"reasoning","data":{"thinking":"hm","signature":""}})"},
      {ReasoningPart{"hm", "c2ln", 5, 9, ""},
       R"({"type":"reasoning","data":{"thinking":"hm","signature":"c2ln",)"
       R"("started_at":5,"finished_at":9}})"},
      {ToolCallPart{"c1", "read", "{\"a\":", false, true, ""},
       R"({"type":"tool_call","data":{"id":"c1","name":"read","input":"{\"a\":",)"
       R"("provider_executed":true,"finished":false}})"},
      {ToolResultPart{"c1", "read", "ok", "AA==", "image/png", "{}", true, ""},
       R"({"type":"tool_result","data":{"tool_call_id":"c1","name":"read","content":"ok",)"
       R"("data":"AA==","mime_type":"image/png","metadata":"{}","is_error":true}})"},
      {ImageUrlPart{"https://a.example/b", "high", ""},
       R"({"type":"image_url","data":{"url":"https://a.example/b","detail":"high"}})"},
      {ImageUrlPart{"data:,", "", ""}, R"({"type":"image_url","data":{"url":"data:,"}})"},
      {BinaryPart{"a.bin", "application/x", std::string("\0\xFF\x10\x80", 4), ""},
       R"({"type":"binary","data":{"Path":"a.bin","MIMEType":"application/x","Data":"AP8QgA=="}})"},
      {FilePart{"image/png", "a.png", 0, "beef", "", ""},
       R"({"type":"file","data":{"media_type":"image/png","name":"a.png","size":0,"blob":"beef"}})"},
      {FilePart{"text/plain", "", std::nullopt, "", "https://x.test/a", ""},
       R"({"type":"file","data":{"media_type":"text/plain","url":"https://x.test/a"}})"},
      {TextPart{"t", false, "", "p1"}, R"({"type":"text","data":{"text":"t","id":"p1"}})"},
      {ReasoningPart{"r", "", {}, {}, "", "p2"},
       R"({"type":"reasoning","data":{"thinking":"r","signature":"","id":"p2"}})"},
      {ToolCallPart{"c", "n", "{}", true, false, "", R"({"id":"a","approved":false})"},
       R"({"type":"tool_call","data":{"id":"c","name":"n","input":"{}","provider_executed":false,)"
       R"("finished":true,"approval":{"id":"a","approved":false}}})"},
      {ToolResultPart{"c", "n", "50 %", "", "", "", false, "", true},
       R"({"type":"tool_result","data":{"tool_call_id":"c","name":"n","content":"50 %","data":"",)"
       R"("mime_type":"","metadata":"","is_error":false,"preliminary":true}})"},
      {CustomPart{"data-weather", "1", "", "w1"}, R"({"type":"data-weather","data":1,"id":"w1"})"},
      {ShellCommandPart{"ls", "a\n", -1, ""},
       R"({"type":"shell_command","data":{"command":"ls","output":"a\n","exit_code":-1}})"},
      {FinishPart{FinishReason::kToolUse, 1700000000000, "", "", "", ""},
       R"({"type":"finish","data":{"reason":"tool_use","time":1700000000000}})"},
      {FinishPart{FinishReason::kError, 1, "boom", "stack", "", ""},
       R"({"type":"finish","data":{"reason":"error","time":1,"message":"boom","details":"stack"}})"},
      {FinishPart{FinishReason::kUnknown, 1, "", "", "permission_denied", ""},
       R"({"type":"finish","data":{"reason":"permission_denied","time":1}})"},
      {CustomPart{"usage", R"({"inputTokens":3})", ""},
       R"({"type":"usage","data":{"inputTokens":3}})"},
  };
}

TEST(PartCodec, StoresEveryTypeAsDocumented) {
  for (const Sample& sample : Samples()) {
    EXPECT_EQ(EncodePart(sample.part), sample.stored);
    EXPECT_EQ(Decoded(sample.stored), sample.part) << sample.stored;
  }
}

TEST(PartCodec, StoresAnArray) {
  std::vector<Part> parts;
  std::string stored = "[";
  for (const Sample& sample : Samples()) {
    parts.push_back(sample.part);
    stored.append(stored.size() > 1 ? "," : "").append(sample.stored);
  }
  stored += "]";
  EXPECT_EQ(EncodeParts(parts), stored);
  EXPECT_EQ(*DecodeParts(stored), parts);
  EXPECT_EQ(EncodeParts({}), "[]");
  EXPECT_TRUE(DecodeParts(" [ ] ")->empty());
}

// A row as Crush writes it: all fields, in its order, times absent or 0.
TEST(PartCodec, ReadsACrushRow) {
  const Result<std::vector<Part>> parts = DecodeParts(
      R"([{"type":"reasoning","data":{"thinking":"t","signature":"s","thought_signature":"",)"
      R"("tool_id":"","responses_data":null,"started_at":1700000000}},)"
      R"({"type":"binary","data":{"Path":"p","MIMEType":"image/png","Data":null}},)"
      R"({"type":"finish","data":{"reason":"end_turn","time":1700000001}}])");
  ASSERT_TRUE(parts.ok());
  EXPECT_EQ(parts->at(0), Part(ReasoningPart{"t",
                                             "s",
                                             1700000000,
                                             {},
                                             R"({"thought_signature":"","tool_id":"",)"
                                             R"("responses_data":null})"}));
  EXPECT_EQ(parts->at(1), Part(BinaryPart{"p", "image/png", "", ""}));
  EXPECT_EQ(parts->at(2), Part(FinishPart{FinishReason::kEndTurn, 1700000001, "", "", "", ""}));
}

TEST(PartCodec, UnknownFieldsSurvive) {
  constexpr std::string_view kStored =
      R"({"type":"text","data":{"text":"a","future":{"n":12345678901234567890123,"x":1e400},)"
      R"("\u00e9":"\ud83d"},"meta":[1],"other":null})";
  const Part part = Decoded(kStored);
  ASSERT_TRUE(std::holds_alternative<TextPart>(part));
  EXPECT_EQ(std::get<TextPart>(part).text, "a");
  EXPECT_EQ(EncodePart(part), kStored);
}

TEST(PartCodec, KnownFieldsRuleOverExtraOnes) {
  const TextPart part{"mine", false, R"({"text":"theirs","refusal":true,"more":1})"};
  EXPECT_EQ(EncodePart(part), R"({"type":"text","data":{"text":"mine","more":1}})");
}

TEST(PartCodec, AbsentAndNullFieldsHaveTheirDefaults) {
  EXPECT_EQ(Decoded(R"({"type":"text","data":{}})"), Part(TextPart()));
  EXPECT_EQ(Decoded(R"({"type":"tool_call","data":{"id":null,"finished":null}})"),
            Part(ToolCallPart()));
  EXPECT_EQ(Decoded(R"({"type":"reasoning","data":{"started_at":0,"finished_at":null}})"),
            Part(ReasoningPart()));
  EXPECT_EQ(Decoded(R"({"type":"finish","data":{}})"), Part(FinishPart()));
}

// Known flaw: one part that could not be decoded made every list of its session fail.
TEST(PartCodec, WhatCannotBeDecodedIsKeptVerbatim) {
  const std::vector<std::string_view> elements = {
      "5",
      "null",
      R"("text")",
      "[]",
      "{}",
      R"({"type":"text"})",
      R"({"type":"text","data":5})",
      R"({"type":5,"data":{}})",
      R"({"data":{"text":"a"}})",
      R"({"type":"text","data":{"text":5}})",
      R"({"type":"tool_call","data":{"id":"a","finished":"yes"}})",
      R"({"type":"finish","data":{"reason":"end_turn","time":1.5}})",
      R"({"type":"finish","data":{"reason":7,"time":1}})",
      R"({"type":"finish","data":{"reason":"end_turn","time":99999999999999999999}})",
      R"({"type":"binary","data":{"Path":"a","MIMEType":"b","Data":"not base64"}})",
      R"({"type":"binary","data":{"Path":"a","MIMEType":"b","Data":"AAA"}})",
      R"({"type":"text","data":{"text":"a","$element":{}}})",
      R"({"type":"mystery","data":[1,{"a":"b"}],"version":2})",
      R"({"type":"","data":null})",
  };
  for (const std::string_view element : elements) {
    const Part part = Decoded(element);
    EXPECT_TRUE(std::holds_alternative<CustomPart>(part)) << element;
    EXPECT_EQ(EncodePart(part), element);
    EXPECT_EQ(Decoded(EncodePart(part)), part);
  }
  const std::string list = R"([{"type":"text","data":{"text":"a"}},{"type":"text","data":5}])";
  const Result<std::vector<Part>> parts = DecodeParts(list);
  ASSERT_TRUE(parts.ok());
  EXPECT_EQ(parts->at(0), Part(TextPart{"a", false, ""}));
  EXPECT_EQ(parts->at(1), Part(CustomPart{"text", "5", ""}));
  EXPECT_EQ(EncodeParts(*parts), list);
}

TEST(PartCodec, DuplicateKeysCountLast) {
  EXPECT_EQ(Decoded(R"({"type":"x","type":"text","data":1,"data":{"text":"a","text":"b"}})"),
            Part(TextPart{"b", false, ""}));
}

TEST(PartCodec, EscapedNamesAreTheSameNames) {
  EXPECT_EQ(Decoded(R"({"t\u0079pe":"te\u0078t","data":{"te\u0078t":"a"}})"),
            Part(TextPart{"a", false, ""}));
}

TEST(PartCodec, TextsKeepEveryByte) {
  const TextPart part{std::string("\0\x01\x1f\x7f\"\\/\b\f\n\r\t 汉👩‍👧\xE2\x80\xA8", 30),
                      false, ""};
  EXPECT_EQ(Decoded(EncodePart(part)), Part(part));
}

TEST(PartCodec, DeepNestingIsKeptButNotLookedInto) {
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  const std::string element = R"({"type":"usage","data":)" + deep + "}";
  EXPECT_EQ(Decoded(element), Part(CustomPart{"", "null", element}));
  EXPECT_EQ(EncodePart(Decoded(element)), element);
  const std::string text = R"({"type":"text","data":{"text":"a","x":)" + deep + "}}";
  EXPECT_EQ(EncodePart(Decoded(text)), text);
}

TEST(PartCodec, ManyKeysCostNoMoreThanTheirBytes) {
  std::string data = "{";
  for (int i = 0; i < 200'000; ++i) data.append("\"k").append(std::to_string(i)).append("\":0,");
  data += R"("last":1})";
  const std::string element = R"({"type":"usage","data":)" + data + "}";
  EXPECT_EQ(EncodePart(Decoded(element)), element);
}

TEST(PartCodec, RefusesWhatIsNoArray) {
  for (const std::string_view json : {"", "  ", "null", "{}", "[", "[1,]", "[1] 2", "\"[]\""}) {
    EXPECT_EQ(DecodeParts(json).status().code(), Code::kCorrupt) << json;
  }
  EXPECT_EQ(DecodePart("{").status().code(), Code::kCorrupt);
  EXPECT_EQ(DecodePart("").status().code(), Code::kCorrupt);
}

TEST(PartCodec, ReadsAnOnlyTextInAnyForm) {
  const std::string text = R"("a \"quoted\" \\ line\nand \u00e9")";
  const std::vector<Part> parts = {TextPart{"a \"quoted\" \\ line\nand \u00e9", false, ""}};
  EXPECT_EQ(*DecodeParts(R"([{"type":"text","data":{"text":)" + text + "}}]"), parts);
  EXPECT_EQ(*DecodeParts(R"([{"type":"text", "data":{"text":)" + text + "}}]"), parts);
  EXPECT_EQ(*DecodeParts(R"([{"data":{"text":)" + text + R"(},"type":"text"}] )"), parts);
  for (const std::string_view damaged :
       {"", "\"", "\"a", "\"a\\\"", "\"\\x\"", "\"\n\"", "\"a\"b\""}) {
    const std::string json = R"([{"type":"text","data":{"text":)" + std::string(damaged) + "}}]";
    EXPECT_EQ(DecodeParts(json).status().code(), Code::kCorrupt) << json;
  }
  // Not a text, or not all of the element.
  EXPECT_EQ(DecodeParts(R"([{"type":"text","data":{"text":5}}])")->at(0),
            Part(CustomPart{"text", R"({"text":5})", ""}));
  EXPECT_EQ(DecodeParts(R"([{"type":"text","data":{"text":"a","new":{}}}])")->at(0),
            Part(TextPart{"a", false, R"({"new":{}})"}));
  EXPECT_EQ(
      DecodeParts(R"([{"type":"text","data":{"text":"a"}},{"type":"text","data":{"text":"b"}}])")
          ->size(),
      2U);
}

TEST(PartCodec, RepairsIllFormedUtf8) {
  EXPECT_EQ(Decoded("{\"type\":\"text\",\"data\":{\"text\":\"a\xFF\"}}"),
            Part(TextPart{"a\xEF\xBF\xBD", false, ""}));
  EXPECT_EQ(DecodeParts("[\"\xC3\"]")->at(0), Part(CustomPart{"", "null", "\"\xEF\xBF\xBD\""}));
}

// An embedder may build parts by hand. The result is a JSON array whatever they hold.
TEST(PartCodec, WritesJsonWhateverAPartHolds) {
  EXPECT_EQ(EncodePart(CustomPart{"x", "no json", ""}), R"({"type":"x","data":"no json"})");
  EXPECT_EQ(EncodePart(CustomPart{"x", "", ""}), R"({"type":"x","data":""})");
  EXPECT_EQ(EncodePart(CustomPart{"x", "1", "{"}), R"({"type":"x","data":1})");
  EXPECT_EQ(EncodePart(TextPart{"a", false, "[1]"}), R"({"type":"text","data":{"text":"a"}})");
  EXPECT_EQ(EncodePart(TextPart{"a", false, "}{"}), R"({"type":"text","data":{"text":"a"}})");
}

TEST(NormalizePart, LeavesNormalPartsAlone) {
  for (const Sample& sample : Samples()) {
    Part part = sample.part;
    ASSERT_TRUE(NormalizePart(part).ok());
    EXPECT_EQ(part, sample.part);
  }
}

TEST(NormalizePart, GivesWhatTheStoreWouldGiveBack) {
  const auto normal = [](Part part) {
    EXPECT_TRUE(NormalizePart(part).ok());
    return part;
  };
  EXPECT_EQ(normal(TextPart{"a\xFF", false, ""}), Part(TextPart{"a\xEF\xBF\xBD", false, ""}));
  EXPECT_EQ(normal(ReasoningPart{"", "", 0, 0, ""}), Part(ReasoningPart()));
  EXPECT_EQ(normal(TextPart{"a", false, R"({ "x" : 1, "text": 2 })"}),
            Part(TextPart{"a", false, R"({"x":1})"}));
  EXPECT_EQ(normal(TextPart{"a", false, "{}"}), Part(TextPart{"a", false, ""}));
  EXPECT_EQ(normal(CustomPart{"text", R"({"text":"b"})", ""}), Part(TextPart{"b", false, ""}));
  EXPECT_EQ(normal(CustomPart{"usage", "[ 1 ]", ""}), Part(CustomPart{"usage", "[1]", ""}));
  EXPECT_EQ(normal(FinishPart{FinishReason::kError, 1, "", "", "left over", ""}),
            Part(FinishPart{FinishReason::kError, 1, "", "", "", ""}));
}

TEST(NormalizePart, RefusesWhatIsNoJson) {
  const std::string deep = R"({"x":)" + std::string(300, '[') + std::string(300, ']') + "}";
  for (Part part : {Part(CustomPart{"x", "no json", ""}), Part(CustomPart{"x", "1", "{"}),
                    Part(TextPart{"", false, "[]"}), Part(TextPart{"", false, "{"}),
                    Part(TextPart{"", false, " "}), Part(TextPart{"", false, deep})}) {
    EXPECT_EQ(NormalizePart(part).code(), Code::kInvalidArgument) << EncodePart(part);
  }
}

}  // namespace
}  // namespace millrace
