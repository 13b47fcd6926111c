#pragma once

#include <string>
#include <string_view>

namespace millrace {

// The letter that `code_point` counts as when words are compared: without diacritics, and in the
// common form if it has several. 0: a mark on the letter before it, which is ignored. For Greek,
// Cyrillic, Hebrew and Arabic, both composed and decomposed. FTS5 handles case and the diacritics
// of Latin letters.
char32_t FoldLetter(char32_t code_point);

// Appends the folded form of `code_point` to `out`. `bytes` is the code point in UTF-8.
void AppendFolded(char32_t code_point, std::string_view bytes, std::string& out);

}  // namespace millrace
