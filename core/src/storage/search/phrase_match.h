#pragma once

#include <deque>
#include <string_view>

#include "storage/search/words.h"

namespace millrace {

// Whether the phrase ends with the last of `words`. With `open_end`, its last word may go on.
bool EndsWith(const std::deque<Word>& words, const Phrase& phrase, bool open_end);

// Whether the phrase stands in `text` (valid UTF-8).
bool HasPhrase(std::string_view text, const Phrase& phrase, bool open_end,
               const WordReader& reader);

}  // namespace millrace
