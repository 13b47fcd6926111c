#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "millrace/model/part.h"
#include "millrace/model/usage.h"

namespace millrace {

// What a writer can do to a message. A mutation states the intent. Apply (model/apply.h) turns it
// into a Patch: the delta log stores the patch, and subscribers receive it.

// Appends to the last part if that is text with the same `refusal`; otherwise starts a text part.
// With `part`, it is the text part of that id instead of the last part, wherever it stands.
struct AppendText {
  std::string text;
  bool refusal = false;
  std::string part = {};
  friend bool operator==(const AppendText&, const AppendText&) = default;
};

// Appends to the last part if that is unfinished reasoning; otherwise starts a new reasoning part.
// Text or a tool call after it does not end it: it stays open until EndReasoning or Finish. With
// `part`, it is the reasoning part of that id instead of the last part.
struct AppendReasoning {
  std::string text;
  std::string part = {};
  friend bool operator==(const AppendReasoning&, const AppendReasoning&) = default;
};

// Ends the last reasoning part that is still open, or the one of the id `part`. If it is not open,
// nothing changes.
struct EndReasoning {
  std::string signature;  // "": keep what is there
  std::string part = {};
  friend bool operator==(const EndReasoning&, const EndReasoning&) = default;
};

// Adds the call, or replaces the one with the same id.
struct PutToolCall {
  ToolCallPart call;
  friend bool operator==(const PutToolCall&, const PutToolCall&) = default;
};

struct AppendToolInput {
  std::string tool_call_id;
  std::string text;
  friend bool operator==(const AppendToolInput&, const AppendToolInput&) = default;
};

struct FinishToolCall {
  std::string tool_call_id;
  friend bool operator==(const FinishToolCall&, const FinishToolCall&) = default;
};

// Adds any part. A tool call is handled like PutToolCall, and a finish part like Finish. If the
// finish part has a time, that is the time of the finish. A text, reasoning or custom part with an
// id takes the place of the one with the same id and type (and name, if it is custom), and a tool
// result that of a preliminary result of the same call.
struct AddPart {
  Part part;
  friend bool operator==(const AddPart&, const AddPart&) = default;
};

// Drops the parts written so far, or those from `from` on. Used when the provider retries and the
// reply, or a step of it, starts over.
struct Reset {
  std::uint32_t from = 0;  // an index; beyond the last part, nothing changes
  friend bool operator==(const Reset&, const Reset&) = default;
};

// Ends the message: ends open reasoning, adds a finish part and sets finished_at.
struct Finish {
  FinishReason reason = FinishReason::kEndTurn;
  std::string message;
  std::string details;
  friend bool operator==(const Finish&, const Finish&) = default;
};

// Removes the finish part of an interrupted, canceled or failed message. No other mutation
// un-finishes a message.
struct Resume {
  friend bool operator==(const Resume&, const Resume&) = default;
};

// A full snapshot: the classic update(message). Parts are matched with the accepted state by id and
// content; text that only grew becomes appends.
struct Replace {
  std::vector<Part> parts;
  std::string model;
  std::string provider;
  bool is_summary = false;
  // Unset: as they are.
  std::optional<std::string> metadata = std::nullopt;
  std::optional<Usage> usage = std::nullopt;
  // The version that the snapshot was made from. If the message is newer, the snapshot may only add
  // to it, because anything else would drop what somebody has written since. Absent: no check.
  std::optional<std::int64_t> version = std::nullopt;
  friend bool operator==(const Replace&, const Replace&) = default;
};

// Changes the application's data by a merge patch (RFC 7396): JSON text of an object. Also of a
// finished message.
struct SetMetadata {
  std::string patch;
  friend bool operator==(const SetMetadata&, const SetMetadata&) = default;
};

// The provider's newest word about the tokens. Also of a finished message.
struct SetUsage {
  Usage usage;
  friend bool operator==(const SetUsage&, const SetUsage&) = default;
};

// Where the stream that writes the message is: JSON text of an object. Nothing happens to a message
// that is finished and cannot be resumed.
struct SetResume {
  std::string point;
  friend bool operator==(const SetResume&, const SetResume&) = default;
};

using Mutation = std::variant<AppendText, AppendReasoning, EndReasoning, PutToolCall,
                              AppendToolInput, FinishToolCall, AddPart, Reset, Finish, Resume,
                              Replace, SetMetadata, SetUsage, SetResume>;

}  // namespace millrace
