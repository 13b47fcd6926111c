#pragma once

#include <list>
#include <string_view>

#include "storage/search/words.h"

namespace millrace {

// Whether `words` end with the phrase. With `open_end`, the last word of the phrase may be a
// prefix.
bool EndsWith(const std::list<Word>& words, const Phrase& phrase, bool open_end);

// Whether `text` (valid UTF-8) has the phrase.
bool HasPhrase(std::string_view text, const Phrase& phrase, bool open_end,
               const WordReader& reader);

// Whether `text` (valid UTF-8) has all phrases of the query.
bool HasPhrases(std::string_view text, const SearchTerms& terms, const WordReader& reader);

}  // namespace millrace
