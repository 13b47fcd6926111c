#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "millrace/base/ids.h"
#include "millrace/model/message.h"

namespace millrace {

struct SearchQuery {
  // As a person types it: words that must all be in the message, in any order; of the last one its
  // beginning is enough, from three letters on. Case and diacritics do not count. Scripts written
  // without spaces are found by any run of their signs. No character has a meaning of its own;
  // words without a space between them (e-mail) must follow each other.
  // Of a very long text the first kMaxBytes count; without any word, nothing is found.
  std::string text;
  std::optional<SessionId> session_id;  // unset: all sessions
  std::optional<std::size_t> limit;     // unset: kDefaultLimit
  // Leaves out messages for which it is false; may be empty.
  std::function<bool(const Message&)> wanted;

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

}  // namespace millrace
