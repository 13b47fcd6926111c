#include "streams/openai_chat_reader.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "millrace/base/utf8.h"
#include "model/json.h"

namespace millrace {
namespace {

// Deeper than anything a provider sends, and shallow enough for every reader of what is stored.
constexpr std::size_t kMaxDepth = 128;

constexpr std::string_view kNoFinish = "stream ended without a finish";

// REQUIRES (all that take JSON text): it is valid, or "" for nothing.
bool Is(std::string_view value, json::Kind kind) {
  return !value.empty() && json::KindOf(value) == kind;
}

bool HasText(std::string_view value) { return Is(value, json::Kind::kString) && value != "\"\""; }

std::string StringOr(std::string_view value, std::string_view otherwise) {
  return Is(value, json::Kind::kString) ? json::DecodeString(value) : std::string(otherwise);
}

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t first = std::min(text.find_first_not_of(kSpace), text.size());
  return text.substr(first, text.find_last_not_of(kSpace) + 1 - first);
}

// The value of `key` in a JSON object; "" if it is not there, or null.
std::string_view Member(std::string_view object, std::string_view key) {
  std::string_view found;
  for (json::Cursor member(object); member.Next();) {
    if (member.key().substr(1, member.key().size() - 2) == key) found = member.value();
  }
  return Is(found, json::Kind::kNull) ? "" : found;
}

// Whether the value of "error" says that there is one.
bool IsError(std::string_view error) { return Is(error, json::Kind::kObject) || HasText(error); }

FinishReason ReasonOf(std::string_view finish_reason) {
  if (finish_reason == "stop") return FinishReason::kEndTurn;
  if (finish_reason == "length") return FinishReason::kMaxTokens;
  if (finish_reason == "tool_calls" || finish_reason == "function_call") {
    return FinishReason::kToolUse;
  }
  if (finish_reason == "content_filter") return FinishReason::kContentFilter;
  return FinishReason::kUnknown;
}

}  // namespace

void OpenAiChatReader::Feed(std::string_view bytes, std::vector<Mutation>& out) {
  if (done_) return;
  framer_.Feed(bytes);
  ReadEvents();
  writer_.MoveTo(out);
}

void OpenAiChatReader::Finish(std::vector<Mutation>& out) {
  if (done_) return;
  framer_.End();
  ReadEvents();
  if (!done_ && !recognized_ && TakeJson("", Trim(strays_), /*is_event=*/false)) {
    outcome_.skipped_lines = 0;
  }
  if (!done_) EndCleanly();
  writer_.MoveTo(out);
}

void OpenAiChatReader::Fail(Status status, std::vector<Mutation>& out) {
  if (done_) return;
  const FinishReason reason =
      status.code() == Code::kAborted ? FinishReason::kCanceled : FinishReason::kError;
  std::string message = status.message();
  End(/*cut=*/true, {reason, std::move(message), ""}, std::move(status));
  writer_.MoveTo(out);
}

void OpenAiChatReader::ReadEvents() {
  while (!done_) {
    const std::optional<SseFramer::Item> item = framer_.Next();
    if (!item) break;
    if (item->kind == SseFramer::Item::kEvent) {
      TakeEvent(item->name, item->text);
    } else {
      TakeStray(*item);
    }
  }
  if (!done_ && framer_.too_long()) {
    EndWithError(
        {"an event of the stream is longer than " + std::to_string(max_event_bytes_) + " bytes", "",
         ""});
  }
}

void OpenAiChatReader::TakeEvent(std::string_view name, std::string_view data) {
  data = Trim(data);
  if (data.empty()) return;
  if (data == "[DONE]") {
    recognized_ = saw_done_ = true;
    if (!finish_reason_.empty()) EndCleanly();
    return;
  }
  if (TakeJson(name, data, /*is_event=*/true)) return;
  if (name == "error") return EndWithError({Excerpt(data), "", ""});
  // Some servers forget the blank line between events.
  const std::size_t line_end = data.find('\n');
  if (line_end == std::string_view::npos) {
    ++outcome_.skipped_lines;
    return;
  }
  for (std::size_t end = line_end; !done_ && !data.empty(); end = data.find('\n')) {
    TakeEvent(name, data.substr(0, end));
    data.remove_prefix(end == std::string_view::npos ? data.size() : end + 1);
  }
}

void OpenAiChatReader::TakeStray(SseFramer::Item line) {
  if (TakeJson("", Trim(line.text), /*is_event=*/false)) return;
  foreign_ = true;
  if (line.kind == SseFramer::Item::kStray) ++outcome_.skipped_lines;
  if (recognized_ || strays_.size() + line.text.size() >= max_event_bytes_) return;
  strays_.append(line.text).push_back('\n');
}

