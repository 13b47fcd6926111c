#include "streams/ag_ui_state.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "model/json.h"
#include "model/json_values.h"
#include "streams/event_fields.h"
#include "streams/json_patch.h"

namespace millrace {
namespace {

constexpr std::string_view kStateName = "state";  // and its id
constexpr std::string_view kActivityName = "activity";

// The member as compact JSON, null included; "" if it is missing or too large.
std::string SnapshotIn(std::string_view event, std::string_view name) {
  if (!json::HasMember(event, name)) return "";
  const std::string_view value = json::Member(event, name);
  std::string snapshot = value.empty() ? "null" : Compact(value);
  return snapshot.size() > kMaxPatchedBytes ? "" : snapshot;
}

}  // namespace

AgUiState::AgUiState(ReplyParts& written, const std::vector<Part>& parts) : written_(written) {
  for (const Part& part : parts) {
    const auto* custom = std::get_if<CustomPart>(&part);
    if (custom == nullptr || custom->id.empty()) continue;
    if (custom->name == kStateName && custom->id == kStateName) state_ = custom->data;
    if (custom->name != kActivityName || !json::IsObject(custom->data)) continue;
    Activity& activity = activities_[custom->id];
    activity.type = json::StringOr(json::Member(custom->data, "activityType"), "");
    activity.content = SnapshotIn(custom->data, "content");
  }
}

bool AgUiState::TakeState(std::string_view event) {
  const std::string_view patch = json::Member(event, "delta");
  if (!patch.empty()) {
    if (!Patch(state_, patch)) return false;
  } else {
    std::string snapshot = SnapshotIn(event, "snapshot");
    if (snapshot.empty()) return false;
    state_ = std::move(snapshot);
  }
  written_.Add(CustomPart{std::string(kStateName), state_, "", std::string(kStateName)});
  return true;
}

bool AgUiState::TakeActivity(std::string_view event) {
  const std::string id = IdIn(event, "messageId");
  const std::string_view patch = json::Member(event, "patch");
  const auto known = activities_.find(id);
  if (patch.empty()) {
    // The event may ask not to replace what is there.
    if (known != activities_.end() && json::Member(event, "replace") == "false") return true;
    std::string content = SnapshotIn(event, "content");
    if (content.empty()) return false;
    activities_[id].content = std::move(content);
  } else if (known == activities_.end() || !Patch(known->second.content, patch)) {
    return false;
  }
  Activity& activity = activities_[id];
  activity.type = json::StringOr(json::Member(event, "activityType"), activity.type);
  std::string data = "{\"activityType\":";
  json::AppendString(activity.type, data);
  data.append(",\"content\":").append(activity.content) += '}';
  written_.Add(CustomPart{std::string(kActivityName), std::move(data), "", id});
  return true;
}

bool AgUiState::Patch(std::string& json, std::string_view patch) {
  std::optional<std::string> patched = ApplyJsonPatch(json, patch);
  if (!patched) return false;
  json = *std::move(patched);
  return true;
}

}  // namespace millrace
