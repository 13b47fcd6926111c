#include "storage/search/words.h"

#include "millrace/base/utf8.h"
#include "millrace/storage/search.h"
#include "storage/search/indexed_text.h"

namespace millrace {
namespace {

// Letters. Shorter beginnings are in too many messages to be looked up at once, and to be of any
// use; the index has a list for each beginning of this length (prefix='3').
constexpr std::size_t kMinPrefix = 3;

bool IsBlank(char32_t c) { return c <= 0x20 || c == 0x85 || c == 0xA0 || c == 0x3000; }

// At most so many bytes, cut between words, else between code points.
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
  std::size_t end = 0;  // of the last piece without a blank
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

// Words hold letters and digits only, so a quoted phrase of them cannot end early.
//
// One NEAR and no AND: FTS5 brings all words of a NEAR to the same message before it looks whether
// those of a phrase follow each other. Of an AND it looks for the first message of each phrase by
// itself, in the whole index, whatever the filter term would leave of it.
std::string MatchExpression(const SearchTerms& terms, std::string_view filter_term) {
  // Above the number of words of any message: near is anywhere in it.
  constexpr std::string_view kAnywhere = "1000000000";
  std::string expression = "NEAR(";
  for (const Phrase& phrase : terms.phrases) {
    expression += '"';
    for (const std::string& word : phrase) expression.append(word).append(" ");
    expression += "\" ";
  }
  if (terms.open_end) expression += "* ";
  // Last: where a word is nowhere, FTS5 does not look for those behind it.
  if (!filter_term.empty()) expression.append("\"").append(filter_term).append("\"");
  return expression.append(", ").append(kAnywhere).append(")");
}

}  // namespace millrace
