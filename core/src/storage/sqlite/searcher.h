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
#include "storage/sqlite/message_tree.h"
#include "storage/sqlite/word_breaker.h"

namespace millrace {

// Finds one page of a search in the index that SearchIndex keeps.
//
//   all sessions:  newest range ─▶ older range ─▶ … ─▶ oldest range ─▶ the last page
//                        │             │
//                        └─────────────┴── page full, or time up ────▶ a page with `next`
//
//   one session:   its filter term replaces the ranges: all its messages are searched at once
//
// FTS5 walks its lists backwards, so the newest messages come at once and the rest is not read. But
// some frequent words are hardly ever together, or hardly ever in that order. For these FTS5 walks
// all of their lists before its first answer, and nothing can stop it there. That is why there are
// ranges.
//
// For a prefix of four or more letters FTS5 merges the lists of all its words before the first row.
// That takes long if very many messages have them. But then the newest messages with its first
// three letters, which have a list of their own, mostly have the prefix too: they are read and
// checked. After many messages without a hit the prefix is rarer, and FTS5 is asked for it
// (`longer`).
class Searcher {
 public:
  // All arguments must outlive the searcher. `clock` may be empty.
  Searcher(Connection& connection, MessageTable& messages, MessageTree& tree, WordBreaker& words,
           const std::function<TimeMs()>& clock, const SearchQuery& query);

  Result<SearchPage> Run();

 private:
  class Matches;
  enum class Outcome {
    kNoMore,    // these matches have no more
    kPageEnds,  // page_.next says where the next page begins
    kInVain,    // too many lacked the prefix; in_vain_from_ says how far it came
  };

  Result<Outcome> SearchFrom(const SearchPosition& from);
  Result<Outcome> SearchRanges(std::int64_t before);
  Result<Outcome> SearchSession(std::int64_t before);
  Result<Outcome> SearchLonger(std::int64_t before);
  Result<Outcome> Take(Matches& matches, bool longer);
  // Adds the message to the page if it is wanted and, with `to_check`, if it has the last phrase.
  Status Look(std::int64_t seq, bool to_check);
  Outcome EndPage(const SearchPosition& next);

  // Whether the page would have taken too long `ahead` from now.
  bool IsTime(DurationMs ahead) const;
  TimeMs Now() const { return clock_ ? clock_() : 0; }

  Connection& connection_;
  MessageTable& messages_;
  MessageTree& tree_;
  const std::function<TimeMs()>& clock_;
  const SearchQuery& query_;
  const WordReader reader_;
  const SearchTerms terms_;
  // The query for FTS5; unset: the terms themselves.
  const std::optional<SearchTerms> wider_;
  const std::size_t limit_;
  const TimeMs start_;
  SnippetMaker snippets_;
  SearchPage page_;
  std::size_t in_vain_ = 0;        // messages read without a hit
  std::size_t bytes_in_vain_ = 0;  // their text
  std::int64_t in_vain_from_ = 0;
};

}  // namespace millrace