bool OpenAiChatReader::TakeJson(std::string_view name, std::string_view text, bool is_event) {
  if (!text.starts_with('{')) return false;
  if (!IsValidUtf8(text)) return TakeJson(name, ToValidUtf8(text), is_event);
  const std::optional<std::size_t> depth = json::Depth(text);
  if (!depth || *depth > kMaxDepth) return false;
  if (TakeObject(name, text)) {
    recognized_ = true;
    strays_.clear();
    return true;
  }
  if (is_event && name != "ping") foreign_ = true;
  return is_event;
}

bool OpenAiChatReader::TakeObject(std::string_view name, std::string_view object) {
  const std::string_view usage = Member(object, "usage");
  const std::string_view choices = Member(object, "choices");
  std::string_view error = Member(object, "error");
  if (!IsError(error)) {
    const bool is_error = name == "error" || StringOr(Member(object, "object"), "") == "error";
    error = is_error ? object : "";
  }
  if (Is(usage, json::Kind::kObject)) TakeUsage(usage);
  if (Is(choices, json::Kind::kArray)) {
    for (json::Cursor choice(choices); !done_ && choice.Next();) TakeChoice(choice.value());
  }
  if (!error.empty() && !done_) EndWithError(ReadProviderError(error));
  return !error.empty() || Is(usage, json::Kind::kObject) || Is(choices, json::Kind::kArray);
}

void OpenAiChatReader::TakeUsage(std::string_view usage) {
  // Later counts replace earlier ones: they are totals so far.
  const auto take = [usage, this](std::string_view key, std::int64_t StreamUsage::*field) {
    const std::string_view value = Member(usage, key);
    if (!Is(value, json::Kind::kNumber)) return;
    const std::optional<std::int64_t> count = json::DecodeInt(value);
    if (!count || *count < 0) return;
    if (!outcome_.usage) outcome_.usage.emplace();
    (*outcome_.usage).*field = *count;
  };
  take("prompt_tokens", &StreamUsage::input_tokens);
  take("completion_tokens", &StreamUsage::output_tokens);
}

void OpenAiChatReader::TakeChoice(std::string_view choice) {
  if (!Is(choice, json::Kind::kObject)) return;
  // A message is one reply: of several choices it is the first.
  const std::string_view index = Member(choice, "index");
  if (Is(index, json::Kind::kNumber) && index != "0") return;
  const std::string_view delta = Member(choice, "delta");
  const std::string_view message = Member(choice, "message");
  if (Is(delta, json::Kind::kObject)) {
    saw_delta_ = true;
    TakeDelta(delta);
  } else if (Is(message, json::Kind::kObject) && !saw_delta_) {
    // After deltas it would be the whole reply once more.
    TakeDelta(message);
  }
  std::string reason = StringOr(Member(choice, "finish_reason"), "");
  if (!reason.empty()) finish_reason_ = std::move(reason);
  const std::string_view error = Member(choice, "error");
  if (IsError(error)) return EndWithError(ReadProviderError(error));
}

void OpenAiChatReader::TakeDelta(std::string_view delta) {
  // One text comes under one of three names; where a server sends it under several, once is right.
  const std::string_view details = Member(delta, "reasoning_details");
  std::string_view reasoning = Member(delta, "reasoning_content");
  if (!HasText(reasoning)) reasoning = Member(delta, "reasoning");
  Append(Channel::kReasoning, reasoning);
  if (Is(details, json::Kind::kArray)) {
    TakeReasoningDetails(details, /*with_text=*/!HasText(reasoning));
  }

  TakeContent(Member(delta, "content"));
  Append(Channel::kRefusal, Member(delta, "refusal"));
  TakeToolCalls(Member(delta, "tool_calls"));
  const std::string_view call = Member(delta, "function_call");
  if (Is(call, json::Kind::kObject)) {
    // Before tools, a reply had one function call at most.
    calls_.Add({0, "", StringOr(Member(call, "name"), ""), Member(call, "arguments")}, writer_);
  }
}

void OpenAiChatReader::TakeContent(std::string_view content) {
  if (!Is(content, json::Kind::kArray)) return Append(Channel::kContent, content);
  for (json::Cursor part(content); part.Next();) TakeContentPart(part.value());
}

// Some servers send content as a list: {"type":"text","text":"…"} or, with reasoning,
// {"type":"thinking","thinking":[{"type":"text","text":"…"}]}.
void OpenAiChatReader::TakeContentPart(std::string_view part) {
  if (!Is(part, json::Kind::kObject)) return;
  Append(Channel::kContent, Member(part, "text"));
  const std::string_view thinking = Member(part, "thinking");
  if (!Is(thinking, json::Kind::kArray)) return Append(Channel::kReasoning, thinking);
  for (json::Cursor piece(thinking); piece.Next();) {
    if (!Is(piece.value(), json::Kind::kObject)) continue;
    Append(Channel::kReasoning, Member(piece.value(), "text"));
  }
}

