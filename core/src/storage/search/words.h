#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace {

// A word as the index knows it: case and diacritics folded.
struct Word {
  std::string folded;
  // Where it stands in the text, bytes.
  std::size_t begin = 0;
  std::size_t end = 0;
};

// Calls `each` for the words of `text` (valid UTF-8) in order, until it returns false.
using WordReader =
    std::function<void(std::string_view text, const std::function<bool(const Word&)>& each)>;

// Consecutive words: "e-mail" is two.
using Phrase = std::vector<std::string>;

// What a person typed, understood: phrases that must all be there.
struct SearchTerms {
  std::vector<Phrase> phrases;
  // Of the last phrase the last word may go on.
  bool open_end = false;

  bool empty() const { return phrases.empty(); }
};

// Blanks end a phrase, and a word that may not go on. No text is wrong; one without a word has no
// phrases.
SearchTerms ReadTerms(std::string_view text, const WordReader& words);

// The same, of the last word only as much as has a list of its own in the index: more messages have
// it, and they are found faster. nullopt: the last word is no longer than that, or may not go on.
std::optional<SearchTerms> Widened(const SearchTerms& terms);

// A query in the language of FTS5, for the messages that have the terms and, unless it is empty,
// the filter term (search/filter_terms.h).
std::string MatchExpression(const SearchTerms& terms, std::string_view filter_term);

}  // namespace millrace
