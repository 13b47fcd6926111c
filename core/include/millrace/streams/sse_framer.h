#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "millrace/streams/line_framer.h"

namespace millrace {

// Cuts the bytes of a server-sent event stream into events. The bytes may come in any pieces.
//
//   bytes ─▶ lines ─┬─ ":…"               comment: ignored
//                   ├─ "data:…"           added to the event, joined by LF
//                   ├─ "event:…"          names the event
//                   ├─ "id:…"             the id of this event and those after it
//                   ├─ "retry:…"          ignored
//                   ├─ "other:…"          field, which may be ignored
//                   ├─ anything else      stray: no line of an event stream
//                   └─ blank, or the end  event, if there was data
//
// Unlike in a browser's EventSource, the end of the stream completes an event, because providers
// forget the last blank line. Linear in the bytes.
class SseFramer {
 public:
  struct Item {
    enum Kind { kEvent, kField, kStray };
    Kind kind = kEvent;
    std::string_view name;  // the name of an event; "" if it has none
    std::string_view text;  // the event's data, or the whole line
    std::string_view id;    // the last id up to this event; "" if none came
  };

  explicit SseFramer(std::size_t max_event_bytes = kMaxEventBytes)
      : max_event_bytes_(max_event_bytes), lines_(max_event_bytes) {}

  // Adds the bytes that Next() reads from.
  void Push(std::string_view bytes) { lines_.Push(bytes); }
  // The stream ended: the rest is a line, and completes an event.
  void End() { lines_.End(); }

  // The next event, unknown field or stray line; nullopt: more bytes are needed. Its views are
  // valid until the next call of Push or Next.
  std::optional<Item> Next();

  // The bytes that no event is waiting for any more: what follows them begins an event.
  std::uint64_t taken() const { return taken_; }

  // A line or an event is too long; Next returns nothing any more.
  bool too_long() const { return data_too_long_ || lines_.too_long(); }

 private:
  // Returns `line` as a field or a stray line if it means nothing to the framer.
  std::optional<Item> TakeField(std::string_view line);
  void StartEvent();

  std::size_t max_event_bytes_;
  LineFramer lines_;
  std::uint64_t taken_ = 0;
  std::string name_;
  std::string data_;
  std::string id_;
  bool data_too_long_ = false;
  bool has_data_ = false;
  bool given_ = false;  // Next returned the event in name_ and data_
};

}  // namespace millrace
