#pragma once

#include <cstddef>
#include <string_view>

#include "millrace/storage/search.h"
#include "storage/search/words.h"

namespace millrace {

// Makes the snippets of one search. It looks for the first match in the text of each message, which
// takes time if the match is far into a long text. All texts share one budget. When it is used up,
// a snippet is the beginning of the text, without a mark.
class SnippetMaker {
 public:
  SnippetMaker(const SearchTerms& terms, const WordReader& words) : terms_(terms), words_(words) {}

  // Sets the snippet and the matches of `hit`. `text` is valid UTF-8.
  void Make(std::string_view text, SearchHit& hit);

 private:
  struct Range {
    std::size_t begin;
    std::size_t end;
  };
  std::vector<Range> FindMatches(std::string_view text);

  const SearchTerms& terms_;
  const WordReader& words_;
  std::size_t budget_ = std::size_t{2} << 20;  // bytes of text; some 50 ms in a browser
};

}  // namespace millrace
