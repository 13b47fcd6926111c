// The writing half of the parts codec. See part_fields.h for the format.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

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

class FieldWriter {
 public:
  explicit FieldWriter(std::string& out) : out_(out) {}

  template <typename T>
  void operator()(std::string_view name, const T& value, Write when) {
    if constexpr (std::is_default_constructible_v<T>) {
      if (when == Write::kWhenSet && value == T()) return;
    }
    if (out_.back() != '{') out_.push_back(',');
    out_.append("\"").append(name).append("\":");
    Value(value);
  }
  template <typename T>
  void operator()(std::string_view name, Late<T> late, Write when) {
    (*this)(name, late.value, when);
  }
  void operator()(std::string_view name, LateObject<const std::string> late, Write /*when*/) {
    if (!json::IsObject(late.json)) return;
    out_.append(",\"").append(name).append("\":");
    json::AppendCompact(late.json, out_);
  }

 private:
  void Value(const std::string& text) { json::AppendString(text, out_); }
  void Value(bool flag) { out_.append(flag ? "true" : "false"); }
  void Value(std::int64_t number) { json::AppendInt(number, out_); }
  void Value(const std::optional<TimeMs>& time) { json::AppendInt(time.value_or(0), out_); }
  void Value(Base64<const std::string> field) {
    out_.push_back('"');
    AppendBase64(field.bytes, out_);
    out_.push_back('"');
  }
  void Value(Reason<const FinishPart> field) {
    const FinishPart& finish = field.finish;
    const bool foreign = finish.reason == FinishReason::kUnknown && !finish.foreign_reason.empty();
    json::AppendString(foreign ? finish.foreign_reason : FinishReasonName(finish.reason), out_);
  }

  std::string& out_;
};

// Appends the members of an object, except those that `skip` names.
template <typename Skip>
void AppendMembers(std::string_view object, Skip skip, std::string& out) {
  for (json::Cursor cursor(object); cursor.Next();) {
    if (skip(json::DecodeString(cursor.key()))) continue;
    AppendKey(cursor.key(), out);
    json::AppendCompact(cursor.value(), out);
  }
}

// The value of `key` in `object` if that value is an object; "" otherwise.
std::string_view ObjectMember(std::string_view object, std::string_view key) {
  for (json::Cursor cursor(object); cursor.Next();) {
    if (json::DecodeString(cursor.key()) == key &&
        json::KindOf(cursor.value()) == json::Kind::kObject) {
      return cursor.value();
    }
  }
  return {};
}

template <typename P>
void AppendKnown(const P& part, std::string_view type, std::string& out) {
  out.append("{\"type\":\"").append(type).append("\",\"data\":{");
  FieldWriter writer(out);
  Fields(part, writer);
  const bool extra = !part.extra.empty() && json::IsObject(part.extra);
  if (extra) {
    const auto known = [&part](std::string_view key) {
      FieldFinder finder{key};
      Fields(part, finder);
      return finder.found || key == kElementKey;
    };
    AppendMembers(part.extra, known, out);
  }
  out.push_back('}');
  const std::string_view beside = extra ? ObjectMember(part.extra, kElementKey) : "";
  if (!beside.empty()) {
    const auto written = [](std::string_view key) { return key == "type" || key == "data"; };
    AppendMembers(beside, written, out);
  }
  out.push_back('}');
}

void AppendCustom(const CustomPart& part, std::string& out) {
  const auto is_json = [](const std::string& text) {
    return !text.empty() && IsValidUtf8(text) && json::Depth(text).has_value();
  };
  if (is_json(part.verbatim)) return json::AppendCompact(part.verbatim, out);
  out.append("{\"type\":");
  json::AppendString(part.name, out);
  out.append(",\"data\":");
  if (is_json(part.data)) {
    json::AppendCompact(part.data, out);
  } else {
    json::AppendString(part.data, out);
  }
  if (!part.id.empty()) {
    out.append(",\"id\":");
    json::AppendString(part.id, out);
  }
  out.push_back('}');
}

}  // namespace

void AppendPart(const Part& part, std::string& out) {
  std::visit(
      [&](const auto& value) {
        if constexpr (std::is_same_v<decltype(value), const CustomPart&>) {
          AppendCustom(value, out);
        } else {
          AppendKnown(value, kTypeNames[part.index()], out);
        }
      },
      part);
}

std::string EncodePart(const Part& part) {
  std::string out;
  AppendPart(part, out);
  return out;
}

std::string EncodeParts(const std::vector<Part>& parts) {
  std::string out = "[";
  for (const Part& part : parts) {
    if (out.size() > 1) out.push_back(',');
    AppendPart(part, out);
  }
  out.push_back(']');
  return out;
}

}  // namespace millrace
