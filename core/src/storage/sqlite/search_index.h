#pragma once

#include <cstdint>

#include "millrace/base/status.h"
#include "millrace/model/message.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/message_table.h"

namespace millrace {

// The table `message_search`: an FTS5 index of the text that a person sees. That is the text parts
// of messages with any role, without reasoning and tools. SearchIndex writes it and Searcher reads
// it.
//
// Invariant: it has the text of the rows of `messages`, under their seq. The delta log is not in
// it. So a window costs nothing here, and a streamed text is indexed once, at its fold.
//
// It keeps no text (content=''), only the positions of words. Before the first word come the filter
// terms of the message's session and range (search/filter_terms.h). prefix='3' makes a list for
// each prefix of three letters; each further length would cost another index.
class SearchIndex {
 public:
  // Both must outlive the index.
  SearchIndex(Connection& connection, MessageTable& messages)
      : connection_(connection), messages_(messages) {}

  // Call the writes inside the transaction that writes the row.
  Status Put(const Message& message);
  Status Remove(std::int64_t seq);
  // Adds all rows to an empty index.
  Status Fill();

 private:
  Connection& connection_;
  MessageTable& messages_;
};

}  // namespace millrace
