#include "streams/received_text.h"

namespace millrace {
namespace {

// FNV-1a. A collision could only drop the end of a text that its provider contradicts.
std::uint64_t HashOn(std::uint64_t hash, std::string_view text) {
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
  return hash;
}

}  // namespace

void ReceivedText::Take(std::string_view piece) {
  size_ += piece.size();
  hash_ = HashOn(hash_, piece);
}

std::optional<std::string_view> ReceivedText::RestOf(std::string_view whole) const {
  if (whole.size() < size_ || HashOn(kEmptyHash, whole.substr(0, size_)) != hash_)
    return std::nullopt;
  return whole.substr(size_);
}

}  // namespace millrace
