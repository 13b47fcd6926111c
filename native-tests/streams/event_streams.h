#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "streams/reply.h"

// What the tests of AI SDK and AG-UI streams share.
namespace millrace {

// Events, one JSON object each.
inline std::string Events(const std::vector<std::string_view>& events) {
  std::string stream;
  for (const std::string_view event : events) stream += Data(event);
  return stream;
}

inline TextPart NamedText(std::string id, std::string text, std::string extra = "") {
  return {std::move(text), false, std::move(extra), std::move(id)};
}

inline ReasoningPart NamedReasoning(std::string id, std::string text, std::string signature = "") {
  ReasoningPart part = Reasoning(std::move(text), std::move(signature));
  part.id = std::move(id);
  return part;
}

inline ToolResultPart ResultPart(std::string call, std::string name, std::string content,
                                 bool is_error = false) {
  ToolResultPart part;
  part.tool_call_id = std::move(call);
  part.name = std::move(name);
  part.content = std::move(content);
  part.is_error = is_error;
  return part;
}

inline CustomPart Custom(std::string name, std::string data, std::string id = "") {
  return {std::move(name), std::move(data), "", std::move(id)};
}

// The parts of a reply that goes on with `parts`, which the message has already.
inline std::vector<Part> Continue(StreamFormat format, const std::vector<Part>& parts,
                                  std::string_view bytes) {
  Message message;
  message.parts = parts;
  std::vector<Mutation> mutations;
  const auto reader = MakeStreamReader(format, parts);
  reader->Push(bytes, mutations);
  reader->Finish(mutations);
  Patch patch;
  for (Mutation& mutation : mutations) {
    EXPECT_TRUE(Apply(std::move(mutation), /*now=*/1000, message, patch).ok());
  }
  message.parts.pop_back();
  return message.parts;
}

}  // namespace millrace
