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

// Where the next page of a search begins. It stays right when messages are added or deleted.
struct SearchPosition {
  std::int64_t before = 0;  // a seq: that message and all newer ones were looked at
  bool longer = false;      // FTS5 takes the last word as a prefix (see Searcher)
  friend bool operator==(const SearchPosition&, const SearchPosition&) = default;
};

struct SearchQuery {
  // The query as a person types it. All its words must be in the message, in any order. The
  // beginning of the last word is enough if it has three letters or more and no blank follows it.
  // Case and diacritics do not count. In scripts written without spaces, any run of characters is
  // found. No character has a special meaning; words without a space between them (e-mail) must
  // follow each other. Only the first kMaxBytes of a very long text count. Without any word,
  // nothing is found.
  std::string text;
  std::optional<SessionId> session_id;  // unset: all sessions
  std::optional<std::size_t> limit;     // unset: kDefaultLimit
  // Leaves out messages for which it returns false. May be empty.
  std::function<bool(const Message&)> wanted;
  // The `next` of an earlier page of the same query. Unset: begin with the newest message.
  std::optional<SearchPosition> from;

  static constexpr std::size_t kMaxBytes = 512;
  static constexpr std::size_t kDefaultLimit = 50;
};

// The place of a word of the query in a snippet, in UTF-16 code units.
struct SnippetMatch {
  std::size_t offset = 0;
  std::size_t length = 0;
  friend bool operator==(const SnippetMatch&, const SnippetMatch&) = default;
};

struct SearchHit {
  MessageId message_id;
  SessionId session_id;
  // It is on a branch that is not shown (D1): a switch to it shows it.
  bool hidden = false;
  // A piece of the message's text around the first match, on one line; "…" where it was cut.
  std::string snippet;
  // In order. They are marks beside the text, so a page can show them without parsing or escaping.
  std::vector<SnippetMatch> matches;
};

struct SearchPage {
  std::vector<SearchHit> hits;  // the newest first
  // Unset: there is nothing more. Set: older messages were not looked at, because the page is full
  // or its time is used up. So a page may have few hits or none and still not be the last.
  std::optional<SearchPosition> next;
};

}  // namespace millrace
