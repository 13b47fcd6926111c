#include "streams/foreign_format.h"

#include <string>

#include "model/json_values.h"

namespace millrace {

std::string_view FormatItLooksLike(std::string_view object) {
  const std::string type = json::StringOr(json::Member(object, "type"), "");
  if (type.starts_with("response.")) return "OpenAI's Responses";
  if (json::HasMember(object, "choices")) return "OpenAI's chat completions";
  if (type.starts_with("message_") || type.starts_with("content_block_")) {
    return "Anthropic's Messages";
  }
  if (type.find_first_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 0) return "AG-UI";
  if (type == "start" || type == "finish" || type.find('-') != std::string::npos) {
    return "a UI message stream of the AI SDK";
  }
  if (json::HasMember(object, "response") ||
      (json::HasMember(object, "message") && json::HasMember(object, "done"))) {
    return "Ollama's own";
  }
  if (json::HasMember(object, "candidates")) return "Google's Gemini";
  return "";
}

}  // namespace millrace
