#include "model/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "millrace/base/utf8.h"
#include "model/json_object.h"

namespace millrace {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

std::vector<std::pair<std::string, std::string>> Walk(std::string_view container) {
  std::vector<std::pair<std::string, std::string>> items;
  for (json::Cursor cursor(container); cursor.Next();) {
    items.emplace_back(cursor.key(), cursor.value());
  }
  return items;
}

std::string Compact(std::string_view value) {
  std::string out;
  json::AppendCompact(value, out);
  return out;
}

std::string Quote(std::string_view text) {
  std::string out;
  json::AppendString(text, out);
  return out;
}

TEST(Json, TellsHowDeepAValueNests) {
  EXPECT_EQ(json::Depth("1"), 0U);
  EXPECT_EQ(json::Depth(" \"x\" "), 0U);
  EXPECT_EQ(json::Depth("[]"), 1U);
  EXPECT_EQ(json::Depth(R"([{"a":[1]},{}])"), 3U);
}

TEST(Json, AcceptsWhatTheReferenceParserAccepts) {
  const std::vector<std::string> texts = {"null",
                                          "true",
                                          "false",
                                          "nul",
                                          "truely",
                                          "0",
                                          "-0",
                                          "01",
                                          "-",
                                          "1.",
                                          ".5",
                                          "1.5",
                                          "1e5",
                                          "1E+05",
                                          "1e",
                                          "+1",
                                          "\"\"",
                                          "\"a\\n\"",
                                          "\"\\x\"",
                                          "\"\\u12\"",
                                          "\"\\u00e9\"",
                                          "\"a\nb\"",
                                          "\"",
                                          "\"\\",
                                          "[1,2]",
                                          "[1,]",
                                          "[,1]",
                                          "[1 2]",
                                          "[",
                                          "]",
                                          "[]]",
                                          "{}",
                                          "{\"a\":1}",
                                          "{\"a\"}",
                                          "{a:1}",
                                          "{\"a\":1,}",
                                          "{\"a\":}",
                                          "{1:2}",
                                          "{\"a\":1]",
                                          "[1}",
                                          "",
                                          " ",
                                          "[] x",
                                          "\xEF\xBB\xBF[]",
                                          "[\"\\ud83d\\ude00\"]",
                                          "{\"a\":{\"b\":[]}}",
                                          "[1]\n\t\r ",
                                          "\v[]",
                                          "--1",
                                          "1.e5",
                                          "\"\\/\\b\\f\\r\\t\\\"\\\\\"",
                                          "NaN",
                                          "Infinity"};
  for (const std::string& text : texts) {
    // The reference skips a byte order mark. The RFC allows a parser to refuse it.
    const bool expected = nlohmann::json::accept(text) && !text.starts_with("\xEF");
    EXPECT_EQ(json::Depth(text).has_value(), expected) << text;
  }
}

// Texts that are nearly JSON, made by changing valid JSON.
TEST(Json, AgreesWithTheReferenceParserOnBrokenTexts) {
  constexpr unsigned kSeed = 4;
  std::mt19937 random(kSeed);
  constexpr std::string_view kBase = R"( {"a":[1,-2.5e3,"x\n\\"],"b":{"c":null,"d":[true,[]]}} )";
  constexpr std::string_view kAlphabet = "{}[],:\"\\ 0-.eEtfnu1";
  int accepted = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string text(kBase);
    for (auto i = 1 + random() % 2; i > 0; --i) {
      const std::size_t at = random() % text.size();
      if (random() % 2 == 0) {
        text[at] = kAlphabet[random() % kAlphabet.size()];
      } else {
        text.erase(at, 1);
      }
    }
    const auto reference = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
    ASSERT_EQ(json::Depth(text).has_value(), !reference.is_discarded())
        << text << " seed " << kSeed << " round " << round;
    if (reference.is_discarded()) continue;
    ++accepted;
    ASSERT_EQ(nlohmann::json::parse(Compact(text), nullptr, false), reference) << text;
  }
  EXPECT_GT(accepted, 500);
}

TEST(Json, NestingCostsNoStack) {
  const std::string deep = std::string(1'000'000, '[') + std::string(1'000'000, ']');
  EXPECT_EQ(json::Depth(deep), 1'000'000U);
  EXPECT_EQ(json::Depth(std::string_view(deep).substr(1)), std::nullopt);
  EXPECT_EQ(Walk(deep).size(), 1U);
}

