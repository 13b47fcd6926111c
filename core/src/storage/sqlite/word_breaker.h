#pragma once

#include <sqlite3.h>

#include <functional>
#include <string_view>

#include "millrace/base/status.h"
#include "storage/search/words.h"
#include "storage/sqlite/connection.h"

namespace millrace {

// Breaks text into words as the search index does, with FTS5's own tokenizer. So a snippet marks
// exactly what was found.
class WordBreaker {
 public:
  // The index is declared with the same tokenizer (migrations.cc).
  static constexpr std::string_view kTokenizer = "unicode61 remove_diacritics 2";

  WordBreaker() = default;
  ~WordBreaker();
  WordBreaker(const WordBreaker&) = delete;
  WordBreaker& operator=(const WordBreaker&) = delete;

  // Call it first. A second call costs nothing.
  Status Open(Connection& connection);
  // See WordReader. As in IndexedText, letters are folded and characters of unspaced scripts are
  // words of their own.
  void Read(std::string_view text, const std::function<bool(const Word&)>& each);

 private:
  class Stretch;

  bool ReadStretch(const Stretch& stretch, const std::function<bool(const Word&)>& each);

  fts5_tokenizer methods_{};
  Fts5Tokenizer* tokenizer_ = nullptr;
};

}  // namespace millrace
