#include "millrace/model/json_text.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "millrace/base/utf8.h"
#include "model/plain_text.h"

namespace millrace::json {
namespace {

bool IsPlain(char c) { return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\'; }

constexpr std::uint64_t kEachByte = 0x0101010101010101U;
constexpr std::uint64_t kEachHighBit = 0x8080808080808080U;

// Whether any byte is 0. The bits of the bytes above the first zero byte mean nothing.
bool HasZero(std::uint64_t word) { return ((word - kEachByte) & ~word & kEachHighBit) != 0; }
bool Has(std::uint64_t word, char c) {
  return HasZero(word ^ kEachByte * static_cast<unsigned char>(c));
}
bool HasControl(std::uint64_t word) {
  return ((word - kEachByte * 0x20) & ~word & kEachHighBit) != 0;
}

void AppendEscaped(char c, std::string& out) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  out.push_back('\\');
  switch (c) {
    case '"':
    case '\\':
      return out.push_back(c);
    case '\n':
      return out.push_back('n');
    case '\r':
      return out.push_back('r');
    case '\t':
      return out.push_back('t');
    default:
      out.append("u00");
      out.push_back(kHex[static_cast<unsigned char>(c) >> 4]);
      out.push_back(kHex[static_cast<unsigned char>(c) & 0xF]);
  }
}

}  // namespace

// Eight bytes at a time, because all stored and all read text passes through here.
std::size_t PlainLength(std::string_view text) {
  std::size_t size = 0;
  for (std::uint64_t word = 0; size + sizeof(word) <= text.size(); size += sizeof(word)) {
    std::memcpy(&word, text.data() + size, sizeof(word));
    if (Has(word, '"') || Has(word, '\\') || HasControl(word)) break;
  }
  while (size < text.size() && IsPlain(text[size])) ++size;
  return size;
}

void AppendString(std::string_view text, std::string& out) {
  if (!IsValidUtf8(text)) return AppendString(ToValidUtf8(text), out);
  out.push_back('"');
  while (true) {
    const std::size_t plain = PlainLength(text);
    out.append(text.substr(0, plain));
    if (plain == text.size()) break;
    AppendEscaped(text[plain], out);
    text.remove_prefix(plain + 1);
  }
  out.push_back('"');
}

void AppendInt(std::int64_t number, std::string& out) { out.append(std::to_string(number)); }

}  // namespace millrace::json