TEST(Json, WalksArraysAndObjects) {
  EXPECT_TRUE(Walk("[ ]").empty());
  EXPECT_TRUE(Walk(" { } ").empty());
  EXPECT_THAT(Walk(R"([1 , "a,]\"" ,[2,[3]],{"k":"}"} ])"),
              ElementsAre(Pair("", "1"), Pair("", R"("a,]\"")"), Pair("", "[2,[3]]"),
                          Pair("", R"({"k":"}"})")));
  EXPECT_THAT(Walk(R"({"a":1, "a" : null ,"b\"":[ ]})"),
              ElementsAre(Pair("\"a\"", "1"), Pair("\"a\"", "null"), Pair(R"("b\"")", "[ ]")));
}

TEST(Json, DecodesStrings) {
  EXPECT_EQ(json::DecodeString(R"("")"), "");
  EXPECT_EQ(json::DecodeString(R"("\"\\\/\b\f\n\r\t")"), "\"\\/\b\f\n\r\t");
  EXPECT_EQ(json::DecodeString(R"("\u0000")"), std::string(1, '\0'));
  EXPECT_EQ(json::DecodeString(R"("\u00e9\u6C49\ud83D\uDC69")"), "é汉👩");
  EXPECT_EQ(json::DecodeString(R"("\ud83d")"), "\xEF\xBF\xBD");
  EXPECT_EQ(json::DecodeString(R"("\ud83dx")"), "\xEF\xBF\xBDx");
  EXPECT_EQ(json::DecodeString(R"("\ude00\ud83d\n")"), "\xEF\xBF\xBD\xEF\xBF\xBD\n");
  EXPECT_EQ(json::DecodeString(R"("\ud83d\ud83d\ude00")"), "\xEF\xBF\xBD😀");
}

TEST(Json, DecodesOnlyNumbersThatAreInt64) {
  EXPECT_EQ(json::DecodeInt("0"), 0);
  EXPECT_EQ(json::DecodeInt("-9223372036854775808"), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(json::DecodeInt("9223372036854775807"), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(json::DecodeInt("9223372036854775808"), std::nullopt);
  EXPECT_EQ(json::DecodeInt("1.0"), std::nullopt);
  EXPECT_EQ(json::DecodeInt("1e3"), std::nullopt);
  EXPECT_EQ(json::DecodeInt("\"1\""), std::nullopt);
  EXPECT_EQ(json::DecodeInt("null"), std::nullopt);
}

TEST(Json, WritesStringsThatTheReferenceParserReadsBack) {
  std::string all;
  for (int c = 0; c < 0x80; ++c) all.push_back(static_cast<char>(c));
  all += "é汉👩";
  const auto reference = nlohmann::json::parse(Quote(all), nullptr, false);
  ASSERT_TRUE(reference.is_string());
  EXPECT_EQ(reference.get<std::string>(), all);
  EXPECT_EQ(json::DecodeString(Quote(all)), all);
  EXPECT_EQ(Quote("a\xFF"), "\"a\xEF\xBF\xBD\"");
}

// Text is read eight bytes at a time, so each byte is tested at each place in a word and after it.
TEST(Json, FindsWhatIsSpecialAtAnyPlace) {
  for (int c = 0; c < 0x100; ++c) {
    for (std::size_t place = 0; place < 20; ++place) {
      std::string text(20, 'x');
      text[place] = static_cast<char>(c);
      const std::string raw = "\"" + text + "\"";
      const bool plain = c >= 0x20 && c != '"' && c != '\\';
      ASSERT_EQ(json::Depth(raw).has_value(), plain) << c << " at " << place;
      const std::string written = Quote(text);
      ASSERT_TRUE(json::Depth(written).has_value()) << c << " at " << place;
      ASSERT_EQ(written == raw, plain && c < 0x80) << c << " at " << place;
      ASSERT_EQ(json::DecodeString(written), c < 0x80 ? text : ToValidUtf8(text));
    }
  }
}

TEST(Json, CompactsBetweenTokensOnly) {
  EXPECT_EQ(Compact(" [ 1 ,\n{ \"a b\" : \"c \\\" d\" } ]\t"), R"([1,{"a b":"c \" d"}])");
}

TEST(Json, AnObjectTakenApartHasTheMembersOfItsText) {
  std::string text = R"({"a":1,"b":null,"a":{"c":"d"})";
  for (int n = 0; n < 40; ++n) text += ",\"m" + std::to_string(n) + "\":" + std::to_string(n);
  text += R"(,"m3":"last"})";
  const json::Object object(text);
  EXPECT_EQ(object.Member("a"), R"({"c":"d"})") << "of several with one key, the last";
  EXPECT_EQ(object.Member("b"), "") << "null is missing";
  EXPECT_EQ(object.Member("none"), "");
  EXPECT_EQ(object.Member("m39"), "39") << "though there are many";
  EXPECT_EQ(object.Member("m3"), "\"last\"");
  EXPECT_EQ(json::Object("[1]").Member("a"), "");
  EXPECT_EQ(json::Object("").Member("a"), "");
}

}  // namespace
}  // namespace millrace
