#include "streams/event_fields.h"

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "model/json.h"
#include "model/json_values.h"
#include "model/part_fields.h"

namespace millrace {
namespace {

bool IsOneOf(std::string_view quoted_key, MemberNames names) {
  const std::string_view key = quoted_key.substr(1, quoted_key.size() - 2);
  return std::find(names.begin(), names.end(), key) != names.end();
}

std::string Members(std::string_view object, MemberNames names, bool listed) {
  std::string out = "{";
  for (json::Cursor member(object); member.Next();) {
    if (IsOneOf(member.key(), names) != listed || json::Is(member.value(), json::Kind::kNull))
      continue;
    AppendKey(member.key(), out);
    json::AppendCompact(member.value(), out);
  }
  return out == "{" ? "" : out + "}";
}

std::optional<std::int64_t> IntIn(std::string_view value) {
  return json::Is(value, json::Kind::kNumber) ? json::DecodeInt(value) : std::nullopt;
}

}  // namespace

std::string Compact(std::string_view value) {
  std::string compact;
  json::AppendCompact(value, compact);
  return compact;
}

std::string IdIn(std::string_view object, std::string_view key) {
  const std::string_view value = json::Member(object, key);
  if (json::Is(value, json::Kind::kNumber)) return std::string(value);
  return json::StringOr(value, "");
}

std::string SomeMembers(std::string_view object, MemberNames names) {
  return Members(object, names, /*listed=*/true);
}

std::string OtherMembers(std::string_view object, MemberNames names) {
  return Members(object, names, /*listed=*/false);
}

std::string CompactWithout(std::string_view object, MemberNames left_out) {
  std::string compact = "{";
  for (json::Cursor member(object); member.Next();) {
    if (IsOneOf(member.key(), left_out)) continue;
    if (compact.size() > 1) compact += ',';
    compact.append(member.key()) += ':';
    json::AppendCompact(member.value(), compact);
  }
  return compact + '}';
}

bool HasOtherMembers(std::string_view object, MemberNames known) {
  for (json::Cursor member(object); member.Next();) {
    if (!json::Is(member.value(), json::Kind::kNull) && !IsOneOf(member.key(), known)) return true;
  }
  return false;
}

std::string TextOrJson(std::string_view value) {
  if (value.empty()) return "";
  return json::Is(value, json::Kind::kString) ? json::DecodeString(value) : Compact(value);
}

std::optional<std::int64_t> IntMember(std::string_view object, std::string_view key) {
  return IntIn(json::Member(object, key));
}

std::optional<std::int64_t> IntMember(const json::Object& object, std::string_view key) {
  return IntIn(object.Member(key));
}

std::string CustomName(const std::string& word) {
  const bool is_taken = word.empty() || word == "usage" ||
                        std::find(kTypeNames.begin(), kTypeNames.end(), word) != kTypeNames.end();
  return is_taken ? "x-" + word : word;
}

}  // namespace millrace
