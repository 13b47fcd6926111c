#include "millrace/streams/sse_framer.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>

namespace millrace {
namespace {

bool IsNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}

}  // namespace

std::optional<SseFramer::Item> SseFramer::Next() {
  if (given_) StartEvent();
  while (!too_long()) {
    const std::optional<std::string_view> line = lines_.Next();
    if (line && !line->empty()) {
      const std::optional<Item> item = TakeField(*line);
      if (!has_data_ && name_.empty()) taken_ = lines_.taken();
      if (item) return item;
      continue;
    }
    if (line) taken_ = lines_.taken();
    // A blank line, or the end of the stream.
    if (has_data_ && (line || (lines_.ended() && !too_long()))) {
      given_ = true;
      return Item{Item::kEvent, name_, data_, id_};
    }
    if (!line) break;
    StartEvent();
  }
  return std::nullopt;
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
    data_too_long_ = data_.size() > max_event_bytes_;
    return std::nullopt;
  }
  if (name == "event") {
    name_ = value;
    return std::nullopt;
  }
  if (name == "id") {
    id_ = value;
    return std::nullopt;
  }
  if (name == "retry") return std::nullopt;
  const bool is_field =
      colon != std::string_view::npos && std::all_of(name.begin(), name.end(), IsNameCharacter);
  return Item{is_field ? Item::kField : Item::kStray, {}, line, {}};
}

void SseFramer::StartEvent() {
  name_.clear();
  data_.clear();
  has_data_ = given_ = false;
}

}  // namespace millrace
