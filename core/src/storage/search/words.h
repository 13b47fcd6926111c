#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace {

// A word as the index knows it, with case and diacritics folded.
struct Word {
  std::string folded;
  // Its place in the text, in bytes.
  std::size_t begin = 0;
  std::size_t end = 0;
};

// Calls `each` for the words of `text` (valid UTF-8) in order, until `each` returns false.
using WordReader =
    std::function<void(std::string_view text, const std::function<bool(const Word&)>& each)>;

// Consecutive words: "e-mail" is two.
using Phrase = std::vector<std::string>;

// The query, parsed: a message must have all phrases.
struct SearchTerms {
  std::vector<Phrase> phrases;
  // The last word of the last phrase may be a prefix.
  bool open_end = false;

  bool empty() const { return phrases.empty(); }
};

// A blank ends a phrase; a word that a blank follows is no prefix. No text is an error. A text
// without a word has no phrases.
SearchTerms ReadTerms(std::string_view text, const WordReader& words);

// The same terms with the last word cut to the prefix that has its own list in the index. More
// messages match, and they are found faster. nullopt: the last word is not longer than that, or is
// no prefix.
std::optional<SearchTerms> Widened(const SearchTerms& terms);

// A query in FTS5's language for the messages that have the terms and, unless it is empty, the
// filter term (search/filter_terms.h).
std::string MatchExpression(const SearchTerms& terms, std::string_view filter_term);

}  // namespace millrace
