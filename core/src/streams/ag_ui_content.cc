// The half of AgUiReader that reads content: texts, reasoning, calls, state and custom events.

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "model/json.h"
#include "model/json_values.h"
#include "streams/ag_ui_reader.h"
#include "streams/event_fields.h"

namespace millrace {
namespace {

// The id in an event. Without one, it means the newest, or the first, which we name.
std::string IdOr(std::string_view event, std::string_view newest, std::string_view name) {
  std::string id = IdIn(event, "messageId");
  return !id.empty() ? id : std::string(newest.empty() ? name : newest);
}

std::string RoleIn(std::string_view event) {
  return json::StringOr(json::Member(event, "role"), "assistant");
}

CallFields CallIn(std::string_view event) {
  CallFields fields;
  fields.id = IdIn(event, "toolCallId");
  fields.name = json::StringOr(json::Member(event, "toolCallName"), "");
  fields.extra = SomeMembers(event, {"parentMessageId", "subagentRunId", "metadata"});
  return fields;
}

}  // namespace

// ---- texts

void AgUiReader::TakeTextStart(std::string_view event) {
  StartText(IdOr(event, "", "text"), event);
}

void AgUiReader::TakeTextContent(std::string_view event) {
  AppendTo(IdOr(event, text_id_, "text"), event);
}

void AgUiReader::TakeTextEnd(std::string_view event) { EndText(IdOr(event, text_id_, "text")); }

void AgUiReader::TakeTextChunk(std::string_view event) {
  const std::string id = IdOr(event, chunk_text_, "text");
  if (id != chunk_text_) {
    if (!chunk_text_.empty()) EndText(chunk_text_);
    chunk_text_ = id;
    if (!texts_.is_open(id) && !messages_.contains(id)) StartText(id, event);
  }
  AppendTo(id, event);
}

void AgUiReader::StartText(const std::string& id, std::string_view event) {
  text_id_ = id;
  EndText(id);
  const std::string role = RoleIn(event);
  if (role != "assistant") {
    messages_[id].role = role;
  } else {
    texts_.Start(id, SomeMembers(event, {"name", "subagentRunId", "metadata"}));
  }
}

void AgUiReader::AppendTo(const std::string& id, std::string_view event) {
  const std::string_view delta = json::Member(event, "delta");
  const auto message = messages_.find(id);
  if (message == messages_.end()) return texts_.Delta(id, delta, "");
  if (json::HasText(delta)) message->second.text += message->second.rest.Take(delta);
}

void AgUiReader::EndText(const std::string& id) {
  const auto message = messages_.find(id);
  if (message == messages_.end()) return texts_.End(id, "");
  AddMessage(id, message->second);
  messages_.erase(message);
}

void AgUiReader::EndMessages() {
  for (auto& [id, message] : messages_) AddMessage(id, message);
  messages_.clear();
}

void AgUiReader::AddMessage(const std::string& id, Message& message) {
  std::string data = "{\"id\":";
  json::AppendString(id, data);
  data += ",\"role\":";
  json::AppendString(message.role, data);
  data += ",\"content\":";
  json::AppendString(message.text + message.rest.Finish(), data);
  parts_.Add(CustomPart{"message", data + "}", "", id});
}

// ---- reasoning

void AgUiReader::TakeReasoningStart(std::string_view event) {
  EndReasoning();
  reasoning_id_ = IdOr(event, "", "reasoning");
  reasoning_.Start(reasoning_id_, "");
}

void AgUiReader::TakeReasoningContent(std::string_view event) {
  reasoning_.Delta(IdOr(event, reasoning_id_, "reasoning"), json::Member(event, "delta"), "");
}

// The encrypted value may follow, so the end waits for the next event.
void AgUiReader::TakeReasoningEnd(std::string_view event) {
  ended_reasoning_.push_back(IdOr(event, reasoning_id_, "reasoning"));
}

void AgUiReader::TakeReasoningSpanEnd(std::string_view /*event*/) {
  if (!chunk_reasoning_.empty()) ended_reasoning_.push_back(std::exchange(chunk_reasoning_, {}));
  EndReasoning();
}

void AgUiReader::TakeReasoningChunk(std::string_view event) {
  const std::string id = IdOr(event, chunk_reasoning_, "reasoning");
  if (id != chunk_reasoning_) {
    if (!chunk_reasoning_.empty()) ended_reasoning_.push_back(chunk_reasoning_);
    EndReasoning();
    chunk_reasoning_ = id;
    if (!reasoning_.is_open(id)) reasoning_.Start(id, "");
  }
  reasoning_.Delta(id, json::Member(event, "delta"), "");
}

void AgUiReader::EndReasoning() {
  for (const std::string& id : std::exchange(ended_reasoning_, {})) reasoning_.End(id, "");
}

void AgUiReader::TakeEncrypted(std::string_view event) {
  const std::string id = IdIn(event, "entityId");
  const std::string_view value = json::Member(event, "encryptedValue");
  if (!json::HasText(value)) return;
  if (json::Member(event, "subtype") == "\"tool-call\"" && calls_.has(id)) {
    CallFields fields;
    fields.id = id;
    fields.extra = SomeMembers(event, {"encryptedValue"});
    return calls_.Set(fields);
  }
  if (reasoning_.is_open(id)) return reasoning_.SetNote(id, json::DecodeString(value));
  parts_.Add(CustomPart{"redacted_reasoning",
                        SomeMembers(event, {"subtype", "entityId", "encryptedValue"}), "", id});
}

// ---- calls

void AgUiReader::TakeCallStart(std::string_view event) { calls_.Start(CallIn(event)); }

void AgUiReader::TakeCallArgs(std::string_view event) {
  calls_.Input(IdIn(event, "toolCallId"), json::Member(event, "delta"));
}

void AgUiReader::TakeCallEnd(std::string_view event) {
  CallFields fields;
  fields.id = IdIn(event, "toolCallId");
  calls_.Complete(fields, "");
}

void AgUiReader::TakeCallChunk(std::string_view event) {
  CallFields fields = CallIn(event);
  if (!fields.id.empty() && fields.id != chunk_call_) {
    CallFields open;
    open.id = std::exchange(chunk_call_, fields.id);
    if (!open.id.empty()) calls_.Complete(open, "");
    calls_.Start(fields);
  } else {
    fields.id = chunk_call_;
    calls_.Set(fields);
  }
  calls_.Input(fields.id, json::Member(event, "delta"));
}

void AgUiReader::TakeCallResult(std::string_view event) {
  ToolResultPart result;
  result.tool_call_id = IdIn(event, "toolCallId");
  const std::string_view content = json::Member(event, "content");
  if (json::Is(content, json::Kind::kString)) {
    result.content = json::DecodeString(content);
  } else if (!content.empty()) {
    result.content = Compact(content);
  }
  result.is_error = json::HasText(json::Member(event, "error"));
  result.extra = SomeMembers(event, {"messageId", "subagentRunId", "error"});
  calls_.Result(std::move(result));
}

// ---- the rest

void AgUiReader::TakeState(std::string_view event) {
  if (!state_.TakeState(event)) ++outcome_.skipped_lines;
}

void AgUiReader::TakeActivity(std::string_view event) {
  if (!state_.TakeActivity(event)) ++outcome_.skipped_lines;
}

void AgUiReader::TakeMessages(std::string_view event) {
  const std::string_view messages = json::Member(event, "messages");
  if (messages.empty()) return;
  parts_.Add(CustomPart{"messages_snapshot", Compact(messages), "", "messages_snapshot"});
}

void AgUiReader::TakeSubagent(std::string_view event) {
  std::string name = json::StringOr(json::Member(event, "type"), "");
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  TakeWhole(name, event, IdIn(event, "subagentRunId"));
}

void AgUiReader::TakeCustom(std::string_view event) {
  const std::string_view value = json::Member(event, "value");
  parts_.Add(CustomPart{CustomName(json::StringOr(json::Member(event, "name"), "")),
                        value.empty() ? "null" : Compact(value), ""});
}

void AgUiReader::TakeWhole(const std::string& name, std::string_view event, std::string id) {
  parts_.Add(CustomPart{CustomName(name), Compact(event), "", std::move(id)});
}

}  // namespace millrace
