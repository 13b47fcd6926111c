#pragma once

#include <string>
#include <string_view>

namespace millrace {

// The letter that `code_point` counts as when words are compared: without diacritics, and of a
// letter that has several forms, the common one. 0: a mark on the letter before it, which counts as
// nothing. For Greek, Cyrillic, Hebrew and Arabic; in both forms of Unicode, composed or not. Case,
// and the diacritics of Latin letters, are left to FTS5.
char32_t FoldLetter(char32_t code_point);

// Appends to `out` what `code_point` folds to. `bytes`: its own, in UTF-8.
void AppendFolded(char32_t code_point, std::string_view bytes, std::string& out);

}  // namespace millrace
