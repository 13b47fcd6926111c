#include "storage/sqlite/search_index.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <variant>

#include "millrace/base/utf8.h"
#include "storage/search/word_signs.h"
#include "storage/search/words.h"

namespace millrace {
namespace {

std::string TextOf(const Message& message) {
  std::string text;
  for (const Part& part : message.parts) {
    const auto* each = std::get_if<TextPart>(&part);
    if (each == nullptr || each->text.empty()) continue;
    if (!text.empty()) text += '\n';
    text += each->text;
  }
  return text;
}

// An id is any text; in hexadecimal it is one word.
std::string SessionWord(const SessionId& id) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string word;
  word.reserve(2 * id.value.size());
  for (const char each : id.value) {
    const auto byte = static_cast<unsigned char>(each);
    word += kDigits[byte >> 4];
    word += kDigits[byte & 15];
  }
  return word;
}

}  // namespace

struct SearchIndex::Running {
  const SearchQuery& query;
  const SearchTerms& terms;
  SnippetMaker& snippets;
  std::size_t limit;
  std::unordered_set<std::int64_t> seen;
  std::vector<SearchHit> hits;

  bool done() const { return hits.size() >= limit; }
};

Status SearchIndex::Put(const Message& message) {
  if (Status status = Remove(message.seq); !status.ok()) return status;
  const std::string text = TextOf(message);
  if (text.empty()) return Status::Ok();
  const std::string words = SpaceOut(text);
  const std::string session = SessionWord(message.session_id);
  return connection_.Prepare("INSERT INTO message_search(rowid, text, session) VALUES(?,?,?)")
      .Bind(message.seq)
      .Bind(std::string_view(words))
      .Bind(std::string_view(session))
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

Result<std::vector<SearchHit>> SearchIndex::Search(const SearchQuery& query) {
  if (Status status = words_.Open(connection_); !status.ok()) return status;
  const WordReader reader = [this](std::string_view text, const auto& each) {
    words_.Read(text, each);
  };
  const SearchTerms terms = ReadTerms(query.text, reader);
  SnippetMaker snippets(terms, reader);
  Running search{query, terms, snippets, query.limit.value_or(SearchQuery::kDefaultLimit), {}, {}};
  if (terms.empty()) return std::move(search.hits);
  Status status = Collect(search, false);
  if (status.ok() && terms.open_end) status = Collect(search, true);
  if (!status.ok()) return status;
  return std::move(search.hits);
}

Status SearchIndex::Collect(Running& search, bool open_end) {
  if (search.done()) return Status::Ok();
  std::string match = "text : (" + MatchExpression(search.terms, open_end) + ")";
  if (search.query.session_id) {
    match = "session : \"" + SessionWord(*search.query.session_id) + "\" AND " + match;
  }
  // FTS5 walks its lists backwards, so the newest come at once and the rest is never looked at.
  Query query = connection_.Prepare(
      "SELECT rowid FROM message_search WHERE message_search MATCH ? ORDER BY rowid DESC");
  query.Bind(std::string_view(match));
  while (!search.done()) {
    Result<bool> row = query.Next();
    if (!row.ok()) return row.status();
    if (!*row) break;
    if (Status status = Add(search, query.Int(0)); !status.ok()) return status;
  }
  return Status::Ok();
}

Status SearchIndex::Add(Running& search, std::int64_t seq) {
  if (!search.seen.insert(seq).second) return Status::Ok();
  Result<std::optional<Message>> message = messages_.Read(seq);
  if (!message.ok()) return message.status();
  if (!message->has_value()) return Status::Ok();  // a damaged index
  const Message& found = **message;
  if (search.query.session_id && found.session_id != *search.query.session_id) return Status::Ok();
  if (search.query.wanted && !search.query.wanted(found)) return Status::Ok();
  SearchHit hit;
  hit.message_id = found.id;
  hit.session_id = found.session_id;
  search.snippets.Make(TextOf(found), hit);
  search.hits.push_back(std::move(hit));
  return Status::Ok();
}

}  // namespace millrace