void OpenAiChatReader::TakeReasoningDetails(std::string_view details, bool with_text) {
  for (json::Cursor detail(details); detail.Next();) {
    if (!Is(detail.value(), json::Kind::kObject)) continue;
    const std::string type = StringOr(Member(detail.value(), "type"), "");
    if (type == "reasoning.encrypted") {
      std::string json;
      json::AppendCompact(detail.value(), json);
      writer_.RedactedReasoning(std::move(json));
      continue;
    }
    const std::string_view key = type == "reasoning.summary" ? "summary" : "text";
    if (with_text) Append(Channel::kReasoning, Member(detail.value(), key));
    writer_.Signature(StringOr(Member(detail.value(), "signature"), ""));
  }
}

void OpenAiChatReader::TakeToolCalls(std::string_view calls) {
  if (!Is(calls, json::Kind::kArray)) return;
  for (json::Cursor call(calls); call.Next();) {
    if (Is(call.value(), json::Kind::kObject)) TakeToolCall(call.value());
  }
}

void OpenAiChatReader::TakeToolCall(std::string_view call) {
  SwitchTo(Channel::kNone);
  CallFragment fragment;
  const std::string_view index = Member(call, "index");
  if (Is(index, json::Kind::kNumber)) fragment.index = json::DecodeInt(index);
  fragment.id = StringOr(Member(call, "id"), "");
  const std::string_view function = Member(call, "function");
  const std::string_view custom = Member(call, "custom");
  if (Is(function, json::Kind::kObject)) {
    fragment.name = StringOr(Member(function, "name"), "");
    fragment.input = Member(function, "arguments");
  } else if (Is(custom, json::Kind::kObject)) {
    fragment.name = StringOr(Member(custom, "name"), "");
    fragment.input = Member(custom, "input");
  }
  calls_.Add(fragment, writer_);
}

void OpenAiChatReader::Append(Channel channel, std::string_view value) {
  if (!HasText(value)) return;
  SwitchTo(channel);
  std::string text = text_.Take(value);
  if (channel == Channel::kContent) return think_.Write(text, writer_);
  if (channel == Channel::kReasoning) return writer_.Reasoning(std::move(text));
  refused_ = true;
  writer_.Text(std::move(text), /*refusal=*/true);
}

void OpenAiChatReader::SwitchTo(Channel channel) {
  if (channel == channel_) return;
  std::string rest = text_.Finish();
  switch (std::exchange(channel_, channel)) {
    case Channel::kNone:
      break;
    case Channel::kContent:
      think_.Write(rest, writer_);
      think_.Flush(writer_);
      break;
    case Channel::kRefusal:
      writer_.Text(std::move(rest), /*refusal=*/true);
      break;
    case Channel::kReasoning:
      writer_.Reasoning(std::move(rest));
      break;
  }
}

void OpenAiChatReader::EndCleanly() {
  if (!recognized_ && (foreign_ || outcome_.skipped_lines > 0)) {
    return EndWithError({"the response is not a chat completion stream", "", Excerpt(strays_)});
  }
  if (finish_reason_ == "error") return EndWithError({"the provider reported an error", "", ""});
  if (finish_reason_.empty()) {
    const std::string_view empty = recognized_ ? "" : ": the body is empty";
    return End(/*cut=*/!saw_done_,
               {FinishReason::kUnknown, "", std::string(kNoFinish).append(empty)}, Status());
  }
  FinishReason reason = ReasonOf(finish_reason_);
  std::string details = reason == FinishReason::kUnknown ? "finish reason: " + finish_reason_ : "";
  // A reply that was cut is no call to use tools: their input may be cut too.
  const bool cut = reason == FinishReason::kMaxTokens || reason == FinishReason::kContentFilter;
  if (!cut && !calls_.empty()) {
    reason = FinishReason::kToolUse;
    details.clear();
  } else if (refused_) {
    reason = FinishReason::kContentFilter;
  }
  End(cut, {reason, "", std::move(details)}, Status());
}

void OpenAiChatReader::EndWithError(ProviderError error) {
  outcome_.provider_type = std::move(error.type);
  Status status(Code::kProtocol, error.message);
  End(/*cut=*/true, {FinishReason::kError, std::move(error.message), std::move(error.details)},
      std::move(status));
}

void OpenAiChatReader::End(bool cut, millrace::Finish finish, Status status) {
  SwitchTo(Channel::kNone);
  calls_.End(cut, writer_);
  writer_.End(outcome_.usage, std::move(finish));
  outcome_.status = std::move(status);
  done_ = true;
}

}  // namespace millrace
