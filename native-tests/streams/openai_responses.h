#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "streams/reply.h"

namespace millrace {

// Events of OpenAI's Responses. The arguments are JSON text, or text that needs no escapes.

// `type` without "response.".
inline std::string ResponseEvent(std::string_view type, std::string_view members) {
  return Data("{\"type\":\"response." + std::string(type) + "\"," + std::string(members) + "}");
}
inline std::string ItemEvent(std::string_view what, int index, std::string_view item) {
  return ResponseEvent(
      "output_item." + std::string(what),
      "\"output_index\":" + std::to_string(index) + ",\"item\":" + std::string(item));
}
// An event of the item `id`.
inline std::string OfItem(std::string_view type, std::string_view id, int index,
                          std::string_view members) {
  return ResponseEvent(type, "\"item_id\":\"" + std::string(id) + "\",\"output_index\":" +
                                 std::to_string(index) + "," + std::string(members));
}
inline std::string OutputText(std::string_view delta, std::string_view id = "m", int index = 0) {
  return OfItem("output_text.delta", id, index,
                "\"content_index\":0,\"delta\":\"" + std::string(delta) + "\"");
}
inline std::string FunctionItem(std::string_view id, std::string_view call, std::string_view name,
                                std::string_view arguments_inside = "",
                                std::string_view status = "completed") {
  return "{\"id\":\"" + std::string(id) + "\",\"type\":\"function_call\",\"status\":\"" +
         std::string(status) + "\",\"call_id\":\"" + std::string(call) + "\",\"name\":\"" +
         std::string(name) + "\",\"arguments\":\"" + std::string(arguments_inside) + "\"}";
}
inline std::string ArgumentsDelta(std::string_view id, int index, std::string_view inside) {
  return OfItem("function_call_arguments.delta", id, index,
                "\"delta\":\"" + std::string(inside) + "\"");
}
inline std::string Completed(std::string_view output = "[]") {
  return ResponseEvent("completed", "\"response\":{\"status\":\"completed\",\"output\":" +
                                        std::string(output) + "}");
}

inline Reply ReadResponses(std::string_view bytes, const Status& end = BodyEnded()) {
  return ReadHoweverSplit(StreamFormat::kOpenAiResponses, bytes, end);
}
// The parts of a reply of these events that ends by itself.
inline std::vector<Part> ResponseParts(const std::string& events) {
  const Reply reply = ReadResponses(events + Completed());
  EXPECT_TRUE(reply.outcome.status.ok());
  EXPECT_EQ(reply.outcome.skipped_lines, 0);
  return reply.parts();
}

inline TextPart ItemText(std::string text, std::string id, bool refusal = false) {
  return {std::move(text), refusal, "", std::move(id)};
}
inline ReasoningPart ItemReasoning(std::string text, std::string id, std::string signature = "") {
  return {std::move(text), std::move(signature), 1000, 1000, "", std::move(id)};
}
inline ToolCallPart ItemCall(std::string call, std::string name, std::string input,
                             const std::string& item_id, bool finished = true) {
  ToolCallPart part = Call(std::move(call), std::move(name), std::move(input), finished);
  part.extra = "{\"item_id\":\"" + item_id + "\"}";
  return part;
}

}  // namespace millrace
