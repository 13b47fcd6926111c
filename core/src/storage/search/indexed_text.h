#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace millrace {

// The code point at `at` of valid UTF-8. Moves `at` behind it.
char32_t NextCodePoint(std::string_view text, std::size_t& at);

// Whether the script of the character has no spaces between words (Chinese, Japanese, Korean, Thai,
// Tibetan, Burmese, Khmer, Lao). The index takes each such character as a word of its own, so that
// a word of two characters is found anywhere.
bool IsUnspaced(char32_t code_point);

// Begins the terms that the index adds to a text (search/filter_terms.h). It is from Unicode's
// private use area. If a text has this character itself, it counts as a space.
constexpr char32_t kFilterTermStart = 0xE000;

// `text`, which is valid UTF-8, in the form in which it is indexed: with spaces around each
// character of an unspaced script, and with folded letters (letters.h). Queries are changed in the
// same way. So the index needs no tokenizer of its own, and any program with FTS5 can use the
// table.
std::string IndexedText(std::string_view text);

}  // namespace millrace
