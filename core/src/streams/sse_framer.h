#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace millrace {

// The longest event that a stream may have. It is generous, because providers send whole images and
// files as one event. A longer event would threaten memory, and the stream counts as broken.
inline constexpr std::size_t kMaxEventBytes = 32 * 1024 * 1024;

// Cuts the bytes of a server-sent event stream into events. The bytes may come in any pieces.
//
//   bytes ─▶ lines (LF, CR, CRLF) ─┬─ ":…"               comment: ignored
//                                  ├─ "data:…"           added to the event, joined by LF
//                                  ├─ "event:…"          names the event
//                                  ├─ "id:…", "retry:…"  ignored
//                                  ├─ "other:…"          field, which may be ignored
//                                  ├─ anything else      stray: no line of an event stream
//                                  └─ blank, or the end  event, if there was data
//
// Lines are cut before any UTF-8 decoding, so a code point may be split anywhere. A byte order mark
// at the start is skipped. Unlike in a browser's EventSource, the end of the stream completes an
// event, because providers forget the last blank line. Linear in the bytes.
class SseFramer {
 public:
  struct Item {
    enum Kind { kEvent, kField, kStray };
    Kind kind = kEvent;
    std::string_view name;  // the name of an event; "" if it has none
    std::string_view text;  // the event's data, or the whole line
  };

  explicit SseFramer(std::size_t max_event_bytes = kMaxEventBytes)
      : max_event_bytes_(max_event_bytes) {}

  // Adds the bytes that Next() reads from.
  void Push(std::string_view bytes);
  // The stream ended: the rest is a line, and completes an event.
  void End() { ended_ = true; }

  // The next event, unknown field or stray line; nullopt: more bytes are needed. Its views are
  // valid until the next call of Push or Next.
  std::optional<Item> Next();

  // A line or an event is too long; Next returns nothing any more.
  bool too_long() const { return too_long_; }

 private:
  std::optional<std::string_view> NextLine();
  // Returns `line` as a field or a stray line if it means nothing to the framer.
  std::optional<Item> TakeField(std::string_view line);
  void StartEvent();

  const std::size_t max_event_bytes_;
  std::string buffer_;
  std::size_t start_ = 0;    // where the present line starts in buffer_
  std::size_t scanned_ = 0;  // no line ends between start_ and here
  bool at_beginning_ = true;
  bool skip_lf_ = false;  // the last line ended in CR: an LF next belongs to it
  bool ended_ = false;
  bool too_long_ = false;

  std::string name_;
  std::string data_;
  bool has_data_ = false;
  bool given_ = false;  // Next returned the event in name_ and data_
};

}  // namespace millrace
