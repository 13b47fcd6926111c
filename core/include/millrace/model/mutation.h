#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "millrace/model/part.h"

namespace millrace {

// What a writer can do to a message. A mutation states the intent; applying it (model/apply.h)
// turns it into a Patch, which is what the delta log stores and what subscribers receive.

// Appends to the last part if it is text with the same `refusal`, else starts a new text part.
struct AppendText {
  std::string text;
  bool refusal = false;
  friend bool operator==(const AppendText&, const AppendText&) = default;
};

// Appends to the last part if it is an unfinished reasoning, else starts a new one. Reasoning that
// text or a tool call follows stays open until EndReasoning or Finish.
struct AppendReasoning {
  std::string text;
  friend bool operator==(const AppendReasoning&, const AppendReasoning&) = default;
};

// Ends the last reasoning part that is not ended yet; without one, nothing changes.
struct EndReasoning {
  std::string signature;  // "": keep what is there
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

// Adds any part. A tool call goes as PutToolCall does, a finish part as Finish does (its time, when
// it has one, is the time of the finish).
struct AddPart {
  Part part;
  friend bool operator==(const AddPart&, const AddPart&) = default;
};

// Drops the parts written so far: a provider's retry starts the reply over.
struct Reset {
  friend bool operator==(const Reset&, const Reset&) = default;
};

// Ends the message: open reasoning ends, a finish part is added, finished_at is set.
struct Finish {
  FinishReason reason = FinishReason::kEndTurn;
  std::string message;
  std::string details;
  friend bool operator==(const Finish&, const Finish&) = default;
};

// Takes the finish part of an interrupted, canceled or failed message off: the only way a message
// is ever un-finished.
struct Resume {
  friend bool operator==(const Resume&, const Resume&) = default;
};

// A full snapshot: the classic update(message). Judged against the accepted state by id and
// content; text that only grew becomes appends.
struct Replace {
  std::vector<Part> parts;
  std::string model;
  std::string provider;
  bool is_summary = false;
  // The version that the snapshot was made from. If the message is newer, the snapshot may only add
  // to it: anything else would drop what somebody wrote meanwhile. Absent: not judged.
  std::optional<std::int64_t> version = std::nullopt;
  friend bool operator==(const Replace&, const Replace&) = default;
};

using Mutation =
    std::variant<AppendText, AppendReasoning, EndReasoning, PutToolCall, AppendToolInput,
                 FinishToolCall, AddPart, Reset, Finish, Resume, Replace>;

}  // namespace millrace
