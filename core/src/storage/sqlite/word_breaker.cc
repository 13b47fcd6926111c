#include "storage/sqlite/word_breaker.h"

#include <numeric>
#include <string>
#include <vector>

#include "storage/search/indexed_text.h"
#include "storage/search/letters.h"

namespace millrace {
namespace {

// In bytes. A stretch of this length ends at the next blank, so that a long text is not copied as a
// whole. Without blanks it ends at the second limit, where it is too long to be a word that anybody
// looks for.
constexpr std::size_t kLongStretch = 4096;
constexpr std::size_t kLongestStretch = std::size_t{1} << 20;

}  // namespace

// Text without characters of unspaced scripts, in the form that FTS5 gets: folded. It knows the
// origin of each byte. As long as nothing is folded, it is a piece of the original text.
class WordBreaker::Stretch {
 public:
  Stretch(std::string_view text, std::size_t begin) : text_(text), begin_(begin), end_(begin) {}

  void Add(char32_t code_point, std::size_t end) {
    const std::string_view bytes = text_.substr(end_, end - end_);
    if (!folded_ && FoldLetter(code_point) != code_point) BeginFolding();
    if (folded_) {
      AppendFolded(code_point, bytes, copy_);
      origins_.resize(copy_.size(), end_);
    }
    end_ = end;
  }

  std::string_view text() const {
    return folded_ ? std::string_view(copy_) : text_.substr(begin_, end_ - begin_);
  }
  bool empty() const { return begin_ == end_; }
  bool is_long() const { return end_ - begin_ >= kLongStretch; }
  bool is_too_long() const { return end_ - begin_ >= kLongestStretch; }
  // The place of a byte of text() in the whole text. For text().size() it is the end of the
  // stretch.
  std::size_t OriginOf(std::size_t at) const {
    if (!folded_) return begin_ + at;
    return at < origins_.size() ? origins_[at] : end_;
  }

 private:
  void BeginFolding() {
    folded_ = true;
    copy_ = text_.substr(begin_, end_ - begin_);
    origins_.resize(copy_.size());
    std::iota(origins_.begin(), origins_.end(), begin_);
  }

  std::string_view text_;
  std::size_t begin_;
  std::size_t end_;
  bool folded_ = false;
  std::string copy_;
  std::vector<std::size_t> origins_;
};

namespace {

struct Reading {
  const std::function<bool(const Word&)>& each;
  const std::function<std::size_t(std::size_t)> origin_of;
  Word word;
  bool more = true;
};

int OnToken(void* context, int /*flags*/, const char* token, int size, int start, int end) {
  auto& reading = *static_cast<Reading*>(context);
  reading.word.folded.assign(token, static_cast<std::size_t>(size));
  reading.word.begin = reading.origin_of(static_cast<std::size_t>(start));
  reading.word.end = reading.origin_of(static_cast<std::size_t>(end));
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
  Stretch stretch(text, 0);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    const char32_t character = NextCodePoint(text, at);
    const bool alone = character == kFilterTermStart || IsUnspaced(character);
    if (!alone) stretch.Add(character, at);
    const bool ends = alone || (character == ' ' && stretch.is_long()) || stretch.is_too_long();
    if (!ends) continue;
    if (!ReadStretch(stretch, each)) return;
    if (alone && character != kFilterTermStart) {
      stretch = Stretch(text, begin);
      stretch.Add(character, at);
      if (!ReadStretch(stretch, each)) return;
    }
    stretch = Stretch(text, at);
  }
  ReadStretch(stretch, each);
}

bool WordBreaker::ReadStretch(const Stretch& stretch,
                              const std::function<bool(const Word&)>& each) {
  if (stretch.empty()) return true;
  Reading reading{each, [&stretch](std::size_t at) { return stretch.OriginOf(at); }, {}, true};
  const std::string_view text = stretch.text();
  // A tokenizer that was stopped returns OK.
  return methods_.xTokenize(tokenizer_, &reading, FTS5_TOKENIZE_QUERY, text.data(),
                            static_cast<int>(text.size()), OnToken) == SQLITE_OK &&
         reading.more;
}

}  // namespace millrace
