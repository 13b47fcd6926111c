#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "millrace/base/status.h"
#include "millrace/model/message.h"
#include "millrace/storage/search.h"
#include "storage/search/snippet.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/message_table.h"
#include "storage/sqlite/word_breaker.h"

namespace millrace {

// The SQL of the table `message_search`, an FTS5 index of the text that a person sees: text parts,
// of every role; no reasoning, nothing of tools.
//
// Invariant: it holds what the rows of `messages` hold, under their seq. The delta log is not in
// it, so a window costs nothing here, and a streamed text is indexed once, at its fold.
//
// It keeps no text (content=''), only where words stand. A second column holds the session as one
// word: a search in one session reads the entries that both words share, however many messages of
// others have the word. prefix='3': the beginning of a word is mostly typed to three letters; the
// words of a longer one are merged, which shows where they stand in very many messages
// (native-tests/bench/README.md). Each further length would cost another index.
class SearchIndex {
 public:
  // Both outlive it.
  SearchIndex(Connection& connection, MessageTable& messages)
      : connection_(connection), messages_(messages) {}

  // Writes belong into a transaction of the caller's, beside that of the row.
  Status Put(const Message& message);
  Status Remove(std::int64_t seq);
  // All rows there are into an empty index.
  Status Fill();

  Result<std::vector<SearchHit>> Search(const SearchQuery& query);

 private:
  struct Running;
  Status Collect(Running& search, bool open_end);
  Status Add(Running& search, std::int64_t seq);

  Connection& connection_;
  MessageTable& messages_;
  WordBreaker words_;
};

}  // namespace millrace
