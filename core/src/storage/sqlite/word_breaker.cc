#include "storage/sqlite/word_breaker.h"

#include <algorithm>
#include <climits>
#include <string>

#include "storage/search/word_signs.h"

namespace millrace {
namespace {

struct Reading {
  const std::function<bool(const Word&)>& each;
  std::size_t begin;  // of the piece in the text
  Word word;
  bool more = true;
};

int OnToken(void* context, int /*flags*/, const char* token, int size, int start, int end) {
  auto& reading = *static_cast<Reading*>(context);
  reading.word.folded.assign(token, static_cast<std::size_t>(size));
  reading.word.begin = reading.begin + static_cast<std::size_t>(start);
  reading.word.end = reading.begin + static_cast<std::size_t>(end);
  reading.more = reading.each(reading.word);
  return reading.more ? SQLITE_OK : SQLITE_DONE;
}

}  // namespace

WordBreaker::~WordBreaker() {
  if (tokenizer_ != nullptr) methods_.xDelete(tokenizer_);
}

Status WordBreaker::Open(Connection& connection) {
  if (tokenizer_ != nullptr) return Status::Ok();
  fts5_api* api = connection.SearchApi();
  if (api == nullptr) return Internal("SQLite was built without FTS5");
  void* user_data = nullptr;
  const char* arguments[] = {"remove_diacritics", "2"};
  if (api->xFindTokenizer(api, "unicode61", &user_data, &methods_) != SQLITE_OK ||
      methods_.xCreate(user_data, arguments, 2, &tokenizer_) != SQLITE_OK) {
    return Internal("FTS5 has no tokenizer unicode61");
  }
  return Status::Ok();
}

void WordBreaker::Read(std::string_view text, const std::function<bool(const Word&)>& each) {
  std::size_t plain = 0;  // where the text that is not read yet begins
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    const char32_t sign = NextCodePoint(text, at);
    const bool mark = sign == kMarkSign;
    if (!mark && !IsWordSign(sign)) continue;
    if (!ReadPlain(text.substr(plain, begin - plain), plain, each)) return;
    if (!mark && !ReadPlain(text.substr(begin, at - begin), begin, each)) return;
    plain = at;
  }
  ReadPlain(text.substr(plain), plain, each);
}

bool WordBreaker::ReadPlain(std::string_view text, std::size_t begin,
                            const std::function<bool(const Word&)>& each) {
  if (text.empty()) return true;
  Reading reading{each, begin, {}, true};
  const auto size = static_cast<int>(std::min<std::size_t>(text.size(), INT_MAX));
  // A tokenizer that was stopped says OK.
  return methods_.xTokenize(tokenizer_, &reading, FTS5_TOKENIZE_QUERY, text.data(), size,
                            OnToken) == SQLITE_OK &&
         reading.more;
}

}  // namespace millrace
