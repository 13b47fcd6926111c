#include "streams/responses_tools.h"

#include <algorithm>
#include <array>

#include "millrace/model/json_text.h"
#include "model/json.h"
#include "model/json_values.h"
#include "streams/event_fields.h"

namespace millrace {
namespace {

constexpr std::array kTools = {
    ResponsesTool{"function_call", "arguments", "", ResponsesTool::kApplication, true},
    ResponsesTool{"custom_tool_call", "input", "", ResponsesTool::kApplication, true},
    ResponsesTool{"mcp_call", "arguments", "output", ResponsesTool::kProvider, true},
    ResponsesTool{"web_search_call", "action", ""},
    ResponsesTool{"file_search_call", "", "results"},
    ResponsesTool{"code_interpreter_call", "", "outputs"},
    ResponsesTool{"image_generation_call", "", "result"},
    // The application runs these on its own machine.
    ResponsesTool{"local_shell_call", "action", "", ResponsesTool::kApplication},
    ResponsesTool{"computer_call", "action", "", ResponsesTool::kApplication},
    ResponsesTool{"apply_patch_call", "operation", "", ResponsesTool::kApplication},
    ResponsesTool{"shell_call", "action", "", ResponsesTool::kByItem},
    ResponsesTool{"tool_search_call", "arguments", "", ResponsesTool::kByItem},
};

}  // namespace

const ResponsesTool* FindResponsesTool(std::string_view type) {
  const auto* found = std::find_if(kTools.begin(), kTools.end(),
                                   [&](const ResponsesTool& tool) { return tool.type == type; });
  return found == kTools.end() ? nullptr : found;
}

bool IsProviderExecuted(const ResponsesTool& tool, std::string_view item) {
  if (tool.runs != ResponsesTool::kByItem) return tool.runs == ResponsesTool::kProvider;
  if (json::StringOr(json::Member(item, "execution"), "") == "server") return true;
  const std::string_view place = json::Member(item, "environment");
  return json::Is(place, json::Kind::kObject) &&
         json::StringOr(json::Member(place, "type"), "").starts_with("container");
}

std::string ToolNameOf(const ResponsesTool& tool, std::string_view item) {
  constexpr std::string_view kCall = "_call";
  if (tool.streams_input) return json::StringOr(json::Member(item, "name"), "");
  return std::string(tool.type.substr(0, tool.type.size() - kCall.size()));
}

std::string ToolInputOf(const ResponsesTool& tool, std::string_view item) {
  const std::string_view input = tool.input.empty() ? "" : json::Member(item, tool.input);
  if (!input.empty() || tool.streams_input) return TextOrJson(input);
  return CompactWithout(item, {"type", "id", "call_id", "status", tool.result});
}

std::string ToolExtraOf(const ResponsesTool& tool, std::string_view item,
                        std::string_view item_id) {
  std::string extra = "{\"item_id\":";
  json::AppendString(item_id, extra);
  const bool has_all =
      tool.type == "function_call" &&
      !HasOtherMembers(item, {"type", "id", "call_id", "name", "arguments", "status"});
  if (!has_all) {
    const std::string_view input = tool.streams_input ? tool.input : tool.result;
    extra.append(",\"item\":").append(CompactWithout(item, {tool.result, input}));
  }
  return extra + "}";
}

}  // namespace millrace
