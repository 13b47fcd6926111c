#include "model/base64.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace millrace {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// The value of a character that is no digit.
constexpr std::uint8_t kNoDigit = 0x80;

constexpr std::array<std::uint8_t, 256> kDigits = [] {
  std::array<std::uint8_t, 256> digits{};
  digits.fill(kNoDigit);
  for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
    digits[static_cast<std::uint8_t>(kAlphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return digits;
}();

// The first `size` of 3 bytes, as the upper bits of 24.
std::uint32_t GroupOf(const char* bytes, std::size_t size) {
  std::uint32_t group = 0;
  for (std::size_t i = 0; i < size; ++i) {
    group |= static_cast<std::uint32_t>(static_cast<std::uint8_t>(bytes[i])) << (16 - 8 * i);
  }
  return group;
}

void WriteDigits(std::uint32_t group, std::size_t count, char* to) {
  for (std::size_t i = 0; i < count; ++i) to[i] = kAlphabet[group >> (18 - 6 * i) & 0x3F];
}

// The bits of up to 4 digits, the first one uppermost of 24; nullopt if one of them is no digit.
std::optional<std::uint32_t> BitsOf(std::string_view digits) {
  std::uint32_t bits = 0;
  std::uint32_t all = 0;
  int shift = 18;
  for (const char c : digits) {
    const std::uint32_t digit = kDigits[static_cast<std::uint8_t>(c)];
    all |= digit;
    bits |= digit << shift;
    shift -= 6;
  }
  return (all & kNoDigit) != 0 ? std::nullopt : std::optional(bits);
}

}  // namespace

// 3 bytes become 4 digits; the last 4 are padded.
void AppendBase64(std::string_view bytes, std::string& out) {
  const std::size_t start = out.size();
  out.resize(start + (bytes.size() + 2) / 3 * 4, '=');
  char* to = out.data() + start;
  std::size_t at = 0;
  for (; at + 3 <= bytes.size(); at += 3, to += 4) {
    WriteDigits(GroupOf(bytes.data() + at, 3), 4, to);
  }
  const std::size_t rest = bytes.size() - at;
  if (rest > 0) WriteDigits(GroupOf(bytes.data() + at, rest), rest + 1, to);
}

std::optional<std::string> DecodeBase64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
  text.remove_suffix(padding);
  std::string bytes(text.size() / 4 * 3 + 3, '\0');
  char* to = bytes.data();
  for (; !text.empty(); text.remove_prefix(std::min<std::size_t>(text.size(), 4))) {
    const std::optional<std::uint32_t> bits = BitsOf(text.substr(0, 4));
    if (!bits) return std::nullopt;
    for (int shift = 16; shift >= 0; shift -= 8) *to++ = static_cast<char>(*bits >> shift & 0xFF);
  }
  bytes.resize(static_cast<std::size_t>(to - bytes.data()) - padding);
  return bytes;
}

}  // namespace millrace
