#include "millrace/base/utf8.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

namespace millrace {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

// What a lead byte requires: the length of its sequence (0: not a lead byte) and the range of the
// second byte. The range is narrower where overlong forms, surrogates or code points past U+10FFFF
// would start. The third and fourth byte are always 80..BF. (Unicode standard, table 3-7.)
struct Lead {
  std::uint8_t length = 0;
  std::uint8_t second_min = 0x80;
  std::uint8_t second_max = 0xBF;
};

Lead LeadOf(std::uint8_t byte) {
  if (byte < 0x80) return {1};
  if (byte < 0xC2) return {0};
  if (byte < 0xE0) return {2};
  if (byte == 0xE0) return {3, 0xA0, 0xBF};
  if (byte == 0xED) return {3, 0x80, 0x9F};
  if (byte < 0xF0) return {3};
  if (byte == 0xF0) return {4, 0x90, 0xBF};
  if (byte < 0xF4) return {4};
  if (byte == 0xF4) return {4, 0x80, 0x8F};
  return {0};
}

enum class Form { kWhole, kBroken, kUnfinished };

// The sequence at the start of a text.
struct Sequence {
  Form form;
  std::size_t size;  // for kBroken: the maximal ill-formed part, replaced by one U+FFFD
};

// REQUIRES: !text.empty()
Sequence FirstSequence(std::string_view text) {
  const Lead lead = LeadOf(static_cast<std::uint8_t>(text[0]));
  if (lead.length == 0) return {Form::kBroken, 1};
  for (std::size_t i = 1; i < lead.length; ++i) {
    if (i == text.size()) return {Form::kUnfinished, i};
    const auto byte = static_cast<std::uint8_t>(text[i]);
    const std::uint8_t min = i == 1 ? lead.second_min : 0x80;
    const std::uint8_t max = i == 1 ? lead.second_max : 0xBF;
    if (byte < min || byte > max) return {Form::kBroken, i};
  }
  return {Form::kWhole, lead.length};
}

bool IsAscii(char byte) { return static_cast<std::uint8_t>(byte) < 0x80; }

// The length of the ASCII text that `text` starts with.
std::size_t AsciiPrefix(std::string_view text) {
  constexpr std::uint64_t kHighBits = 0x8080808080808080U;
  std::size_t size = 0;
  for (std::uint64_t word = 0; size + sizeof(word) <= text.size(); size += sizeof(word)) {
    std::memcpy(&word, text.data() + size, sizeof(word));
    if ((word & kHighBits) != 0) break;
  }
  while (size < text.size() && IsAscii(text[size])) ++size;
  return size;
}

// The length of the longest well-formed text that `text` starts with.
std::size_t ValidPrefix(std::string_view text) {
  std::size_t size = 0;
  while (size < text.size()) {
    if (IsAscii(text[size])) {
      size += AsciiPrefix(text.substr(size));
      continue;
    }
    const Sequence sequence = FirstSequence(text.substr(size));
    if (sequence.form != Form::kWhole) break;
    size += sequence.size;
  }
  return size;
}

// Appends `text` to `out` and replaces ill-formed input by U+FFFD. Stops before an unfinished
// sequence at the end and returns it.
std::string_view Repair(std::string_view text, std::string& out) {
  while (true) {
    const std::size_t valid = ValidPrefix(text);
    out.append(text.substr(0, valid));
    text.remove_prefix(valid);
    if (text.empty()) return text;
    const Sequence sequence = FirstSequence(text);
    if (sequence.form == Form::kUnfinished) return text;
    out.append(kReplacement);
    text.remove_prefix(sequence.size);
  }
}

}  // namespace

bool IsValidUtf8(std::string_view text) { return ValidPrefix(text) == text.size(); }

std::string ToValidUtf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  if (!Repair(text, out).empty()) out.append(kReplacement);
  return out;
}

std::string Utf8StreamDecoder::Decode(std::string_view bytes) {
  std::string out;
  if (held_.empty()) {
    out.reserve(bytes.size());
    held_ = Repair(bytes, out);
    return out;
  }
  const std::string joined = std::exchange(held_, {}).append(bytes);
  out.reserve(joined.size());
  held_ = Repair(joined, out);
  return out;
}

std::string Utf8StreamDecoder::Finish() {
  if (held_.empty()) return {};
  held_.clear();
  return std::string(kReplacement);
}

}  // namespace millrace
