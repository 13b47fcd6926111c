#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace millrace {

// The code point at `at` of valid UTF-8, and moves `at` behind it.
char32_t NextCodePoint(std::string_view text, std::size_t& at);

// Whether it is a character of a script that is written without spaces between words (Chinese,
// Japanese, Korean, Thai, Tibetan, Burmese, Khmer, Lao): each is a word of its own for the index,
// so that a word of two characters is found wherever it stands.
bool IsUnspaced(char32_t code_point);

// Begins the terms that the index adds to a text (search/filter_terms.h). A text that has this
// character itself, of the private use area of Unicode, is read as if it had a space there.
constexpr char32_t kFilterTermStart = 0xE000;

// `text`, valid UTF-8, as it is put into the index: with a space on either side of each
// character of an unspaced script, and each letter folded (letters.h). What is asked of the index
// is treated alike; therefore it needs no tokenizer of its own, and any program that has FTS5 can
// use the table.
std::string IndexedText(std::string_view text);

}  // namespace millrace
