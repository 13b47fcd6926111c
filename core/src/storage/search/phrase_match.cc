#include "storage/search/phrase_match.h"

#include <algorithm>
#include <cstddef>
#include <iterator>

namespace millrace {

bool EndsWith(const std::list<Word>& words, const Phrase& phrase, bool open_end) {
  if (words.size() < phrase.size()) return false;
  auto word = std::prev(words.end(), static_cast<std::ptrdiff_t>(phrase.size()));
  for (std::size_t i = 0; i < phrase.size(); ++i, ++word) {
    const bool last = i + 1 == phrase.size();
    const bool same =
        open_end && last ? word->folded.starts_with(phrase[i]) : word->folded == phrase[i];
    if (!same) return false;
  }
  return true;
}

bool HasPhrase(std::string_view text, const Phrase& phrase, bool open_end,
               const WordReader& reader) {
  std::list<Word> recent;
  bool found = false;
  reader(text, [&](const Word& word) {
    recent.push_back(word);
    if (recent.size() > phrase.size()) recent.pop_front();
    found = EndsWith(recent, phrase, open_end);
    return !found;
  });
  return found;
}

bool HasPhrases(std::string_view text, const SearchTerms& terms, const WordReader& reader) {
  return std::all_of(terms.phrases.begin(), terms.phrases.end(), [&](const Phrase& phrase) {
    const bool last = &phrase == &terms.phrases.back();
    return HasPhrase(text, phrase, terms.open_end && last, reader);
  });
}

}  // namespace millrace
