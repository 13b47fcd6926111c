#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "js_value.h"
#include "millrace/model/header_fields.h"
#include "millrace/model/json_text.h"
#include "millrace/model/message.h"
#include "millrace/model/part.h"

// The shape of messages, parts and sessions (web/src/types.ts). They cross as JSON text (`Writer`
// is JsonWriter), which JavaScript parses; a tool call in a mutation also as an object
// (ObjectWriter).
namespace millrace::wasm {

// A word that is no FinishReason crosses as `extra.reason`, where the reader finds it.
inline std::string ExtraOf(const FinishPart& part) {
  if (part.foreign_reason.empty()) return part.extra;
  std::string json = part.extra.empty() ? "{" : part.extra;
  if (json.back() == '}') json.pop_back();
  if (json != "{") json.push_back(',');
  json.append("\"reason\":");
  json::AppendString(part.foreign_reason, json);
  json.push_back('}');
  return json;
}

template <typename Writer>
struct PartShape {
  Writer& out;

  void SetExtra(const std::string& extra) {
    if (!extra.empty()) out.SetJson("extra", extra);
  }

  void operator()(const TextPart& part) {
    out.Set("type", "text").Set("text", part.text);
    out.SetIf("refusal", part.refusal).SetUnlessEmpty("id", part.id);
    SetExtra(part.extra);
  }
  void operator()(const ReasoningPart& part) {
    out.Set("type", "reasoning")
        .Set("text", part.text)
        .SetUnlessEmpty("signature", part.signature)
        .SetIfAny("startedAt", part.started_at)
        .SetIfAny("finishedAt", part.finished_at)
        .SetUnlessEmpty("id", part.id);
    SetExtra(part.extra);
  }
  void operator()(const ToolCallPart& part) {
    out.Set("type", "tool_call");
    SetCall(part);
  }
  // A call without its type, as a mutation has it.
  void SetCall(const ToolCallPart& part) {
    out.Set("id", part.id)
        .Set("name", part.name)
        .Set("input", part.input)
        .Set("finished", part.finished)
        .SetIf("providerExecuted", part.provider_executed);
    if (!part.approval.empty()) out.SetJson("approval", part.approval);
    SetExtra(part.extra);
  }
  void operator()(const ToolResultPart& part) {
    out.Set("type", "tool_result")
        .Set("toolCallId", part.tool_call_id)
        .Set("name", part.name)
        .Set("content", part.content)
        .SetIf("isError", part.is_error)
        .SetUnlessEmpty("data", part.data)
        .SetUnlessEmpty("mimeType", part.mime_type)
        .SetUnlessEmpty("metadata", part.metadata)
        .SetIf("preliminary", part.preliminary);
    SetExtra(part.extra);
  }
  void operator()(const ImageUrlPart& part) {
    out.Set("type", "image_url").Set("url", part.url).SetUnlessEmpty("detail", part.detail);
    SetExtra(part.extra);
  }
  void operator()(const BinaryPart& part) {
    out.Set("type", "binary")
        .Set("mimeType", part.mime_type)
        .SetBytes("data", part.data)
        .SetUnlessEmpty("path", part.path);
    SetExtra(part.extra);
  }
  void operator()(const ShellCommandPart& part) {
    out.Set("type", "shell_command")
        .Set("command", part.command)
        .Set("output", part.output)
        .Set("exitCode", part.exit_code);
    SetExtra(part.extra);
  }
  void operator()(const FilePart& part) {
    out.Set("type", "file").Set("mediaType", part.media_type);
    out.SetUnlessEmpty("name", part.name).SetIfAny("size", part.size);
    out.SetUnlessEmpty("blob", part.blob).SetUnlessEmpty("url", part.url);
    SetExtra(part.extra);
  }
  void operator()(const FinishPart& part) {
    out.Set("type", "finish")
        .Set("reason", FinishReasonName(part.reason))
        .Set("time", part.time)
        .SetUnlessEmpty("message", part.message)
        .SetUnlessEmpty("details", part.details);
    SetExtra(ExtraOf(part));
  }
  void operator()(const CustomPart& part) {
    out.Set("type", "custom")
        .Set("name", part.name)
        .SetJson("data", part.data)
        .SetUnlessEmpty("id", part.id)
        // Not in the public types. It lets a snapshot that comes back keep what was stored.
        .SetUnlessEmpty("verbatim", part.verbatim);
  }
};

template <typename Writer>
void Describe(const Part& part, Writer& out) {
  std::visit(PartShape<Writer>{out}, part);
}

// Usage as JSON text. JavaScript writes the cost: the core formats no floating point.
inline std::string UsageJson(const Usage& usage) {
  std::string json = "{\"inputTokens\":";
  json::AppendInt(usage.input_tokens, json);
  json.append(",\"outputTokens\":");
  json::AppendInt(usage.output_tokens, json);
  if (usage.cached_input_tokens) {
    json::AppendInt(*usage.cached_input_tokens, json.append(",\"cachedInputTokens\":"));
  }
  if (usage.reasoning_tokens) {
    json::AppendInt(*usage.reasoning_tokens, json.append(",\"reasoningTokens\":"));
  }
  if (usage.cost) json.append(",\"cost\":").append(JsonOf(val(*usage.cost)).value_or("0"));
  json.push_back('}');
  return json;
}

// A field of a message or a session (millrace/model/header_fields.h).
template <typename Writer>
struct FieldShape {
  Writer& out;

  void operator()(const HeaderField& field, const auto& value) {
    if (field.shown != HeaderField::Shown::kHidden) Show(field, value);
  }

 private:
  void Show(const HeaderField& field, const std::string& text) {
    if (field.shown == HeaderField::Shown::kAlways || !text.empty()) out.Set(Key(field), text);
  }
  template <typename Tag>
  void Show(const HeaderField& field, const Id<Tag>& id) {
    out.Set(Key(field), id.value);
  }
  template <typename IdType>
  void Show(const HeaderField& field, OptionalId<IdType> value) {
    out.SetUnlessEmpty(Key(field), value.id.value);
  }
  template <typename Text>
  void Show(const HeaderField& field, JsonField<Text> value) {
    if (!value.json.empty()) out.SetJson(Key(field), value.json);
  }
  void Show(const HeaderField& field, const std::optional<Usage>& usage) {
    if (usage) out.SetJson(Key(field), UsageJson(*usage));
  }
  void Show(const HeaderField& field, Role role) { out.Set(Key(field), RoleName(role)); }
  void Show(const HeaderField& field, const std::vector<Part>& parts) {
    out.SetEach(Key(field), parts,
                [](const Part& part, Writer& object) { Describe(part, object); });
  }
  void Show(const HeaderField& field, const std::optional<std::int64_t>& number) {
    out.SetIfAny(Key(field), number);
  }
  void Show(const HeaderField& field, auto number) { out.Set(Key(field), number); }
};

template <typename Writer>
void Describe(const Message& message, Writer& out) {
  MessageFields(message, FieldShape<Writer>{out});
}

template <typename Writer>
void Describe(const Session& session, Writer& out) {
  SessionFields(session, FieldShape<Writer>{out});
}

template <typename Writer>
void Describe(const HeaderOp& op, Writer& out) {
  HeaderFields(op, FieldShape<Writer>{out});
}

}  // namespace millrace::wasm
