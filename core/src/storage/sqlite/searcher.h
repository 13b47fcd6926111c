#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>

#include "millrace/base/status.h"
#include "millrace/base/time.h"
#include "millrace/model/message.h"
#include "millrace/storage/search.h"
#include "storage/search/snippet.h"
#include "storage/search/words.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/message_table.h"
#include "storage/sqlite/word_breaker.h"

namespace millrace {

// Finds one page of a search in the index that SearchIndex keeps.
//
//   all sessions:  newest range ─▶ older range ─▶ … ─▶ oldest range ─▶ the last page
//                        │             │
//                        └─────────────┴── page full, or time up ────▶ a page with `next`
//
//   one session:   its filter term stands for the ranges: what it has is looked through at once
//
// FTS5 walks its lists backwards, so the newest messages come at once and the rest is never looked
// at. But frequent words that are hardly ever together, or hardly ever in that order, make it walk
// all of their lists before its first answer, and nothing can stop it there: therefore the ranges.
//
// Of a beginning of four or more letters FTS5 merges the lists of all its words before it gives the
// first row, which takes long where very many messages have them. Just then the newest messages
// with its first three letters, which have a list of their own, have it as well: those are read and
// checked. After many without a hit FTS5 is asked, for what is then a rarer beginning (`longer`).
class Searcher {
 public:
  // All of them outlive it. `clock` may be empty.
  Searcher(Connection& connection, MessageTable& messages, WordBreaker& words,
           const std::function<TimeMs()>& clock, const SearchQuery& query);

  Result<SearchPage> Run();

 private:
  class Matches;
  enum class Outcome {
    kNoMore,    // of these matches
    kPageEnds,  // page_.next says where the next one begins
    kInVain,    // too many did not have the beginning; in_vain_from_ says how far it came
  };

  Result<Outcome> SearchFrom(const SearchPosition& from);
  Result<Outcome> SearchRanges(std::int64_t before);
  Result<Outcome> SearchSession(std::int64_t before);
  Result<Outcome> SearchLonger(std::int64_t before);
  Result<Outcome> Take(Matches& matches, bool longer);
  // Adds it to the page if it is wanted and, where that is to be checked, has the last phrase.
  Status Look(std::int64_t seq, bool to_check);
  Outcome EndPage(const SearchPosition& next);

  // Whether the page would have taken too long in so many milliseconds.
  bool IsTime(DurationMs ahead) const;
  TimeMs Now() const { return clock_ ? clock_() : 0; }

  Connection& connection_;
  MessageTable& messages_;
  const std::function<TimeMs()>& clock_;
  const SearchQuery& query_;
  const WordReader reader_;
  const SearchTerms terms_;
  // What FTS5 is asked for; unset: the terms themselves.
  const std::optional<SearchTerms> wider_;
  const std::size_t limit_;
  const TimeMs start_;
  SnippetMaker snippets_;
  SearchPage page_;
  std::size_t in_vain_ = 0;        // messages read
  std::size_t bytes_in_vain_ = 0;  // their text
  std::int64_t in_vain_from_ = 0;
};

}  // namespace millrace
