#include "storage/search/snippet.h"

#include <algorithm>
#include <iterator>
#include <list>
#include <vector>

#include "storage/search/indexed_text.h"
#include "storage/search/phrase_match.h"

namespace millrace {
namespace {

constexpr std::size_t kCodePointsBefore = 40;
constexpr std::size_t kCodePoints = 160;
// A code point has at most 4 bytes, so no snippet reaches further past its first match.
constexpr std::size_t kMaxBytes = 4 * kCodePoints;
constexpr std::string_view kEllipsis = "\xE2\x80\xA6";  // one UTF-16 code unit

bool IsStart(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }

std::size_t Back(std::string_view text, std::size_t at, std::size_t code_points) {
  for (; code_points > 0 && at > 0; --code_points) {
    do --at;
    while (at > 0 && !IsStart(text[at]));
  }
  return at;
}

std::size_t Forward(std::string_view text, std::size_t at, std::size_t code_points) {
  for (; code_points > 0 && at < text.size(); --code_points) NextCodePoint(text, at);
  return at;
}

std::size_t Utf16Length(std::string_view text) {
  std::size_t units = 0;
  for (const char byte : text) {
    if (!IsStart(byte)) continue;
    units += static_cast<unsigned char>(byte) >= 0xF0 ? 2 : 1;
  }
  return units;
}

}  // namespace

// The matches from the first one on, as far as a snippet can reach; in order, without overlaps.
std::vector<SnippetMaker::Range> SnippetMaker::FindMatches(std::string_view text) {
  std::size_t longest = 1;
  for (const Phrase& phrase : terms_.phrases) longest = std::max(longest, phrase.size());
  std::list<Word> recent;
  std::vector<Range> found;
  std::size_t read = 0;
  words_(text, [&](const Word& word) {
    read = word.end;
    if (read > budget_) return false;
    if (!found.empty() && word.begin > found.front().begin + kMaxBytes) return false;
    recent.push_back(word);
    if (recent.size() > longest) recent.pop_front();
    for (const Phrase& phrase : terms_.phrases) {
      const bool open = terms_.open_end && &phrase == &terms_.phrases.back();
      if (!EndsWith(recent, phrase, open)) continue;
      const std::size_t begin =
          std::prev(recent.end(), static_cast<std::ptrdiff_t>(phrase.size()))->begin;
      if (!found.empty() && begin <= found.back().end && begin >= found.back().begin) {
        found.back().end = std::max(found.back().end, word.end);
      } else if (found.empty() || begin > found.back().end) {
        found.push_back({begin, word.end});
      }
    }
    return true;
  });
  budget_ -= std::min(read, budget_);
  return found;
}

void SnippetMaker::Make(std::string_view text, SearchHit& hit) {
  const std::vector<Range> found = FindMatches(text);
  const std::size_t first = found.empty() ? 0 : found.front().begin;
  const std::size_t begin = Back(text, first, kCodePointsBefore);
  const std::size_t end = Forward(text, begin, kCodePoints);
  hit.snippet = begin > 0 ? kEllipsis : std::string_view();
  hit.snippet += text.substr(begin, end - begin);
  if (end < text.size()) hit.snippet += kEllipsis;
  for (char& byte : hit.snippet) {
    if (static_cast<unsigned char>(byte) < 0x20) byte = ' ';
  }
  const std::size_t shift = begin > 0 ? 1 : 0;
  for (const Range& range : found) {
    if (range.begin >= end) break;
    const std::size_t stop = std::min(range.end, end);
    hit.matches.push_back({shift + Utf16Length(text.substr(begin, range.begin - begin)),
                           Utf16Length(text.substr(range.begin, stop - range.begin))});
  }
}

}  // namespace millrace
