#include "framer_host.h"

#include <optional>
#include <string>
#include <string_view>

#include "value_codec.h"

namespace millrace::wasm {

std::shared_ptr<FramerHost> FramerHost::Open(const val& kind) {
  const auto name = ReadWord(kind, "the kind of events");
  if (!name.ok() || (*name != "sse" && *name != "ndjson")) return nullptr;
  return std::make_shared<FramerHost>(*name == "ndjson");
}

val FramerHost::Feed(const val& bytes) {
  const std::string piece = KindOf(bytes) == Kind::kBytes ? BytesOf(bytes) : std::string();
  by_line_ ? lines_.Push(piece) : events_.Push(piece);
  return Read();
}

val FramerHost::Finish() {
  by_line_ ? lines_.End() : events_.End();
  return Read();
}

val FramerHost::Read() {
  val events = val::array();
  if (by_line_) {
    while (const auto line = lines_.Next()) {
      if (line->find_first_not_of(" \t") == std::string_view::npos) continue;
      ObjectWriter event;
      Push(events, event.Set("data", *line).Take());
    }
    return events;
  }
  while (const auto item = events_.Next()) {
    // What is no event of the protocol means nothing here either.
    if (item->kind != SseFramer::Item::kEvent) continue;
    ObjectWriter event;
    event.Set("data", item->text).SetUnlessEmpty("name", item->name).SetUnlessEmpty("id", item->id);
    Push(events, event.Take());
  }
  return events;
}

}  // namespace millrace::wasm
