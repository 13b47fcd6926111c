#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "millrace/base/ids.h"
#include "millrace/model/message.h"

namespace millrace {

// Where the next page of a search begins. It stays right whatever is added or deleted meanwhile.
struct SearchPosition {
  std::int64_t before = 0;  // a seq: that and all newer ones were looked at
  bool longer = false;      // FTS5 is asked for the last word as a beginning (see Searcher)
  friend bool operator==(const SearchPosition&, const SearchPosition&) = default;
};

struct SearchQuery {
  // As a person types it: words that must all be in the message, in any order; of the last one its
  // beginning is enough, from three letters on, unless a blank follows it. Case and diacritics do
  // not count. Scripts written without spaces are found by any run of their characters. No
  // character has a meaning of its own; words without a space between them (e-mail) must follow
  // each other. Of a very long text the first kMaxBytes count; without any word, nothing is found.
  std::string text;
  std::optional<SessionId> session_id;  // unset: all sessions
  std::optional<std::size_t> limit;     // unset: kDefaultLimit
  // Leaves out messages for which it is false; may be empty.
  std::function<bool(const Message&)> wanted;
  // The `next` of an earlier page of the same query; unset: from the newest message on.
  std::optional<SearchPosition> from;

  static constexpr std::size_t kMaxBytes = 512;
  static constexpr std::size_t kDefaultLimit = 50;
};

// Where a word of the query stands in a snippet, in UTF-16 code units.
struct SnippetMatch {
  std::size_t offset = 0;
  std::size_t length = 0;
  friend bool operator==(const SnippetMatch&, const SnippetMatch&) = default;
};

struct SearchHit {
  MessageId message_id;
  SessionId session_id;
  // A piece of the message's text around the first match, on one line; "…" where it was cut.
  std::string snippet;
  // In order. Marks beside the text, not in it: a page shows them without parsing or escaping.
  std::vector<SnippetMatch> matches;
};

struct SearchPage {
  std::vector<SearchHit> hits;  // the newest first
  // Unset: there is nothing more. Set: older messages were not looked at, because the page is full
  // or has used up its time. A page may therefore have few hits, or none, and not be the last.
  std::optional<SearchPosition> next;
};

}  // namespace millrace
