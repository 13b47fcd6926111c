#pragma once

#include <sqlite3.h>

#include <functional>
#include <string_view>

#include "millrace/base/status.h"
#include "storage/search/words.h"
#include "storage/sqlite/connection.h"

namespace millrace {

// Breaks text into words as the search index does: by FTS5's own tokenizer, so that what is marked
// in a snippet is what was found.
class WordBreaker {
 public:
  // How the index is declared too (schema.cc).
  static constexpr std::string_view kTokenizer = "unicode61 remove_diacritics 2";

  WordBreaker() = default;
  ~WordBreaker();
  WordBreaker(const WordBreaker&) = delete;
  WordBreaker& operator=(const WordBreaker&) = delete;

  // To be called first; again is free.
  Status Open(Connection& connection);
  // See WordReader. Characters of unspaced scripts are words of their own and letters are folded,
  // as IndexedText does.
  void Read(std::string_view text, const std::function<bool(const Word&)>& each);

 private:
  class Stretch;

  bool ReadStretch(const Stretch& stretch, const std::function<bool(const Word&)>& each);

  fts5_tokenizer methods_{};
  Fts5Tokenizer* tokenizer_ = nullptr;
};

}  // namespace millrace
