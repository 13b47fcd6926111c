// The reading half of the parts codec. See part_fields.h for the format.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "millrace/base/status.h"
#include "millrace/base/time.h"
#include "millrace/base/utf8.h"
#include "millrace/model/codec.h"
#include "millrace/model/part.h"
#include "model/base64.h"
#include "model/json.h"
#include "model/part_codec.h"
#include "model/part_fields.h"

namespace millrace {
namespace {

// Reads the value of one stored member into the field with its name.
struct FieldReader {
  std::string_view name;
  std::string_view value;
  bool found = false;
  bool ok = true;  // false: the field cannot have this value

  template <typename T>
  void operator()(std::string_view field, T&& target, Write /*when*/) {
    if (field != name) return;
    found = true;
    ok = Read(target);
  }
  template <typename T>
  void operator()(std::string_view field, Late<T> late, Write /*when*/) {
    if (field == name) found = ReadLate(late.value);
  }
  void operator()(std::string_view field, LateObject<std::string> late, Write /*when*/) {
    if (field != name || json::KindOf(value) != json::Kind::kObject) return;
    found = true;
    late.json.clear();
    json::AppendCompact(value, late.json);
  }

 private:
  std::optional<std::string> Text() const {
    if (json::KindOf(value) == json::Kind::kNull) return "";
    if (json::KindOf(value) != json::Kind::kString) return std::nullopt;
    return json::DecodeString(value);
  }
  bool Read(std::string& target) const {
    std::optional<std::string> text = Text();
    if (!text) return false;
    target = *std::move(text);
    return true;
  }
  bool Read(bool& target) const {
    target = value == "true";
    return target || value == "false" || value == "null";
  }
  bool Read(std::int64_t& target) const {
    const std::optional<std::int64_t> number = value == "null" ? 0 : json::DecodeInt(value);
    target = number.value_or(0);
    return number.has_value();
  }
  bool Read(std::optional<TimeMs>& target) const {
    TimeMs time = 0;
    const bool read = Read(time);
    target = time == 0 ? std::nullopt : std::optional(time);
    return read;
  }
  bool Read(Base64<std::string>& target) const {
    const std::optional<std::string> text = Text();
    std::optional<std::string> bytes = text ? DecodeBase64(*text) : std::nullopt;
    if (!bytes) return false;
    target.bytes = *std::move(bytes);
    return true;
  }
  bool Read(Reason<FinishPart>& target) const {
    std::optional<std::string> word = Text();
    if (!word) return false;
    const std::optional<FinishReason> reason = FinishReasonFromName(*word);
    target.finish.reason = reason.value_or(FinishReason::kUnknown);
    target.finish.foreign_reason = reason ? "" : *std::move(word);
    return true;
  }

