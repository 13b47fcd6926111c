#pragma once

#include <string>
#include <string_view>

#include "streams/reply.h"

namespace millrace {

// Events as Anthropic sends them. The arguments are JSON text, or text that needs no escapes.

inline std::string AnthropicEvent(std::string_view type, std::string_view members = "") {
  std::string event = "event: " + std::string(type) + "\ndata: {\"type\":\"" + std::string(type);
  event.append("\"").append(members.empty() ? "" : ",").append(members);
  return event + "}\n\n";
}

inline const std::string kMessageStart = AnthropicEvent(
    "message_start", R"("message":{"id":"msg_1","type":"message","role":"assistant","content":[],)"
                     R"("stop_reason":null,"usage":{"input_tokens":25,"output_tokens":1}})");
inline const std::string kMessageStop = AnthropicEvent("message_stop");

inline std::string BlockStart(int index, std::string_view block) {
  return AnthropicEvent("content_block_start", "\"index\":" + std::to_string(index) +
                                                   ",\"content_block\":" + std::string(block));
}
inline std::string BlockDelta(int index, std::string_view delta) {
  return AnthropicEvent("content_block_delta",
                        "\"index\":" + std::to_string(index) + ",\"delta\":" + std::string(delta));
}
inline std::string BlockStop(int index) {
  return AnthropicEvent("content_block_stop", "\"index\":" + std::to_string(index));
}

inline std::string TextStart(int index) {
  return BlockStart(index, R"({"type":"text","text":""})");
}
inline std::string TextDelta(int index, std::string_view text) {
  return BlockDelta(index, "{\"type\":\"text_delta\",\"text\":\"" + std::string(text) + "\"}");
}
inline std::string TextBlock(int index, std::string_view text) {
  return TextStart(index) + TextDelta(index, text) + BlockStop(index);
}
inline std::string ThinkingDelta(int index, std::string_view text) {
  return BlockDelta(index,
                    "{\"type\":\"thinking_delta\",\"thinking\":\"" + std::string(text) + "\"}");
}
inline std::string SignatureDelta(int index, std::string_view text) {
  return BlockDelta(index,
                    "{\"type\":\"signature_delta\",\"signature\":\"" + std::string(text) + "\"}");
}
inline std::string ToolStart(int index, std::string_view id, std::string_view name) {
  return BlockStart(index, "{\"type\":\"tool_use\",\"id\":\"" + std::string(id) + "\",\"name\":\"" +
                               std::string(name) + "\",\"input\":{}}");
}
inline std::string InputDelta(int index, std::string_view json_string_inside) {
  return BlockDelta(index, "{\"type\":\"input_json_delta\",\"partial_json\":\"" +
                               std::string(json_string_inside) + "\"}");
}
inline std::string StopReasonIs(std::string_view reason) {
  return AnthropicEvent("message_delta", "\"delta\":{\"stop_reason\":\"" + std::string(reason) +
                                             "\",\"stop_sequence\":null}");
}

inline Reply ReadAnthropic(std::string_view bytes, const Status& end = BodyEnded()) {
  return ReadHoweverSplit(StreamFormat::kAnthropic, bytes, end);
}
// The parts of a reply of these events that ends by itself.
inline std::vector<Part> AnthropicParts(const std::string& events) {
  const Reply reply = ReadAnthropic(events + StopReasonIs("end_turn") + kMessageStop);
  EXPECT_TRUE(reply.outcome.status.ok());
  EXPECT_EQ(reply.outcome.skipped_lines, 0);
  return reply.parts();
}

}  // namespace millrace
