#pragma once

#include <string>
#include <string_view>

namespace millrace {

// What may stand before the first code point of a text, and is no part of it.
inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// True when `text` is well-formed UTF-8 (no overlong forms, no surrogates). O(size).
bool IsValidUtf8(std::string_view text);

// `text` with each maximal ill-formed sequence replaced by U+FFFD. O(size).
std::string ToValidUtf8(std::string_view text);

// Decodes a UTF-8 byte stream that arrives in arbitrary pieces: a code point split between two
// pieces is held back until it is whole, ill-formed input becomes U+FFFD.
class Utf8StreamDecoder {
 public:
  // The text that `bytes` completes. Holds back at most 3 bytes.
  std::string Decode(std::string_view bytes);
  // What is still held back, as U+FFFD; the decoder is as new afterwards.
  std::string Finish();

 private:
  std::string held_;  // the start of an unfinished code point
};

}  // namespace millrace
