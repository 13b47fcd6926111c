#include "storage/sqlite/searcher.h"

#include <algorithm>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include "storage/search/filter_terms.h"
#include "storage/search/phrase_match.h"
#include "storage/search/visible_text.h"

namespace millrace {
namespace {

// The longest time for a page. It is less than the promised 50 ms, because some time passes between
// two looks at the clock: a message is read, or the lists of a rare prefix are merged.
constexpr DurationMs kLongestMs = 40;

constexpr SearchPosition kNewest{std::numeric_limits<std::int64_t>::max(), false};

}  // namespace

// The seqs of the matching messages older than `before`, newest first, one at a time.
class Searcher::Matches {
 public:
  Matches(Connection& connection, std::string match, std::int64_t before)
      : match_(std::move(match)),
        query_(connection.Prepare("SELECT rowid FROM message_search "
                                  "WHERE message_search MATCH ? AND rowid < ? "
                                  "ORDER BY rowid DESC")) {
    query_.Bind(std::string_view(match_)).Bind(before);
  }

  // nullopt after the last one.
  Result<std::optional<std::int64_t>> Next() {
    const Result<bool> row = query_.Next();
    if (!row.ok()) return row.status();
    return *row ? std::optional(query_.Int(0)) : std::nullopt;
  }

 private:
  const std::string match_;  // must outlive query_
  Query query_;
};

Searcher::Searcher(Connection& connection, MessageTable& messages, MessageTree& tree,
                   WordBreaker& words, const std::function<TimeMs()>& clock,
                   const SearchQuery& query)
    : connection_(connection),
      messages_(messages),
      tree_(tree),
      clock_(clock),
      query_(query),
      reader_([&words](std::string_view text, const auto& each) { words.Read(text, each); }),
      terms_(ReadTerms(query.text, reader_)),
      wider_(Widened(terms_)),
      limit_(query.limit.value_or(SearchQuery::kDefaultLimit)),
      start_(Now()),
      snippets_(terms_, reader_) {}

Result<SearchPage> Searcher::Run() {
  if (terms_.empty() || limit_ == 0) return SearchPage();
  Result<Outcome> outcome = SearchFrom(query_.from.value_or(kNewest));
  if (outcome.ok() && *outcome == Outcome::kInVain) outcome = SearchLonger(in_vain_from_);
  if (!outcome.ok()) return outcome.status();
  return std::move(page_);
}

Result<Searcher::Outcome> Searcher::SearchFrom(const SearchPosition& from) {
  if (from.longer) return SearchLonger(from.before);
  if (query_.session_id) return SearchSession(from.before);
  return SearchRanges(from.before);
}

Result<Searcher::Outcome> Searcher::SearchRanges(std::int64_t before) {
  const Result<std::int64_t> oldest = messages_.OldestSeq();
  if (!oldest.ok()) return oldest.status();
  const Result<std::int64_t> last = messages_.LastSeq();
  if (!last.ok()) return last.status();
  if (*oldest == 0) return Outcome::kNoMore;
  const std::int64_t newest = std::min(before, *last + 1);
  DurationMs longest = 0;
  for (std::int64_t end = newest; end > *oldest; end = RangeBegin(end - 1)) {
    // The guess is that the next range takes no longer than the longest so far. One range is always
    // searched, or the search would make no progress.
    if (end != newest && IsTime(longest)) return EndPage({end, false});
    const TimeMs start = Now();
    const std::string match = MatchExpression(wider_.value_or(terms_), RangeTerm(end - 1));
    Matches matches(connection_, match, end);
    Result<Outcome> outcome = Take(matches, false);
    if (!outcome.ok() || *outcome != Outcome::kNoMore) return outcome;
    longest = std::max(longest, Now() - start);
  }
  return Outcome::kNoMore;
}

Result<Searcher::Outcome> Searcher::SearchSession(std::int64_t before) {
  Matches matches(connection_,
                  MatchExpression(wider_.value_or(terms_), SessionTerm(*query_.session_id)),
                  before);
  return Take(matches, false);
}

Result<Searcher::Outcome> Searcher::SearchLonger(std::int64_t before) {
  const std::string filter_term =
      query_.session_id ? SessionTerm(*query_.session_id) : std::string();
  Matches matches(connection_, MatchExpression(terms_, filter_term), before);
  return Take(matches, true);
}

Result<Searcher::Outcome> Searcher::Take(Matches& matches, bool longer) {
  constexpr std::size_t kMostReadInVain = 400;
  constexpr std::size_t kMostBytesInVain = std::size_t{1} << 18;
  const bool to_check = wider_ && !longer;
  for (;;) {
    const Result<std::optional<std::int64_t>> seq = matches.Next();
    if (!seq.ok()) return seq.status();
    if (!*seq) return Outcome::kNoMore;
    if (Status status = Look(**seq, to_check); !status.ok()) return status;
    if (page_.hits.size() >= limit_ || IsTime(0)) return EndPage({**seq, longer});
    if (to_check && (in_vain_ >= kMostReadInVain || bytes_in_vain_ >= kMostBytesInVain)) {
      in_vain_from_ = **seq;
      return Outcome::kInVain;
    }
  }
}

Status Searcher::Look(std::int64_t seq, bool to_check) {
  ++in_vain_;
  const Result<std::optional<Message>> read = messages_.Read(seq);
  if (!read.ok()) return read.status();
  if (!*read) return Status::Ok();  // a damaged index
  const Message& message = **read;
  if (query_.session_id && message.session_id != *query_.session_id) return Status::Ok();
  if (query_.wanted && !query_.wanted(message)) return Status::Ok();
  const std::string text = VisibleText(message);
  if (to_check && !HasPhrase(text, terms_.phrases.back(), true, reader_)) {
    bytes_in_vain_ += text.size();
    return Status::Ok();
  }
  --in_vain_;
  const bool shown = tree_.IsShown(message.session_id, seq);
  if (Status status = tree_.TakeStatus(); !status.ok()) return status;
  SearchHit hit;
  hit.message_id = message.id;
  hit.session_id = message.session_id;
  hit.hidden = !shown;
  snippets_.Make(text, hit);
  page_.hits.push_back(std::move(hit));
  return Status::Ok();
}

Searcher::Outcome Searcher::EndPage(const SearchPosition& next) {
  page_.next = next;
  return Outcome::kPageEnds;
}

bool Searcher::IsTime(DurationMs ahead) const {
  return clock_ && Now() - start_ + ahead >= kLongestMs;
}

}  // namespace millrace
