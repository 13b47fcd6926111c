#include "streams/anthropic_blocks.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "model/json.h"
#include "model/json_values.h"
#include "streams/event_fields.h"

namespace millrace {
namespace {

std::string TypeOf(std::string_view object) {
  return json::StringOr(json::Member(object, "type"), "");
}

// Whether the content of a result is an error: {"type":"web_search_tool_result_error",…}.
bool IsErrorContent(std::string_view content) {
  return json::Is(content, json::Kind::kObject) && TypeOf(content).ends_with("_error");
}

// Appends the text of a JSON string to a JSON string.
void AppendInside(std::string_view more, std::string& value) {
  value.pop_back();
  value.append(more.substr(1));
}

}  // namespace

AnthropicBlocks::AnthropicBlocks(const std::vector<Part>& parts, ReplyWriter& writer)
    : writer_(writer) {
  for (const Part& part : parts) {
    if (const auto* call = std::get_if<ToolCallPart>(&part)) {
      calls_[call->id] = KnownCall{std::nullopt, call->name};
    }
  }
}

void AnthropicBlocks::Start(std::optional<std::int64_t> index, std::string_view block) {
  if (!json::Is(block, json::Kind::kObject)) return;
  const std::int64_t at = index ? *index : blocks_.empty() ? 0 : blocks_.rbegin()->first + 1;
  newest_ = at;
  const std::string type = TypeOf(block);
  if (type == "text") {
    Block& text = Put(at, Kind::kText);
    Text(text, json::Member(block, "text"));
    const std::string_view citations = json::Member(block, "citations");
    if (!json::Is(citations, json::Kind::kArray)) return;
    for (json::Cursor citation(citations); citation.Next();) Source(text, citation.value());
  } else if (type == "thinking") {
    Block& thinking = Put(at, Kind::kThinking);
    Thinking(thinking, json::Member(block, "thinking"));
    Signature(thinking, json::Member(block, "signature"));
  } else if (type == "tool_use" || type == "server_tool_use" || type == "mcp_tool_use") {
    StartCall(at, type, block);
  } else {
    Put(at, Kind::kOther).json = Compact(block);
  }
}

void AnthropicBlocks::StartCall(std::int64_t index, std::string_view type, std::string_view block) {
  std::string id = json::StringOr(json::Member(block, "id"), "");
  if (const auto known = calls_.find(id); known != calls_.end() && known->second.index == index) {
    const auto present = blocks_.find(index);
    const bool open = present != blocks_.end() && present->second.open &&
                      present->second.kind == Kind::kCall && present->second.call == id;
    if (!open) Put(index, Kind::kReplay);
    return;
  }
  Block& call = Put(index, Kind::kCall);
  const std::string_view input = json::Member(block, "input");
  if (!input.empty()) call.start_input = TextOrJson(input);
  ToolCallPart part;
  part.name = json::StringOr(json::Member(block, "name"), "");
  part.id = NewCallId(std::move(id), index, part.name);
  part.provider_executed = type != "tool_use";
  if (part.provider_executed || HasOtherMembers(block, {"type", "id", "name", "input"})) {
    part.extra = "{\"item\":" + CompactWithout(block, {"input"}) + "}";
  }
  BeginCall(call, std::move(part));
}

// An id that two calls have, or no id: then the call gets one of its own.
std::string AnthropicBlocks::NewCallId(std::string id, std::int64_t index, std::string name) {
  const auto known = calls_.find(id);
  bool free = !id.empty() && (known == calls_.end() || !known->second.index);
  for (std::size_t n = calls_.size(); !free; ++n) {
    id = "call_" + std::to_string(n);
    free = !calls_.contains(id);
  }
  calls_[id] = KnownCall{index, std::move(name)};
  return id;
}

void AnthropicBlocks::BeginCall(Block& block, ToolCallPart call) {
  SwitchTo(nullptr);
  block.call = call.id;
  calls_tools_ = calls_tools_ || !call.provider_executed;
  writer_.Call(std::move(call));
}

void AnthropicBlocks::Delta(std::optional<std::int64_t> index, std::string_view delta) {
  if (!json::Is(delta, json::Kind::kObject)) return;
  const std::string type = TypeOf(delta);
  const auto take = [&](Kind kind, auto method, std::string_view key) {
    const std::string_view value = json::Member(delta, key);
    if (value.empty()) return;
    Block& block = BlockFor(index, kind);
    if (block.kind == Kind::kOther) return Change(block, delta);
    if (block.kind == kind) (this->*method)(block, value);
  };
  if (type == "text_delta") return take(Kind::kText, &AnthropicBlocks::Text, "text");
  if (type == "citations_delta") return take(Kind::kText, &AnthropicBlocks::Source, "citation");
  if (type == "thinking_delta") {
    return take(Kind::kThinking, &AnthropicBlocks::Thinking, "thinking");
  }
  if (type == "signature_delta") {
    return take(Kind::kThinking, &AnthropicBlocks::Signature, "signature");
  }
  if (type == "input_json_delta") {
    return take(Kind::kCall, &AnthropicBlocks::Input, "partial_json");
  }
  const auto found = blocks_.find(index.value_or(newest_));
  if (found != blocks_.end() && found->second.kind == Kind::kOther) Change(found->second, delta);
}

// The block at `index`, if it takes deltas of that kind. Otherwise its start did not come, and a
// new block takes them.
AnthropicBlocks::Block& AnthropicBlocks::BlockFor(std::optional<std::int64_t> index, Kind kind) {
  const std::int64_t at = index.value_or(std::max<std::int64_t>(newest_, 0));
  newest_ = at;
  if (const auto found = blocks_.find(at); found != blocks_.end()) {
    Block& block = found->second;
    const bool text = kind == Kind::kText || kind == Kind::kThinking;
    if (block.kind == kind && text) block.open = true;
    if (block.kind == kind || block.kind == Kind::kReplay) return block;
    if (block.kind == Kind::kOther && block.open) return block;
  }
  Block& block = Put(at, kind);
  if (kind != Kind::kCall) return block;
  ToolCallPart call;
  call.id = NewCallId("", at, "");
  BeginCall(block, std::move(call));
  return block;
}

AnthropicBlocks::Block& AnthropicBlocks::Put(std::int64_t index, Kind kind) {
  Block& block = blocks_[index];
  if (block.kind == Kind::kCall || block.open) Close(block, /*cut=*/false);
  if (current_ == &block) SwitchTo(nullptr);
  block = Block();
  block.kind = kind;
  return block;
}

void AnthropicBlocks::Text(Block& block, std::string_view value) {
  if (!json::HasText(value)) return;
  SwitchTo(&block);
  wrote_text_ = true;
  writer_.Text(block.text.Take(value), /*refusal=*/false);
}

void AnthropicBlocks::Thinking(Block& block, std::string_view value) {
  if (!json::HasText(value)) return;
  SwitchTo(&block);
  writer_.Reasoning(block.text.Take(value));
}

void AnthropicBlocks::Signature(Block& block, std::string_view value) {
  if (!json::HasText(value)) return;
  SwitchTo(&block);
  writer_.Signature(json::DecodeString(value));
}

void AnthropicBlocks::Source(Block& block, std::string_view citation) {
  if (citation.empty() || json::Is(citation, json::Kind::kNull)) return;
  std::string source = Compact(citation);
  // Only what comes twice in a row is the same citation sent twice.
  if (block.sources.empty() || block.sources.back() != source) {
    block.sources.push_back(std::move(source));
  }
}

void AnthropicBlocks::Input(Block& block, std::string_view value) {
  if (!block.open) return;
  std::string input =
      json::Is(value, json::Kind::kString) ? block.text.Take(value) : Compact(value);
  block.has_input = block.has_input || !input.empty();
  block.brackets.Take(input);
  writer_.CallInput(block.call, std::move(input));
}

// Members of the delta take the place of the block's, and text is appended.
void AnthropicBlocks::Change(Block& block, std::string_view delta) {
  if (!block.open) return;
  if (block.changed.empty()) {
    for (json::Cursor member(block.json); member.Next();) {
      block.changed[std::string(member.key())] = member.value();
    }
  }
  for (json::Cursor member(delta); member.Next();) {
    if (member.key() == "\"type\"" || json::Is(member.value(), json::Kind::kNull)) continue;
    std::string& value = block.changed[std::string(member.key())];
    if (json::Is(member.value(), json::Kind::kString) && value.starts_with('"')) {
      AppendInside(member.value(), value);
    } else {
      value = Compact(member.value());
    }
  }
}

void AnthropicBlocks::SwitchTo(Block* block) {
  if (block == current_) return;
  if (Block* before = std::exchange(current_, block); before != nullptr) {
    if (before->kind == Kind::kText) writer_.Text(before->text.Finish(), /*refusal=*/false);
    if (before->kind == Kind::kThinking) {
      writer_.Reasoning(before->text.Finish());
      writer_.EndReasoning();
    }
  }
  if (block != nullptr && block->kind == Kind::kText && wrote_text_) writer_.StartBlock();
}

void AnthropicBlocks::Stop(std::optional<std::int64_t> index) {
  const auto found = blocks_.find(index.value_or(newest_));
  if (found == blocks_.end() || !found->second.open) return;
  newest_ = found->first;
  Block& block = found->second;
  // A call that was cut stops too, so whether it is complete is not known before the end.
  const bool incomplete = block.has_input && !block.brackets.closed();
  Close(block, /*cut=*/incomplete);
}

// Every call finishes here unless it was cut.
void AnthropicBlocks::End(bool cut) {
  SwitchTo(nullptr);
  for (auto& [index, block] : blocks_) {
    if (block.open || block.kind == Kind::kCall) Close(block, cut);
  }
}

void AnthropicBlocks::Close(Block& block, bool cut) {
  const bool was_open = std::exchange(block.open, false);
  if (current_ == &block) SwitchTo(nullptr);
  if (block.kind == Kind::kCall) CloseCall(block, cut);
  if (block.kind == Kind::kOther && was_open) WriteOther(block);
  for (std::string& source : std::exchange(block.sources, {})) {
    SwitchTo(nullptr);
    writer_.Other(CustomPart{"source", std::move(source), ""});
  }
}

void AnthropicBlocks::CloseCall(Block& block, bool cut) {
  if (block.finished) return;
  writer_.CallInput(block.call, block.text.Finish());
  // Providers begin with {} as long as they do not know the input.
  const bool placeholder = cut && block.start_input == "{}";
  if (!block.has_input && !placeholder) {
    writer_.CallInput(block.call, std::exchange(block.start_input, {}));
  }
  if (cut) return;
  block.finished = true;
  writer_.FinishCall(block.call);
}

void AnthropicBlocks::WriteOther(Block& block) {
  if (block.json.empty()) return;  // a block that never began
  std::string json = std::move(block.json);
  if (!block.changed.empty()) {
    json = "{";
    for (const auto& [key, value] : block.changed) {
      json.append(json.size() > 1 ? "," : "").append(key).append(":").append(value);
    }
    json += '}';
  }
  SwitchTo(nullptr);
  std::string type = TypeOf(json);
  if (type == "redacted_thinking") return writer_.RedactedReasoning(std::move(json));
  if (type.ends_with("_tool_result") && json::HasText(json::Member(json, "tool_use_id"))) {
    return WriteResult(json);
  }
  writer_.Other(CustomPart{CustomName(type.empty() ? "content" : type), std::move(json), ""});
}

void AnthropicBlocks::WriteResult(std::string_view block) {
  const std::string_view content = json::Member(block, "content");
  ToolResultPart result;
  result.tool_call_id = json::StringOr(json::Member(block, "tool_use_id"), "");
  if (const auto call = calls_.find(result.tool_call_id); call != calls_.end()) {
    result.name = call->second.name;
  }
  result.content = TextOrJson(content);
  result.is_error = json::Member(block, "is_error") == "true" || IsErrorContent(content);
  result.extra = "{\"item\":" + CompactWithout(block, {"content"}) + "}";
  writer_.Other(std::move(result));
}

}  // namespace millrace
