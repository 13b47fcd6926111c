#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "millrace/base/time.h"

namespace millrace {

// The parts of a message. All text is UTF-8. `extra` is the JSON text of an object with the stored
// fields that this version does not know ("" if there are none). It survives every round trip.

struct TextPart {
  std::string text;
  bool refusal = false;  // the model declined, in its own words
  std::string extra;
  // Names the part within its message, for streams that write several texts side by side. "": none.
  std::string id = {};
  friend bool operator==(const TextPart&, const TextPart&) = default;
};

struct ReasoningPart {
  std::string text;
  std::string signature;  // opaque and byte-exact; "" if the provider gave none
  std::optional<TimeMs> started_at;
  std::optional<TimeMs> finished_at;  // set: this section has ended
  std::string extra;
  std::string id = {};  // as in TextPart
  friend bool operator==(const ReasoningPart&, const ReasoningPart&) = default;
};

struct ToolCallPart {
  std::string id;
  std::string name;
  std::string input;  // JSON text as the model wrote it; may be incomplete until `finished`
  bool finished = false;
  bool provider_executed = false;
  std::string extra;
  // A person is asked before the tool runs: JSON text of an object, {id, approved, reason}. "":
  // nobody is asked. Nothing in the core reads it.
  std::string approval = {};
  friend bool operator==(const ToolCallPart&, const ToolCallPart&) = default;
};

struct ToolResultPart {
  std::string tool_call_id;
  std::string name;
  std::string content;
  std::string data;
  std::string mime_type;
  std::string metadata;
  bool is_error = false;
  std::string extra;
  bool preliminary = false;  // a later result of the same call takes its place
  friend bool operator==(const ToolResultPart&, const ToolResultPart&) = default;
};

struct ImageUrlPart {
  std::string url;
  std::string detail;
  std::string extra;
  friend bool operator==(const ImageUrlPart&, const ImageUrlPart&) = default;
};

struct BinaryPart {
  std::string path;
  std::string mime_type;
  std::string data;  // raw bytes; base64 in the stored form
  std::string extra;
  friend bool operator==(const BinaryPart&, const BinaryPart&) = default;
};

struct ShellCommandPart {
  std::string command;
  std::string output;
  std::int64_t exit_code = 0;
  std::string extra;
  friend bool operator==(const ShellCommandPart&, const ShellCommandPart&) = default;
};

// A file beside the message: among the store's blobs, or somewhere else.
struct FilePart {
  std::string media_type;  // never ""
  std::string name;
  std::optional<std::int64_t> size;  // bytes
  std::string blob;                  // the blob's id, or ""
  std::string url;
  std::string extra;
  friend bool operator==(const FilePart&, const FilePart&) = default;
};

enum class FinishReason {
  kEndTurn,
  kMaxTokens,
  kToolUse,
  kCanceled,
  kError,
  kContentFilter,
  kInterrupted,
  kUnknown,
};

std::string_view FinishReasonName(FinishReason reason);
std::optional<FinishReason> FinishReasonFromName(std::string_view name);

struct FinishPart {
  FinishReason reason = FinishReason::kUnknown;
  TimeMs time = 0;
  std::string message;
  std::string details;
  // The stored word if it is not a known one (`reason` is then kUnknown); otherwise "".
  std::string foreign_reason;
  std::string extra;
  friend bool operator==(const FinishPart&, const FinishPart&) = default;
};

// A part of any other type, or a stored element that cannot be decoded as the type it names.
struct CustomPart {
  std::string name;  // the stored "type"; "" if the element has none
  std::string data;  // JSON text of the stored "data"; "null" if there is none
  // JSON text of the whole stored element if it differs from {type, data, id}; otherwise "".
  std::string verbatim;
  std::string id = {};  // as in TextPart, beside "type" and "data" in the stored element
  friend bool operator==(const CustomPart&, const CustomPart&) = default;
};

using Part = std::variant<TextPart, ReasoningPart, ToolCallPart, ToolResultPart, ImageUrlPart,
                          BinaryPart, ShellCommandPart, FilePart, FinishPart, CustomPart>;

// The custom part that readers of streams write right before the finish.
bool IsUsage(const Part& part);

// The text that deltas append to: `text` of TextPart and ReasoningPart, `input` of ToolCallPart.
// nullptr for the other parts, which never grow.
std::string* BodyOf(Part& part);
const std::string* BodyOf(const Part& part);

}  // namespace millrace
