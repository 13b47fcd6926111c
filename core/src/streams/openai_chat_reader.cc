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
#include "streams/finish_words.h"
#include "streams/foreign_format.h"
#include "streams/json_sequence.h"
#include "streams/json_values.h"

namespace millrace {
namespace {

// Deeper than anything a provider sends, and shallow enough for every reader of what is stored.
constexpr std::size_t kMaxDepth = 128;

constexpr std::string_view kNoFinish = "stream ended without a finish";

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t first = std::min(text.find_first_not_of(kSpace), text.size());
  return text.substr(first, text.find_last_not_of(kSpace) + 1 - first);
}

// Whether the value of "error" says that there is one.
bool IsError(std::string_view error) { return Is(error, json::Kind::kObject) || HasText(error); }

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
  // What breaks after the reply's finish has not cut it.
  if (status.code() == Code::kNetwork && !finish_reason_.empty()) return Finish(out);
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
    saw_done_ = true;
    if (!finish_reason_.empty()) EndCleanly();
    return;
  }
  if (TakeJson(name, data, /*is_event=*/true)) return;
  for (const std::string_view object : SplitObjects(data)) {
    if (!done_ && !TakeJson(name, object, /*is_event=*/true)) ++outcome_.skipped_lines;
  }
  if (done_ || !SplitObjects(data).empty()) return;
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
  if (line.text.starts_with("error:")) return TakeErrorLine(Trim(line.text.substr(6)));
  foreign_ = true;
  if (line.kind == SseFramer::Item::kStray) ++outcome_.skipped_lines;
  if (recognized_ || strays_.size() + line.text.size() >= max_event_bytes_) return;
  strays_.append(line.text).push_back('\n');
}

// An error as a field of its own: JSON or words.
void OpenAiChatReader::TakeErrorLine(std::string_view error) {
  if (error.starts_with('{') && IsValidUtf8(error) && json::Depth(error)) {
    const std::string_view inner = Member(error, "error");
    return EndWithError(ReadProviderError(IsError(inner) ? inner : error));
  }
  EndWithError({Excerpt(ToValidUtf8(error)), "", ""});
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
  if (is_event && name != "ping") {
    foreign_ = true;
    if (looks_like_.empty()) looks_like_ = FormatItLooksLike(text);
  }
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
  const std::string_view groq = Member(object, "x_groq");
  if (Is(groq, json::Kind::kObject)) TakeUsage(Member(groq, "usage"));
  TakeSources(object);
  if (Is(choices, json::Kind::kArray)) TakeChoices(choices);
  if (!error.empty() && !done_) EndWithError(ReadProviderError(error));
  return !error.empty() || Is(usage, json::Kind::kObject) || Is(choices, json::Kind::kArray);
}

void OpenAiChatReader::TakeUsage(std::string_view usage) {
  if (!Is(usage, json::Kind::kObject)) return;
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

void OpenAiChatReader::TakeChoices(std::string_view choices) {
  if (!choice_) {
    for (json::Cursor choice(choices); choice.Next();) {
      if (!Is(choice.value(), json::Kind::kObject)) continue;
      const std::string_view index = Member(choice.value(), "index");
      const auto number = Is(index, json::Kind::kNumber) ? json::DecodeInt(index) : std::nullopt;
      if (number) choice_ = std::min(choice_.value_or(*number), *number);
    }
  }
  for (json::Cursor choice(choices); !done_ && choice.Next();) TakeChoice(choice.value());
}

void OpenAiChatReader::TakeChoice(std::string_view choice) {
  if (!Is(choice, json::Kind::kObject)) return;
  if (!IsOurs(choice)) return;
  TakeExtras(choice);
  TakeUsage(Member(choice, "usage"));
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
  if (!reason.empty()) {
    finish_reason_ = std::move(reason);
    finished_ = true;
  }
  const std::string_view error = Member(choice, "error");
  if (IsError(error)) return EndWithError(ReadProviderError(error));
}

// A message is one reply: of several choices it is the one that comes first, of several that come
// together the one with the lowest number. But servers that send each message beside its delta
// number their chunks there, so a number that has counted them from the start says nothing.
bool OpenAiChatReader::IsOurs(std::string_view choice) {
  const std::string_view index = Member(choice, "index");
  const std::int64_t chunk = chunks_++;
  if (!Is(index, json::Kind::kNumber) || json::DecodeInt(index) == choice_) return true;
  const bool counts = index == std::to_string(chunk) && !Member(choice, "delta").empty() &&
                      !Member(choice, "message").empty();
  counts_chunks_ = counts_chunks_ && counts;
  return counts_chunks_;
}

void OpenAiChatReader::TakeToolCalls(std::string_view calls) {
  if (!Is(calls, json::Kind::kArray)) return;
  for (json::Cursor call(calls); call.Next();) {
    if (Is(call.value(), json::Kind::kObject)) TakeToolCall(call.value());
  }
}

void OpenAiChatReader::TakeToolCall(std::string_view call) {
  finished_ = false;
  SwitchTo(Channel::kNone);
  CallFragment fragment;
  const std::string_view index = Member(call, "index");
  if (Is(index, json::Kind::kNumber)) fragment.index = json::DecodeInt(index);
  fragment.id = StringOr(Member(call, "id"), "");
  if (const std::string_view extra = Member(call, "extra_content"); !extra.empty()) {
    fragment.extra = "{\"extra_content\":";
    json::AppendCompact(extra, fragment.extra);
    fragment.extra += '}';
  }
  const std::string_view function = Member(call, "function");
  const std::string_view custom = Member(call, "custom");
  if (Is(function, json::Kind::kObject)) {
    fragment.name = StringOr(Member(function, "name"), "");
    fragment.input = Member(function, "arguments");
  } else if (Is(custom, json::Kind::kObject)) {
    fragment.name = StringOr(Member(custom, "name"), "");
    fragment.input = Member(custom, "input");
    fragment.free_text = true;
  }
  calls_.Add(fragment, writer_);
}

void OpenAiChatReader::Append(Channel channel, std::string_view value) {
  if (!HasText(value)) return;
  finished_ = false;
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
    std::string message = "the response is not a chat completion stream";
    if (!looks_like_.empty()) message.append(": it looks like ").append(looks_like_);
    return EndWithError({std::move(message), "", Excerpt(strays_)});
  }
  if (finish_reason_ == "error") return EndWithError({"the provider reported an error", "", ""});
  if (finish_reason_.empty()) {
    const std::string_view empty = recognized_ || saw_done_ ? "" : ": the body is empty";
    return End(/*cut=*/!saw_done_,
               {FinishReason::kUnknown, "", std::string(kNoFinish).append(empty)}, Status());
  }
  FinishReason reason = ReasonOfWord(finish_reason_);
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
  WriteRest();
  writer_.End(outcome_.usage, std::move(finish));
  outcome_.status = std::move(status);
  done_ = true;
}

}  // namespace millrace
