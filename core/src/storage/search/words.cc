#include "storage/search/words.h"

#include "millrace/base/utf8.h"
#include "millrace/storage/search.h"
#include "storage/search/indexed_text.h"

namespace millrace {
namespace {

// Letters. Shorter prefixes are in too many messages to be looked up quickly or to be useful. The
// index has a list for each prefix of this length (prefix='3').
constexpr std::size_t kMinPrefix = 3;

bool IsBlank(char32_t c) { return c <= 0x20 || c == 0x85 || c == 0xA0 || c == 0x3000; }

// The first `bytes` of `text` at most, cut between words or, failing that, between code points.
std::string_view CutTo(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  if (const std::size_t blank = text.rfind(' ', bytes); blank != std::string_view::npos) {
    return text.substr(0, blank);
  }
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0) == 0x80) --bytes;
  return text.substr(0, bytes);
}

bool CanGoOn(const std::string& word) {
  std::size_t at = 0;
  std::size_t letters = 0;
  while (at < word.size()) {
    if (IsUnspaced(NextCodePoint(word, at))) return false;
    ++letters;
  }
  return letters >= kMinPrefix;
}

}  // namespace

SearchTerms ReadTerms(std::string_view text, const WordReader& words) {
  const std::string valid = ToValidUtf8(CutTo(text, SearchQuery::kMaxBytes));
  SearchTerms terms;
  std::size_t end = 0;  // the end of the last piece without a blank
  for (std::size_t at = 0; at < valid.size();) {
    const std::size_t begin = at;
    end = at;
    while (at < valid.size() && !IsBlank(NextCodePoint(valid, at))) end = at;
    Phrase phrase;
    words(std::string_view(valid).substr(begin, end - begin), [&](const Word& word) {
      phrase.push_back(word.folded);
      return true;
    });
    if (!phrase.empty()) terms.phrases.push_back(std::move(phrase));
  }
  const bool blank_behind = end < valid.size();
  terms.open_end = !terms.empty() && !blank_behind && CanGoOn(terms.phrases.back().back());
  return terms;
}

std::optional<SearchTerms> Widened(const SearchTerms& terms) {
  if (!terms.open_end) return std::nullopt;
  SearchTerms wider = terms;
  std::string& last = wider.phrases.back().back();
  std::size_t end = 0;
  for (std::size_t letters = 0; letters < kMinPrefix; ++letters) NextCodePoint(last, end);
  if (end == last.size()) return std::nullopt;
  last.resize(end);
  return wider;
}

// Words have only letters and digits, so a quoted phrase cannot end early.
//
// There is one NEAR and no AND. FTS5 brings all words of a NEAR to the same message before it
// checks that the words of a phrase follow each other. For an AND it looks for the first message of
// each phrase separately, in the whole index, even where the filter term excludes most of it.
std::string MatchExpression(const SearchTerms& terms, std::string_view filter_term) {
  // More than the number of words in any message, so NEAR means anywhere in the message.
  constexpr std::string_view kAnywhere = "1000000000";
  std::string expression = "NEAR(";
  for (const Phrase& phrase : terms.phrases) {
    expression += '"';
    for (const std::string& word : phrase) expression.append(word).append(" ");
    expression += "\" ";
  }
  if (terms.open_end) expression += "* ";
  // Last, because FTS5 stops at a word that is nowhere and does not look for later ones.
  if (!filter_term.empty()) expression.append("\"").append(filter_term).append("\"");
  return expression.append(", ").append(kAnywhere).append(")");
}

}  // namespace millrace
