#include "streams/json_sequence.h"

#include <cstddef>

namespace millrace {

void BracketCount::TakeOne(char c) {
  if (in_string_) {
    if (escaped_) {
      escaped_ = false;
    } else if (c == '\\') {
      escaped_ = true;
    } else if (c == '"') {
      in_string_ = false;
    }
    return;
  }
  if (c == '"') in_string_ = true;
  if (c == '{' || c == '[') {
    began_ = true;
    ++depth_;
  }
  if ((c == '}' || c == ']') && depth_ > 0) --depth_;
}

void BracketCount::Take(std::string_view piece) {
  for (const char c : piece) TakeOne(c);
}

std::vector<std::string_view> SplitObjects(std::string_view text) {
  std::vector<std::string_view> objects;
  while (!text.empty()) {
    if (text.front() != '{') return {};
    BracketCount count;
    std::size_t end = 0;
    while (end < text.size() && !count.closed()) count.TakeOne(text[end++]);
    if (!count.closed()) return {};
    objects.push_back(text.substr(0, end));
    const std::size_t next = text.find_first_not_of(" \t", end);
    text.remove_prefix(next == std::string_view::npos ? text.size() : next);
  }
  if (objects.size() < 2) objects.clear();
  return objects;
}

}  // namespace millrace
