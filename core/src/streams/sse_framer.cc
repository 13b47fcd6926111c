#include "streams/sse_framer.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>

#include "millrace/base/utf8.h"

namespace millrace {
namespace {

bool IsNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}

}  // namespace

void SseFramer::Push(std::string_view bytes) {
  buffer_.erase(0, start_);
  scanned_ -= start_;
  start_ = 0;
  buffer_.append(bytes);
}

std::optional<SseFramer::Item> SseFramer::Next() {
  if (given_) StartEvent();
  while (!too_long_) {
    const std::optional<std::string_view> line = NextLine();
    if (line && !line->empty()) {
      if (const std::optional<Item> item = TakeField(*line)) return item;
      continue;
    }
    // A blank line, or the end of the stream.
    if (has_data_ && (line || ended_)) {
      given_ = true;
      return Item{Item::kEvent, name_, data_};
    }
    if (!line) break;
    StartEvent();
  }
  return std::nullopt;
}

std::optional<std::string_view> SseFramer::NextLine() {
  if (skip_lf_ && start_ < buffer_.size()) {
    if (buffer_[start_] == '\n') ++start_;
    skip_lf_ = false;
  }
  const std::size_t end = buffer_.find_first_of("\r\n", std::max(start_, scanned_));
  const bool unfinished = end == std::string::npos;
  const std::size_t length = (unfinished ? buffer_.size() : end) - start_;
  if (length > max_event_bytes_) {
    too_long_ = true;
    return std::nullopt;
  }
  if (unfinished && (!ended_ || length == 0)) {
    scanned_ = buffer_.size();
    return std::nullopt;
  }
  std::string_view line = std::string_view(buffer_).substr(start_, length);
  skip_lf_ = !unfinished && buffer_[end] == '\r';
  start_ = scanned_ = unfinished ? buffer_.size() : end + 1;
  if (at_beginning_ && line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
  at_beginning_ = false;
  return line;
}

std::optional<SseFramer::Item> SseFramer::TakeField(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == 0) return std::nullopt;
  const std::string_view name = line.substr(0, colon);
  std::string_view value = colon == std::string_view::npos ? "" : line.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (name == "data") {
    if (has_data_) data_.push_back('\n');
    data_.append(value);
    has_data_ = true;
    too_long_ = data_.size() > max_event_bytes_;
    return std::nullopt;
  }
  if (name == "event") {
    name_ = value;
    return std::nullopt;
  }
  if (name == "id" || name == "retry") return std::nullopt;
  const bool is_field =
      colon != std::string_view::npos && std::all_of(name.begin(), name.end(), IsNameCharacter);
  return Item{is_field ? Item::kField : Item::kStray, {}, line};
}

void SseFramer::StartEvent() {
  name_.clear();
  data_.clear();
  has_data_ = given_ = false;
}

}  // namespace millrace