  // Whether the value is of the field's kind.
  bool ReadLate(std::string& target) const {
    return json::KindOf(value) == json::Kind::kString && Read(target);
  }
  bool ReadLate(bool& target) const {
    return json::KindOf(value) == json::Kind::kBool && Read(target);
  }
  bool ReadLate(std::optional<std::int64_t>& target) const {
    const std::optional<std::int64_t> number = json::DecodeInt(value);
    if (!number || *number < 0) return false;
    target = number;
    return true;
  }
};

// The contents of an element, as slices of it.
struct Element {
  bool plain = false;  // an object with a string "type" and a "data", and at most an "id" besides
  std::string type;
  std::string_view data = "null";
  std::string id;            // "" if the element has none
  std::string beside = "{";  // the other members, as an object that is not closed
};

Element TakeApart(std::string_view object) {
  Element element;
  int members = 0;
  bool has_type = false;
  bool has_data = false;
  for (json::Cursor cursor(object); cursor.Next(); ++members) {
    const std::string key = json::DecodeString(cursor.key());
    if (key == "type") {
      has_type = json::KindOf(cursor.value()) == json::Kind::kString;
      element.type = has_type ? json::DecodeString(cursor.value()) : "";
    } else if (key == "data") {
      element.data = cursor.value();
      has_data = true;
    } else {
      if (key == "id" && json::KindOf(cursor.value()) == json::Kind::kString) {
        element.id = json::DecodeString(cursor.value());
      }
      AppendKey(cursor.key(), element.beside);
      json::AppendCompact(cursor.value(), element.beside);
    }
  }
  element.plain = members == (element.id.empty() ? 2 : 3) && has_type && has_data;
  return element;
}

// Whether the element is such a part.
template <typename P>
bool DecodeKnown(const Element& element, P& part) {
  std::string extra = "{";
  for (json::Cursor cursor(element.data); cursor.Next();) {
    const std::string key = json::DecodeString(cursor.key());
    FieldReader reader{key, cursor.value()};
    Fields(part, reader);
    if (!reader.ok || key == kElementKey) return false;
    if (reader.found) continue;
    AppendKey(cursor.key(), extra);
    json::AppendCompact(cursor.value(), extra);
  }
  if constexpr (std::is_same_v<P, FilePart>) {
    if (part.media_type.empty()) return false;
  }
  if (element.beside != "{") {
    AppendKey("\"$element\"", extra);
    extra.append(element.beside).push_back('}');
  }
  if (extra != "{") part.extra = std::move(extra) + "}";
  return true;
}

template <std::size_t... I>
bool DecodeByType(const Element& element, Part& part, std::index_sequence<I...> /*types*/) {
  return ((element.type == kTypeNames[I] && DecodeKnown(element, part.emplace<I>())) || ...);
}

// The stored form of a message that is a single text, as most messages of a long path are. It is
// read in one pass. nullopt: `json` has another form.
std::optional<std::string> OnlyText(std::string_view json) {
  constexpr std::string_view kBegin = R"([{"type":"text","data":{"text":)";
  constexpr std::string_view kEnd = "}}]";
  if (!json.starts_with(kBegin) || !json.ends_with(kEnd)) return std::nullopt;
  const std::string_view text =
      json.substr(kBegin.size(), json.size() - kBegin.size() - kEnd.size());
  if (!json::IsString(text)) return std::nullopt;
  return json::DecodeString(text);
}

std::string Compact(std::string_view value) {
  std::string out;
  json::AppendCompact(value, out);
  return out;
}

}  // namespace

Part DecodeElement(std::string_view element, std::size_t depth) {
  Part part;
  const bool too_deep = depth > kMaxDepth && json::Depth(element).value_or(0) > kMaxDepth;
  if (too_deep || json::KindOf(element) != json::Kind::kObject) {
    part = CustomPart{"", "null", Compact(element)};
    return part;
  }
  Element apart = TakeApart(element);
  const bool known = json::KindOf(apart.data) == json::Kind::kObject &&
                     DecodeByType(apart, part, std::make_index_sequence<kTypeNames.size()>());
  if (!known) {
    part = CustomPart{std::move(apart.type), Compact(apart.data),
                      apart.plain ? "" : Compact(element), std::move(apart.id)};
  }
  return part;
}

Result<Part> DecodePart(std::string_view json) {
  if (!IsValidUtf8(json)) return DecodePart(ToValidUtf8(json));
  const std::optional<std::size_t> depth = json::Depth(json);
  if (!depth) return Status(Code::kCorrupt, "the stored part is not JSON");
  return DecodeElement(json.substr(json.find_first_not_of(" \t\n\r")), *depth);
}

Result<std::vector<Part>> DecodeParts(std::string_view json) {
  if (!IsValidUtf8(json)) return DecodeParts(ToValidUtf8(json));
  std::vector<Part> parts;
  if (std::optional<std::string> text = OnlyText(json)) {
    parts.emplace_back(TextPart{*std::move(text), false, ""});
    return parts;
  }
  const std::optional<std::size_t> depth = json::Depth(json);
  if (!depth || json[json.find_first_not_of(" \t\n\r")] != '[') {
    return Status(Code::kCorrupt, "the stored parts are not a JSON array");
  }
  for (json::Cursor cursor(json); cursor.Next();) {
    parts.push_back(DecodeElement(cursor.value(), *depth));
  }
  return parts;
}

}  // namespace millrace
