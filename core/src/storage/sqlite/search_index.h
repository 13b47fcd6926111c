#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
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
// others have the word. prefix='3': there is a list for each beginning of three letters. For a
// longer one FTS5 merges the lists of all its words before it gives the first row, which takes long
// where very many messages have them; and just then the newest messages of the three letters have
// it as well (TakeFromWider). Each further length would cost another index.
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
  class Matches;
  Status CollectWithBeginnings(Running& search, Matches& exact);
  Status Collect(Running& search, Matches& matches);
  // False: it gave up; what it found is the newest of what there is.
  Result<bool> TakeFromWider(Running& search, Matches& wider);
  // nullopt: not wanted, or found already.
  Result<std::optional<Message>> Candidate(const Running& search, std::int64_t seq);

  Connection& connection_;
  MessageTable& messages_;
  WordBreaker words_;
};

}  // namespace millrace
