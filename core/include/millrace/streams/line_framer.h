#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace millrace {

// The longest line, and the longest event, that a stream may have. It is generous, because
// providers send whole images and files as one event. A longer one would threaten memory, and the
// stream counts as broken.
inline constexpr std::size_t kMaxEventBytes = 32 * 1024 * 1024;

// Cuts bytes into lines, which end with LF, CR or CRLF. The bytes may come in any pieces.
//
// Lines are cut before any UTF-8 decoding, so a code point may be split anywhere. A byte order mark
// at the start is skipped. The end of the stream ends a line too. Linear in the bytes.
class LineFramer {
 public:
  explicit LineFramer(std::size_t max_line_bytes = kMaxEventBytes)
      : max_line_bytes_(max_line_bytes) {}

  // Adds the bytes that Next() reads from.
  void Push(std::string_view bytes);
  // The stream ended: the rest is a line.
  void End() { ended_ = true; }

  // The next line, without its end; nullopt: more bytes are needed. Valid until the next call of
  // Push or Next.
  std::optional<std::string_view> Next();

  // Bytes of all lines that Next has returned, with their ends.
  std::uint64_t taken() const { return dropped_ + start_; }

  bool ended() const { return ended_; }
  // A line is too long; Next returns nothing any more.
  bool too_long() const { return too_long_; }

 private:
  std::size_t max_line_bytes_;
  std::string buffer_;
  std::uint64_t dropped_ = 0;  // bytes that stood before buffer_
  std::size_t start_ = 0;      // where the present line starts in buffer_
  std::size_t scanned_ = 0;    // no line ends between start_ and here
  bool at_beginning_ = true;
  bool skip_lf_ = false;  // the last line ended in CR: an LF next belongs to it
  bool ended_ = false;
  bool too_long_ = false;
};

}  // namespace millrace
