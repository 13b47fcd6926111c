#include "storage/search/filter_terms.h"

#include <string_view>

#include "storage/search/indexed_text.h"

namespace millrace {
namespace {

static_assert(kFilterTermStart == 0xE000);
constexpr std::string_view kMark = "\xEE\x80\x80";  // the same in UTF-8

constexpr int kRangeBits = 16;
constexpr std::string_view kDigits = "0123456789abcdef";

}  // namespace

// An id can be any text; in hexadecimal it is one word.
std::string SessionTerm(const SessionId& id) {
  std::string word(kMark);
  word.reserve(word.size() + 1 + 2 * id.value.size());
  word += 's';
  for (const char each : id.value) {
    const auto byte = static_cast<unsigned char>(each);
    word += kDigits[byte >> 4];
    word += kDigits[byte & 15];
  }
  return word;
}

std::string RangeTerm(std::int64_t seq) {
  std::string digits;
  for (std::int64_t range = seq >> kRangeBits; range > 0; range >>= 4) {
    digits.insert(digits.begin(), kDigits[static_cast<std::size_t>(range & 15)]);
  }
  return std::string(kMark) + "r" + digits;
}

std::int64_t RangeBegin(std::int64_t seq) { return seq >> kRangeBits << kRangeBits; }

}  // namespace millrace
