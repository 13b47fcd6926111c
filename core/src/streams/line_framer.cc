#include "millrace/streams/line_framer.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>

#include "millrace/base/utf8.h"

namespace millrace {

void LineFramer::Push(std::string_view bytes) {
  buffer_.erase(0, start_);
  dropped_ += start_;
  scanned_ -= start_;
  start_ = 0;
  buffer_.append(bytes);
}

std::optional<std::string_view> LineFramer::Next() {
  if (too_long_) return std::nullopt;
  if (skip_lf_ && start_ < buffer_.size()) {
    if (buffer_[start_] == '\n') ++start_;
    skip_lf_ = false;
  }
  const std::size_t end = buffer_.find_first_of("\r\n", std::max(start_, scanned_));
  const bool unfinished = end == std::string::npos;
  const std::size_t length = (unfinished ? buffer_.size() : end) - start_;
  if (length > max_line_bytes_) {
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

}  // namespace millrace
