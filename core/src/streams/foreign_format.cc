#include "streams/foreign_format.h"

#include <string>

#include "model/json.h"

namespace millrace {
namespace {

bool Has(std::string_view object, std::string_view key) {
  for (json::Cursor member(object); member.Next();) {
    if (member.key().substr(1, member.key().size() - 2) == key) return true;
  }
  return false;
}

std::string TypeOf(std::string_view object) {
  for (json::Cursor member(object); member.Next();) {
    if (member.key() == "\"type\"" && json::KindOf(member.value()) == json::Kind::kString) {
      return json::DecodeString(member.value());
    }
  }
  return "";
}

}  // namespace

std::string_view FormatItLooksLike(std::string_view object) {
  const std::string type = TypeOf(object);
  if (type.starts_with("response.")) return "OpenAI's Responses";
  if (type.starts_with("message_") || type.starts_with("content_block_")) {
    return "Anthropic's Messages";
  }
  if (type.find_first_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 0) return "AG-UI";
  if (type == "start" || type == "finish" || type.find('-') != std::string::npos) {
    return "a UI message stream of the AI SDK";
  }
  if (Has(object, "response") || (Has(object, "message") && Has(object, "done"))) {
    return "Ollama's own";
  }
  if (Has(object, "candidates")) return "Google's Gemini";
  return "";
}

}  // namespace millrace
