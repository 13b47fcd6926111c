// The half of ResponsesItems that reads the calls of tools and their results.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "millrace/model/json_text.h"
#include "model/base64.h"
#include "model/json.h"
#include "model/json_values.h"
#include "streams/event_fields.h"
#include "streams/responses_items.h"

namespace millrace {
namespace {

constexpr std::string_view kCode = "code_interpreter_call";
constexpr std::string_view kImage = "image_generation_call";

std::string StatusOf(std::string_view item) {
  return json::StringOr(json::Member(item, "status"), "");
}

std::string ImageType(std::string_view item) {
  const std::string format = json::StringOr(json::Member(item, "output_format"), "png");
  const bool known = format == "png" || format == "jpeg" || format == "webp";
  return "image/" + (known ? format : "png");
}

}  // namespace

// The input of most tools comes whole. Code comes in deltas too, but it is not JSON, so it waits
// for its end.
void ResponsesItems::Input(std::string_view type, const Place& place, std::string_view value,
                           bool whole) {
  if (value.empty() || value == "\"\"") return;
  Item& item = ItemAt(place, type);
  if (item.complete || item.finished || item.whole) return;
  const bool is_text = json::Is(value, json::Kind::kString);
  if (!whole) return WriteInput(item, is_text ? item.text.Take(value) : Compact(value));
  const std::string all = TextOrJson(value);
  if (all.empty()) return;
  item.whole = true;
  const auto rest = item.input.RestOf(all);
  WriteInput(item, rest ? std::string(*rest) : item.text.Finish());
}

void ResponsesItems::WriteInput(Item& item, std::string text) {
  item.input.Take(text);
  if (!item.begun || item.type == kCode) {
    item.waiting.append(text);
  } else {
    writer_.CallInput(item.call, std::move(text));
  }
}

// The call's own id, or the item's if it has none. An id that another call of this reply has is not
// used; if a stored call has it, it is that call, sent again.
std::string ResponsesItems::NewCallId(std::string_view json, const Item& item) {
  std::string id = json::StringOr(json::Member(json, "call_id"), "");
  if (id.empty()) id = item.id;
  if (!calls_.contains(id)) return id;
  for (std::size_t n = call_names_.size(); call_names_.contains(id); ++n) {
    id = "call_" + std::to_string(n);
  }
  return id;
}

void ResponsesItems::WriteCall(Item& item, const ResponsesTool& tool, std::string_view json,
                               std::string input, bool finished) {
  ToolCallPart call;
  call.id = item.begun ? item.call : NewCallId(json, item);
  call.name = ToolNameOf(tool, json);
  call.input = std::move(input);
  call.finished = finished;
  call.provider_executed = IsProviderExecuted(tool, json);
  call.extra = ToolExtraOf(tool, json, item.id);
  item.call = call.id;
  item.begun = true;
  item.finished = finished;
  call_names_[call.id] = call.name;
  calls_.insert(call.id);
  if (call.provider_executed) {
    unanswered_.erase(call.id);
  } else {
    unanswered_.insert(call.id);
  }
  writer_.Call(std::move(call));
}

void ResponsesItems::CompleteCall(Item& item, const ResponsesTool& tool, std::string_view json) {
  item.cut = StatusOf(json) == "incomplete";
  if (tool.streams_input) {
    item.complete = false;
    Input(item.type, {item.id, std::nullopt, 0}, json::Member(json, tool.input), /*whole=*/true);
    item.complete = true;
    if (!item.begun) {
      WriteCall(item, tool, json, std::exchange(item.waiting, {}), /*finished=*/false);
    }
    EndCall(item, tool, /*cut=*/item.cut);
  } else if (!item.finished) {
    std::string input = ToolInputOf(tool, json);
    if (input.empty()) input = "{}";
    WriteCall(item, tool, json, std::move(input), /*finished=*/!item.cut);
  }
  WriteResult(item, tool, json);
}

void ResponsesItems::WriteResult(Item& item, const ResponsesTool& tool, std::string_view json) {
  if (tool.runs != ResponsesTool::kProvider) return;
  const std::string_view found = tool.result.empty() ? "" : json::Member(json, tool.result);
  const std::string_view error = tool.streams_input ? json::Member(json, "error") : "";
  if (item.type == kImage && json::HasText(found)) return WriteImage(item, json);
  const bool failed = !error.empty() || StatusOf(json) == "failed";
  if (found.empty() && !failed) return;
  ToolResultPart result;
  result.tool_call_id = item.call;
  result.name = call_names_[item.call];
  result.content = TextOrJson(!found.empty() ? found : error);
  if (found.empty() && error.empty()) result.content = "{\"status\":\"failed\"}";
  result.is_error = failed;
  if (tool.streams_input) {
    result.extra = "{\"item\":" + CompactWithout(json, {tool.result, tool.input}) + "}";
  }
  writer_.Other(std::move(result));
}

void ResponsesItems::WriteImage(const Item& item, std::string_view json) {
  std::optional<std::string> bytes = DecodeBase64(json::DecodeString(json::Member(json, "result")));
  if (!bytes) return writer_.Other(CustomPart{CustomName(item.type), Compact(json), ""});
  BinaryPart image;
  image.mime_type = ImageType(json);
  image.data = *std::move(bytes);
  image.extra = "{\"item_id\":";
  json::AppendString(item.id, image.extra);
  image.extra += '}';
  writer_.Other(std::move(image));
}

// What a tool answered: {"type":"shell_call_output","call_id":"…","output":…}.
void ResponsesItems::WriteOutput(std::string_view json) {
  ToolResultPart result;
  result.tool_call_id = json::StringOr(json::Member(json, "call_id"), "");
  unanswered_.erase(result.tool_call_id);
  const auto name = call_names_.find(result.tool_call_id);
  if (name != call_names_.end()) result.name = name->second;
  result.content = TextOrJson(json::Member(json, "output"));
  result.is_error = StatusOf(json) == "failed";
  result.extra = "{\"item\":" + CompactWithout(json, {"output"}) + "}";
  writer_.Other(std::move(result));
}

void ResponsesItems::EndCall(Item& item, const ResponsesTool& tool, bool cut) {
  if (item.finished) return;
  if (!item.whole) WriteInput(item, item.text.Finish());
  item.whole = true;
  std::string waiting = std::exchange(item.waiting, {});
  if (!item.begun || !waiting.empty()) {
    if (!waiting.empty() && tool.type == kCode) {
      std::string code = "{\"code\":";
      json::AppendString(waiting, code);
      waiting = code + "}";
    }
    if (!item.begun) {
      WriteCall(item, tool, "{}", std::move(waiting), /*finished=*/false);
    } else {
      writer_.CallInput(item.call, std::move(waiting));
    }
  }
  if (cut || item.cut) return;
  item.finished = true;
  writer_.FinishCall(item.call);
}

}  // namespace millrace
