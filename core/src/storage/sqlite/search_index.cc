#include "storage/sqlite/search_index.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <variant>

#include "millrace/base/utf8.h"
#include "storage/search/phrase_match.h"
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

// One query under three names: of each text one can be read at a time.
constexpr std::string_view kExact =
    "SELECT rowid AS exact FROM message_search WHERE message_search MATCH ? ORDER BY rowid DESC";
constexpr std::string_view kWider =
    "SELECT rowid AS wider FROM message_search WHERE message_search MATCH ? ORDER BY rowid DESC";
constexpr std::string_view kLonger =
    "SELECT rowid AS longer FROM message_search WHERE message_search MATCH ? ORDER BY rowid DESC";

std::string MatchOf(const SearchQuery& query, const SearchTerms& terms, bool open_end) {
  std::string match = "text : (" + MatchExpression(terms, open_end) + ")";
  if (!query.session_id) return match;
  return "session : \"" + SessionWord(*query.session_id) + "\" AND " + match;
}

}  // namespace

struct SearchIndex::Running {
  const SearchQuery& query;
  const SearchTerms& terms;
  const WordReader& reader;
  SnippetMaker& snippets;
  std::size_t limit;
  std::unordered_set<std::int64_t> seen;
  std::vector<SearchHit> hits;

  bool done() const { return hits.size() >= limit; }

  void Add(const Message& message, const std::string& text) {
    seen.insert(message.seq);
    SearchHit hit;
    hit.message_id = message.id;
    hit.session_id = message.session_id;
    snippets.Make(text, hit);
    hits.push_back(std::move(hit));
  }
};

// The seqs of the messages that match, the newest first: FTS5 walks its lists backwards, so those
// come at once and the rest is never looked at.
class SearchIndex::Matches {
 public:
  Matches(Connection& connection, std::string_view sql, std::string match)
      : match_(std::move(match)), query_(connection.Prepare(sql)) {
    query_.Bind(std::string_view(match_));
  }

  // Whether there is one more. It stays the next.
  Result<bool> Any() {
    if (!row_) row_ = query_.Next();
    return *row_;
  }
  // nullopt after the last one.
  Result<std::optional<std::int64_t>> Next() {
    const Result<bool> any = Any();
    if (!any.ok()) return any.status();
    if (!*any) return std::optional<std::int64_t>();
    row_.reset();
    return std::optional(query_.Int(0));
  }

 private:
  const std::string match_;  // outlives query_
  Query query_;
  std::optional<Result<bool>> row_;  // what the last step said, when nobody took it yet
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
  if (terms.empty()) return std::vector<SearchHit>();
  SnippetMaker snippets(terms, reader);
  Running search{.query = query,
                 .terms = terms,
                 .reader = reader,
                 .snippets = snippets,
                 .limit = query.limit.value_or(SearchQuery::kDefaultLimit),
                 .seen = {},
                 .hits = {}};
  Matches exact(connection_, kExact, MatchOf(query, terms, false));
  const Status status =
      terms.open_end ? CollectWithBeginnings(search, exact) : Collect(search, exact);
  if (!status.ok()) return status;
  return std::move(search.hits);
}

// Whole words, then longer ones. First of all it looks whether anything has the terms at their
// widest, for whatever has them in any way has them so: a search for frequent words that are never
// together walks their lists once.
Status SearchIndex::CollectWithBeginnings(Running& search, Matches& exact) {
  const std::optional<SearchTerms> wider = Widened(search.terms);
  Matches widest(connection_, kWider, MatchOf(search.query, wider.value_or(search.terms), true));
  const Result<bool> any = widest.Any();
  if (!any.ok() || !*any) return any.status();
  if (Status status = Collect(search, exact); !status.ok()) return status;
  if (!wider) return Collect(search, widest);
  const Result<bool> complete = TakeFromWider(search, widest);
  if (!complete.ok() || *complete) return complete.status();
  Matches longer(connection_, kLonger, MatchOf(search.query, search.terms, true));
  return Collect(search, longer);
}

Status SearchIndex::Collect(Running& search, Matches& matches) {
  while (!search.done()) {
    const Result<std::optional<std::int64_t>> seq = matches.Next();
    if (!seq.ok()) return seq.status();
    if (!*seq) break;
    const Result<std::optional<Message>> message = Candidate(search, **seq);
    if (!message.ok()) return message.status();
    if (*message) search.Add(**message, TextOf(**message));
  }
  return Status::Ok();
}

// Reads the messages with the wider terms and keeps those that have the terms themselves. Where the
// beginning is frequent that fills the answer at once; where it is rare this gives up soon, and
// FTS5 has few lists to merge.
Result<bool> SearchIndex::TakeFromWider(Running& search, Matches& wider) {
  constexpr std::size_t kMostReadInVain = 400;
  constexpr std::size_t kMostBytesInVain = std::size_t{1} << 18;
  std::size_t in_vain = 0;
  std::size_t bytes_in_vain = 0;
  while (!search.done()) {
    const Result<std::optional<std::int64_t>> seq = wider.Next();
    if (!seq.ok()) return seq.status();
    if (!*seq) return true;
    if (in_vain >= kMostReadInVain || bytes_in_vain >= kMostBytesInVain) return false;
    ++in_vain;
    const Result<std::optional<Message>> message = Candidate(search, **seq);
    if (!message.ok()) return message.status();
    if (!*message) continue;
    const std::string text = TextOf(**message);
    if (HasPhrase(text, search.terms.phrases.back(), true, search.reader)) {
      --in_vain;
      search.Add(**message, text);
    } else {
      bytes_in_vain += text.size();
    }
  }
  return true;
}

Result<std::optional<Message>> SearchIndex::Candidate(const Running& search, std::int64_t seq) {
  const std::optional<Message> none;
  if (search.seen.contains(seq)) return none;
  Result<std::optional<Message>> message = messages_.Read(seq);
  // Without a row: a damaged index.
  if (!message.ok() || !message->has_value()) return message;
  const Message& found = **message;
  if (search.query.session_id && found.session_id != *search.query.session_id) return none;
  if (search.query.wanted && !search.query.wanted(found)) return none;
  return message;
}

}  // namespace millrace
