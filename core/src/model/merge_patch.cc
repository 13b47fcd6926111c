#include "millrace/model/merge_patch.h"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "millrace/base/utf8.h"
#include "model/json.h"
#include "model/part_fields.h"

namespace millrace {
namespace {

bool IsObjectValue(std::string_view value) { return json::KindOf(value) == json::Kind::kObject; }

using Members = std::map<std::string, std::string_view, std::less<>>;

// Of duplicate members the last one counts.
Members MembersOf(std::string_view object) {
  Members members;
  if (object.empty()) return members;
  for (json::Cursor member(object); member.Next();) {
    members[json::DecodeString(member.key())] = member.value();
  }
  return members;
}

// Appends what `patch` makes of `target`. Recursion is bounded by kMaxDepth.
void AppendMerged(std::string_view target, std::string_view patch, std::string& out) {
  Members changes = MembersOf(patch);
  const auto add = [&out](std::string_view key, std::string_view before, std::string_view value) {
    if (json::KindOf(value) == json::Kind::kNull) return;
    AppendKey(key, out);
    if (IsObjectValue(value)) {
      AppendMerged(IsObjectValue(before) ? before : "{}", value, out);
    } else {
      json::AppendCompact(value, out);
    }
  };
  out.push_back('{');
  Members last = MembersOf(target);
  for (json::Cursor member(target); member.Next();) {
    const std::string key = json::DecodeString(member.key());
    if (last[key].data() != member.value().data()) continue;  // a later one has the same name
    const auto change = changes.find(key);
    if (change == changes.end()) {
      AppendKey(member.key(), out);
      json::AppendCompact(member.value(), out);
      continue;
    }
    add(member.key(), member.value(), change->second);
    changes.erase(change);
  }
  // What is new comes at the end, in the order of the patch.
  for (json::Cursor change(patch); change.Next();) {
    const auto found = changes.find(json::DecodeString(change.key()));
    if (found == changes.end()) continue;
    add(change.key(), "{}", found->second);
    changes.erase(found);
  }
  out.push_back('}');
}

}  // namespace

Result<std::string> MergePatch(std::string_view target, std::string_view patch) {
  const std::size_t start = patch.find_first_not_of(" \t\n\r");
  if (start == std::string_view::npos || patch[start] != '{' || !IsValidUtf8(patch)) {
    return InvalidArgument("metadata must be a JSON object");
  }
  const std::optional<std::size_t> depth = json::Depth(patch);
  if (!depth) return InvalidArgument("metadata must be a JSON object");
  if (*depth > kMaxDepth) {
    return InvalidArgument("metadata may nest " + std::to_string(kMaxDepth) + " levels deep");
  }
  std::string merged;
  AppendMerged(target.empty() ? "{}" : target, patch.substr(start), merged);
  if (merged.size() > kMaxMetadataBytes) {
    return InvalidArgument("metadata holds up to " + std::to_string(kMaxMetadataBytes) +
                           " bytes: put a file or a message instead");
  }
  if (merged == "{}") merged.clear();
  return merged;
}

std::string MergeObjects(std::string_view target, std::string_view patch) {
  std::string merged;
  AppendMerged(json::IsObject(target) ? target : "{}", patch, merged);
  return merged;
}

std::string ChangedMembers(std::string_view before, std::string_view after,
                           std::string_view value) {
  const Members old = MembersOf(before);
  Members changed = MembersOf(after);
  for (const auto& [key, text] : old) {
    const auto [now, added] = changed.try_emplace(key, text);
    if (!added && now->second == text) changed.erase(now);
  }
  std::string out;
  for (const auto& change : changed) {
    out.push_back(out.empty() ? '{' : ',');
    json::AppendString(change.first, out);
    out.push_back(':');
    json::AppendString(value, out);
  }
  if (!out.empty()) out.push_back('}');
  return out;
}

std::string MetadataOrNone(std::string_view json) {
  Result<std::string> metadata = CheckMetadata(json);
  return metadata.ok() ? *std::move(metadata) : std::string();
}

}  // namespace millrace
