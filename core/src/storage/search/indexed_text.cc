#include "storage/search/indexed_text.h"

#include <algorithm>
#include <array>

#include "storage/search/letters.h"

namespace millrace {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

// Whole blocks of Unicode, ascending. Characters in them that are no letters make no words.
constexpr std::array kWordSigns = {
    Range{0x0E00, 0x109F},    // Thai, Lao, Tibetan, Myanmar
    Range{0x1100, 0x11FF},    // Hangul jamo
    Range{0x1780, 0x17FF},    // Khmer
    Range{0x2E80, 0x2FDF},    // radicals
    Range{0x3005, 0x3007},    // iteration mark, closing mark, ideographic zero
    Range{0x3021, 0x3029},    // Hangzhou numerals
    Range{0x3031, 0x3035},    // kana repeat marks
    Range{0x3041, 0x31FF},    // hiragana, katakana, bopomofo, Hangul compatibility jamo
    Range{0x3400, 0x4DBF},    // ideographs, extension A
    Range{0x4E00, 0x9FFF},    // ideographs
    Range{0xA960, 0xA97F},    // Hangul jamo, extended A
    Range{0xAC00, 0xD7FF},    // Hangul syllables; jamo, extended B
    Range{0xF900, 0xFAFF},    // compatibility ideographs
    Range{0xFF66, 0xFFDC},    // halfwidth katakana and Hangul
    Range{0x1B000, 0x1B16F},  // kana supplements
    Range{0x20000, 0x3FFFF},  // ideographs, the other extensions
};

// A lead byte of a code point below U+0300. Those are never unspaced or folded.
bool IsPlain(char byte) { return static_cast<unsigned char>(byte) < 0xCC; }

}  // namespace

char32_t NextCodePoint(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<char32_t>(static_cast<unsigned char>(text[i])) : 0;
  };
  const char32_t lead = byte(at);
  std::size_t length = 1;
  char32_t code_point = lead;
  if (lead >= 0xF0) {
    length = 4;
    code_point = lead & 0x07;
  } else if (lead >= 0xE0) {
    length = 3;
    code_point = lead & 0x0F;
  } else if (lead >= 0xC0) {
    length = 2;
    code_point = lead & 0x1F;
  }
  for (std::size_t i = 1; i < length; ++i) code_point = code_point << 6 | (byte(at + i) & 0x3F);
  at = std::min(at + length, text.size());
  return code_point;
}

bool IsUnspaced(char32_t code_point) {
  const auto* const range =
      std::lower_bound(kWordSigns.begin(), kWordSigns.end(), code_point,
                       [](const Range& each, char32_t value) { return each.last < value; });
  return range != kWordSigns.end() && range->first <= code_point;
}

std::string IndexedText(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t plain = at;
    while (at < text.size() && IsPlain(text[at])) ++at;
    out.append(text.substr(plain, at - plain));
    if (at == text.size()) break;
    const std::size_t begin = at;
    const char32_t character = NextCodePoint(text, at);
    const bool alone = IsUnspaced(character);
    if (alone || character == kFilterTermStart) out += ' ';
    if (character == kFilterTermStart) continue;
    AppendFolded(character, text.substr(begin, at - begin), out);
    if (alone) out += ' ';
  }
  return out;
}

}  // namespace millrace
