#pragma once

#include <string>
#include <string_view>

namespace millrace {

// A byte order mark. It may come before the first code point of a text and is not part of it.
inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// True when `text` is well-formed UTF-8 (no overlong forms, no surrogates). O(size).
bool IsValidUtf8(std::string_view text);

// `text` with each maximal ill-formed sequence replaced by U+FFFD. O(size).
std::string ToValidUtf8(std::string_view text);

// Decodes a UTF-8 byte stream that arrives in arbitrary pieces. It holds back a code point that is
// split between two pieces until the code point is whole. Ill-formed input becomes U+FFFD.
class Utf8StreamDecoder {
 public:
  // Returns the text that is complete after `bytes`. Holds back at most 3 bytes.
  std::string Decode(std::string_view bytes);
  // Returns U+FFFD if bytes are still held back. Afterwards the decoder is as new.
  std::string Finish();
  std::size_t held_bytes() const { return held_.size(); }

 private:
  std::string held_;  // the start of an unfinished code point
};

}  // namespace millrace
