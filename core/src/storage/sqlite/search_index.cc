#include "storage/sqlite/search_index.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "storage/search/filter_terms.h"
#include "storage/search/indexed_text.h"
#include "storage/search/visible_text.h"

namespace millrace {

Status SearchIndex::Put(const Message& message) {
  if (Status status = Remove(message.seq); !status.ok()) return status;
  const std::string text = VisibleText(message);
  if (text.empty()) return Status::Ok();
  const std::string words =
      SessionTerm(message.session_id) + " " + RangeTerm(message.seq) + " " + IndexedText(text);
  return connection_.Prepare("INSERT INTO message_search(rowid, text) VALUES(?,?)")
      .Bind(message.seq)
      .Bind(std::string_view(words))
      .Run();
}

Status SearchIndex::Remove(std::int64_t seq) {
  return connection_.Prepare("DELETE FROM message_search WHERE rowid = ?").Bind(seq).Run();
}

Status SearchIndex::Fill() {
  constexpr std::size_t kPage = 64;
  std::int64_t after = 0;
  for (;;) {
    const Result<std::vector<Message>> page = messages_.ReadFrom(after, kPage);
    if (!page.ok()) return page.status();
    if (page->empty()) return Status::Ok();
    for (const Message& message : *page) {
      if (Status status = Put(message); !status.ok()) return status;
    }
    after = page->back().seq;
  }
}

}  // namespace millrace
