#pragma once

#include <cstdint>

#include "millrace/base/status.h"
#include "millrace/model/message.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/message_table.h"

namespace millrace {

// The table `message_search`, an FTS5 index of the text that a person sees: text parts, of every
// role; no reasoning, nothing of tools. Written here, read by Searcher.
//
// Invariant: it holds what the rows of `messages` hold, under their seq. The delta log is not in
// it, so a window costs nothing here, and a streamed text is indexed once, at its fold.
//
// It keeps no text (content=''), only where words stand; before the first one stand the filter
// terms of the message's session and of its range (search/filter_terms.h). prefix='3': there is a
// list for each beginning of three letters; each further length would cost another index.
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

 private:
  Connection& connection_;
  MessageTable& messages_;
};

}  // namespace millrace
