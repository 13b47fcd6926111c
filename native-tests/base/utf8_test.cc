#include "millrace/base/utf8.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace millrace {
namespace {

// U+FFFD
#define R "\xEF\xBF\xBD"

struct Sample {
  std::string_view bytes;
  std::string_view text;  // the text, with ill-formed parts replaced
};

// How much one U+FFFD replaces follows the Unicode standard, section 3.9 (maximal subparts), as
// TextDecoder does too.
const std::vector<Sample>& Samples() {
  static const std::vector<Sample> samples = {
      {"", ""},
      {"plain", "plain"},
      {"a longer run of plain text, then é", "a longer run of plain text, then é"},
      {"häß 汉字 👩‍👩‍👧 \xF4\x8F\xBF\xBF",
       "häß 汉字 👩‍👩‍👧 \xF4\x8F\xBF\xBF"},
      {"\x80", R},
      {"a\xFF\xFE z", "a" R R " z"},
      {"\xC0\xAF", R R},                 // overlong
      {"\xC1\xBF", R R},                 // overlong
      {"\xE0\x80\x80", R R R},           // overlong
      {"\xF0\x8F\xBF\xBF", R R R R},     // overlong
      {"\xED\xA0\x80", R R R},           // a surrogate
      {"\xED\x9F\xBF", "\xED\x9F\xBF"},  // the last code point before them
      {"\xEE\x80\x80", "\xEE\x80\x80"},  // the first code point after them
      {"\xF4\x90\x80\x80", R R R R},     // beyond U+10FFFF
      {"\xF5\x80\x80\x80", R R R R},     // not a lead byte
      {"\xE2\x82", R},                   // ends too early
      {"\xE2\x82z", R "z"},              // continues too early
      {"\xF0\x9F\x91z", R "z"},          //
      {"\xF0\x9F\xF0\x9F\x91\xA9", R "\xF0\x9F\x91\xA9"},
      {"\xC3\xC3\xA9", R "\xC3\xA9"},
      {"12345678\xC3", "12345678" R},
  };
  return samples;
}

TEST(Utf8, RecognisesWellFormedText) {
  for (const Sample& sample : Samples()) {
    EXPECT_EQ(IsValidUtf8(sample.bytes), sample.bytes == sample.text) << sample.text;
    EXPECT_TRUE(IsValidUtf8(sample.text)) << sample.text;
  }
  EXPECT_TRUE(IsValidUtf8(std::string_view("\0\0", 2)));
}

TEST(Utf8, ReplacesEachMaximalIllFormedPart) {
  for (const Sample& sample : Samples()) {
    EXPECT_EQ(ToValidUtf8(sample.bytes), sample.text);
  }
}

TEST(Utf8, EveryCodePointIsWellFormedAndNoSurrogateIs) {
  for (std::uint32_t point = 0; point <= 0x110000; ++point) {
    std::string bytes;
    const auto put = [&bytes](std::uint32_t byte) { bytes.push_back(static_cast<char>(byte)); };
    if (point < 0x80) {
      put(point);
    } else if (point < 0x800) {
      put(0xC0 | point >> 6);
      put(0x80 | (point & 0x3F));
    } else if (point < 0x10000) {
      put(0xE0 | point >> 12);
      put(0x80 | (point >> 6 & 0x3F));
      put(0x80 | (point & 0x3F));
    } else {
      put(0xF0 | point >> 18);
      put(0x80 | (point >> 12 & 0x3F));
      put(0x80 | (point >> 6 & 0x3F));
      put(0x80 | (point & 0x3F));
    }
    const bool scalar = point < 0x110000 && (point < 0xD800 || point > 0xDFFF);
    ASSERT_EQ(IsValidUtf8(bytes), scalar) << point;
  }
}

// Every way to cut `bytes` into three pieces.
TEST(Utf8StreamDecoder, AnySplitGivesTheSameText) {
  for (const Sample& sample : Samples()) {
    for (std::size_t i = 0; i <= sample.bytes.size(); ++i) {
      for (std::size_t j = i; j <= sample.bytes.size(); ++j) {
        Utf8StreamDecoder decoder;
        std::string text = decoder.Decode(sample.bytes.substr(0, i));
        text += decoder.Decode(sample.bytes.substr(i, j - i));
        text += decoder.Decode(sample.bytes.substr(j));
        text += decoder.Finish();
        ASSERT_EQ(text, sample.text) << i << ' ' << j;
      }
    }
  }
}

TEST(Utf8StreamDecoder, EveryPieceIsWellFormedWhateverTheBytes) {
  constexpr unsigned kSeed = 20261;
  std::mt19937 random(kSeed);
  // Bytes that are likely to occur in the middle of a sequence.
  constexpr std::string_view kAlphabet =
      "a\x80\x8F\x90\x9F\xA0\xBF\xC2\xE0\xE2\xED\xF0\xF1\xF4\xFF";
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes;
    for (auto i = random() % 12; i > 0; --i) bytes += kAlphabet[random() % kAlphabet.size()];
    Utf8StreamDecoder decoder;
    std::string text;
    for (std::size_t at = 0; at < bytes.size();) {
      const std::size_t size = 1 + random() % 3;
      const std::string piece = decoder.Decode(std::string_view(bytes).substr(at, size));
      ASSERT_TRUE(IsValidUtf8(piece)) << "seed " << kSeed << " round " << round;
      text += piece;
      at += size;
    }
    text += decoder.Finish();
    ASSERT_EQ(text, ToValidUtf8(bytes)) << "seed " << kSeed << " round " << round;
  }
}

TEST(Utf8StreamDecoder, HoldsBackNoWholeCodePoint) {
  Utf8StreamDecoder decoder;
  EXPECT_EQ(decoder.Decode("a\xF0\x9F\x91"), "a");
  EXPECT_EQ(decoder.Decode("\xA9"), "\xF0\x9F\x91\xA9");
  EXPECT_EQ(decoder.Finish(), "");
}

TEST(Utf8StreamDecoder, IsAsNewAfterFinish) {
  Utf8StreamDecoder decoder;
  EXPECT_EQ(decoder.Decode("\xE2"), "");
  EXPECT_EQ(decoder.Finish(), R);
  EXPECT_EQ(decoder.Decode("\x82z"), R "z");
}

}  // namespace
}  // namespace millrace
