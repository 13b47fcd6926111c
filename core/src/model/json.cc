#include "model/json.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include "millrace/base/utf8.h"
#include "model/plain_text.h"

namespace millrace::json {
namespace {

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// The value of a hexadecimal digit; -1 for another character.
int HexDigit(char c) {
  if (IsDigit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Checks a text token by token. It remembers only the open brackets.
class Validator {
 public:
  explicit Validator(std::string_view text) : text_(text) {}

  std::optional<std::size_t> Run() {
    std::size_t depth = 0;
    while (true) {
      // A value must come next.
      SkipSpace();
      const char first = Peek();
      if (first == '[' || first == '{') {
        ++at_;
        open_.push_back(first);
        depth = std::max(depth, open_.size());
        SkipSpace();
        if (Peek() != Closer()) {
          if (first == '{' && !Key()) return std::nullopt;
          continue;
        }
        ++at_;
        open_.pop_back();
      } else if (!Scalar()) {
        return std::nullopt;
      }
      // A value ended; its container may end too.
      if (!EndValue()) return std::nullopt;
      if (open_.empty()) return depth;
    }
  }

  // Whether all of the text is one string.
  bool RunString() { return String() && at_ == text_.size(); }

 private:
  // ENSURES: if true, either all of the text is read and nothing is open, or a value must come
  // next.
  bool EndValue() {
    while (true) {
      SkipSpace();
      if (open_.empty()) return at_ == text_.size();
      const char c = Peek();
      ++at_;
      if (c == ',') return open_.back() == '[' || Key();
      if (c != Closer()) return false;
      open_.pop_back();
    }
  }

  // JSON has no NUL outside of a string, so NUL can stand for the end.
  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  char Closer() const { return open_.back() == '[' ? ']' : '}'; }
  void SkipSpace() {
    while (IsSpace(Peek())) ++at_;
  }
  bool Take(char c) {
    if (Peek() != c) return false;
    ++at_;
    return true;
  }

  bool Key() {
    SkipSpace();
    if (!String()) return false;
    SkipSpace();
    return Take(':');
  }

  bool Scalar() {
    switch (Peek()) {
      case '"':
        return String();
      case 'n':
        return Word("null");
      case 't':
        return Word("true");
      case 'f':
        return Word("false");
      default:
        return Number();
    }
  }

  bool Word(std::string_view word) {
    if (text_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    return true;
  }

  bool String() {
    if (!Take('"')) return false;
    while (true) {
      at_ += PlainLength(text_.substr(at_));
      if (Take('"')) return true;
      if (!Take('\\') || !Escape()) return false;
    }
  }

  bool Escape() {
    const char c = Peek();
    ++at_;
    if (c != 'u') return std::string_view("\"\\/bfnrt").find(c) != std::string::npos;
    for (int i = 0; i < 4; ++i, ++at_) {
      if (HexDigit(Peek()) < 0) return false;
    }
    return true;
  }

  bool Number() {
    Take('-');
    if (!Take('0') && !Digits()) return false;
    if (Take('.') && !Digits()) return false;
    if (!Take('e') && !Take('E')) return true;
    if (!Take('+')) Take('-');
    return Digits();
  }

  bool Digits() {
    if (!IsDigit(Peek())) return false;
    while (IsDigit(Peek())) ++at_;
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string open_;  // brackets not closed yet
};

// The length of the string value that `text` starts with, including its quotes.
std::size_t StringLength(std::string_view text) {
  std::size_t quote = 0;
  while (true) {
    // A quote closes the string unless an unescaped backslash is in front of it.
    quote = text.find('"', quote + 1);
    std::size_t backslashes = 0;
    while (text[quote - 1 - backslashes] == '\\') ++backslashes;
    if (backslashes % 2 == 0) return quote + 1;
  }
}

// The length of the value that `text` starts with. REQUIRES: the value is in an array or an object.
std::size_t ValueLength(std::string_view text) {
  std::size_t open = 0;
  std::size_t at = 0;
  do {
    const char c = text[at];
    if (c == '"') {
      at += StringLength(text.substr(at));
      continue;
    }
    if (open == 0 && c != '[' && c != '{') return text.find_first_of(",]} \t\n\r");
    if (c == '[' || c == '{') ++open;
    if (c == ']' || c == '}') --open;
    ++at;
  } while (open > 0);
  return at;
}

// REQUIRES: 4 hexadecimal digits at `at`.
std::uint32_t CodeUnit(std::string_view text, std::size_t at) {
  std::uint32_t unit = 0;
  for (std::size_t i = at; i < at + 4; ++i) {
    unit = unit * 16 + static_cast<std::uint32_t>(HexDigit(text[i]));
  }
  return unit;
}

bool IsHighSurrogate(std::uint32_t unit) { return unit >= 0xD800 && unit < 0xDC00; }
bool IsLowSurrogate(std::uint32_t unit) { return unit >= 0xDC00 && unit < 0xE000; }

void AppendCodePoint(std::uint32_t point, std::string& out) {
  const auto put = [&out](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (point < 0x80) return put(point);
  if (point < 0x800) {
    put(0xC0 | point >> 6);
  } else {
    if (point < 0x10000) {
      put(0xE0 | point >> 12);
    } else {
      put(0xF0 | point >> 18);
      put(0x80 | (point >> 12 & 0x3F));
    }
    put(0x80 | (point >> 6 & 0x3F));
  }
  put(0x80 | (point & 0x3F));
}

// Appends the \u escape whose digits start at `at`, together with the second one of a pair. Returns
// where the text continues.
std::size_t AppendUnicodeEscape(std::string_view text, std::size_t at, std::string& out) {
  std::uint32_t point = CodeUnit(text, at);
  at += 4;
  if (IsHighSurrogate(point) && text.substr(at, 2) == "\\u" &&
      IsLowSurrogate(CodeUnit(text, at + 2))) {
    point = 0x10000 + ((point - 0xD800) << 10) + (CodeUnit(text, at + 2) - 0xDC00);
    at += 6;
  } else if (IsHighSurrogate(point) || IsLowSurrogate(point)) {
    point = 0xFFFD;
  }
  AppendCodePoint(point, out);
  return at;
}

char Unescaped(char c) {
  switch (c) {
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return c;  // a quote, a slash or a backslash
  }
}

}  // namespace

std::optional<std::size_t> Depth(std::string_view text) { return Validator(text).Run(); }

bool IsString(std::string_view text) { return Validator(text).RunString(); }

bool IsObject(std::string_view text) {
  const std::size_t start = text.find_first_not_of(" \t\n\r");
  return start != std::string_view::npos && text[start] == '{' && IsValidUtf8(text) &&
         Depth(text).has_value();
}

Kind KindOf(std::string_view value) {
  switch (value.front()) {
    case 'n':
      return Kind::kNull;
    case 't':
    case 'f':
      return Kind::kBool;
    case '"':
      return Kind::kString;
    case '[':
      return Kind::kArray;
    case '{':
      return Kind::kObject;
    default:
      return Kind::kNumber;
  }
}

Cursor::Cursor(std::string_view container) : rest_(container) {
  SkipSpace();
  object_ = rest_.front() == '{';
  rest_.remove_prefix(1);
}

bool Cursor::Next() {
  SkipSpace();
  if (rest_.front() == ',') {
    rest_.remove_prefix(1);
    SkipSpace();
  }
  if (rest_.front() == ']' || rest_.front() == '}') return false;
  if (object_) {
    key_ = TakeValue();
    SkipSpace();
    rest_.remove_prefix(1);  // the colon
    SkipSpace();
  }
  value_ = TakeValue();
  return true;
}

void Cursor::SkipSpace() {
  while (IsSpace(rest_.front())) rest_.remove_prefix(1);
}

std::string_view Cursor::TakeValue() {
  const std::string_view value = rest_.substr(0, ValueLength(rest_));
  rest_.remove_prefix(value.size());
  return value;
}

std::string DecodeString(std::string_view value) {
  const std::string_view text = value.substr(1, value.size() - 2);
  std::size_t escape = text.find('\\');
  if (escape == std::string_view::npos) return std::string(text);
  std::string out;
  out.reserve(text.size());
  std::size_t at = 0;
  for (; escape != std::string_view::npos; escape = text.find('\\', at)) {
    out.append(text.substr(at, escape - at));
    const char c = text[escape + 1];
    at = escape + 2;
    if (c == 'u') {
      at = AppendUnicodeEscape(text, at, out);
    } else {
      out.push_back(Unescaped(c));
    }
  }
  return out.append(text.substr(at));
}

std::optional<std::int64_t> DecodeInt(std::string_view value) {
  std::int64_t number = 0;
  const char* const end = value.data() + value.size();
  const auto [stop, error] = std::from_chars(value.data(), end, number);
  if (error != std::errc() || stop != end) return std::nullopt;
  return number;
}

void AppendCompact(std::string_view value, std::string& out) {
  while (!value.empty()) {
    std::size_t size = 0;  // of the run without white space
    while (size < value.size() && !IsSpace(value[size])) {
      size += value[size] == '"' ? StringLength(value.substr(size)) : 1;
    }
    out.append(value.substr(0, size));
    value.remove_prefix(size);
    while (!value.empty() && IsSpace(value.front())) value.remove_prefix(1);
  }
}

}  // namespace millrace::json
