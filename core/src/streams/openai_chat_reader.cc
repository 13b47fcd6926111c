#include "streams/openai_chat_reader.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "model/json.h"
#include "model/json_values.h"
#include "streams/finish_words.h"
#include "streams/usage_fields.h"

namespace millrace {

bool OpenAiChatReader::TakeWord(std::string_view data) {
  if (data != "[DONE]") return false;
  saw_done_ = true;
  if (!finish_reason_.empty()) EndCleanly();
  return true;
}

bool OpenAiChatReader::TakeObject(std::string_view name, std::string_view object) {
  const json::Object members(object);
  if (position_.response_id.empty()) {
    position_.response_id = json::StringOr(members.Member("id"), "");
  }
  const std::string_view usage = members.Member("usage");
  const std::string_view choices = members.Member("choices");
  std::string_view error = members.Member("error");
  if (!IsProviderError(error)) {
    const bool is_error =
        name == "error" || json::StringOr(members.Member("object"), "") == "error";
    error = is_error ? object : "";
  }
  if (json::Is(usage, json::Kind::kObject)) TakeUsage(usage);
  const std::string_view groq = members.Member("x_groq");
  if (json::Is(groq, json::Kind::kObject)) TakeUsage(json::Member(groq, "usage"));
  TakeSources(members);
  if (json::Is(choices, json::Kind::kArray)) TakeChoices(choices);
  if (!error.empty() && !done_) EndWithError(ReadProviderError(error));
  return !error.empty() || json::Is(usage, json::Kind::kObject) ||
         json::Is(choices, json::Kind::kArray);
}

void OpenAiChatReader::TakeUsage(std::string_view usage) {
  if (!json::Is(usage, json::Kind::kObject)) return;
  std::optional<Usage>& counts = outcome_.usage;
  TakeTokens(usage, "prompt_tokens", &Usage::input_tokens, counts);
  TakeTokens(usage, "completion_tokens", &Usage::output_tokens, counts);
  TakeTokens(json::Member(usage, "prompt_tokens_details"), "cached_tokens",
             &Usage::cached_input_tokens, counts);
  TakeTokens(json::Member(usage, "completion_tokens_details"), "reasoning_tokens",
             &Usage::reasoning_tokens, counts);
}

void OpenAiChatReader::TakeChoices(std::string_view choices) {
  if (!choice_) {
    for (json::Cursor choice(choices); choice.Next();) {
      if (!json::Is(choice.value(), json::Kind::kObject)) continue;
      const std::string_view index = json::Member(choice.value(), "index");
      const auto number =
          json::Is(index, json::Kind::kNumber) ? json::DecodeInt(index) : std::nullopt;
      if (number) choice_ = std::min(choice_.value_or(*number), *number);
    }
  }
  for (json::Cursor choice(choices); !done_ && choice.Next();) TakeChoice(choice.value());
}

void OpenAiChatReader::TakeChoice(std::string_view text) {
  if (!json::Is(text, json::Kind::kObject)) return;
  const json::Object choice(text);
  if (!IsOurs(choice)) return;
  TakeExtras(choice);
  TakeUsage(choice.Member("usage"));
  const std::string_view delta = choice.Member("delta");
  const std::string_view message = choice.Member("message");
  if (json::Is(delta, json::Kind::kObject)) {
    saw_delta_ = true;
    TakeDelta(json::Object(delta));
  } else if (json::Is(message, json::Kind::kObject) && !saw_delta_) {
    // After deltas, a message would repeat the whole reply.
    TakeDelta(json::Object(message));
  }
  std::string reason = json::StringOr(choice.Member("finish_reason"), "");
  if (!reason.empty()) {
    finish_reason_ = std::move(reason);
    finished_ = true;
  }
  const std::string_view error = choice.Member("error");
  if (IsProviderError(error)) return EndWithError(ReadProviderError(error));
}

// A message is one reply, so one choice is read: the first one, or of several that come together
// the one with the lowest number. But some servers send a whole message beside each delta and
// number their chunks there. So a number that has counted the chunks from the start is ignored.
bool OpenAiChatReader::IsOurs(const json::Object& choice) {
  const std::string_view index = choice.Member("index");
  const std::int64_t chunk = chunks_++;
  if (!json::Is(index, json::Kind::kNumber) || json::DecodeInt(index) == choice_) return true;
  const bool counts = index == std::to_string(chunk) && !choice.Member("delta").empty() &&
                      !choice.Member("message").empty();
  counts_chunks_ = counts_chunks_ && counts;
  return counts_chunks_;
}

void OpenAiChatReader::TakeToolCalls(std::string_view calls) {
  if (!json::Is(calls, json::Kind::kArray)) return;
  for (json::Cursor call(calls); call.Next();) {
    if (json::Is(call.value(), json::Kind::kObject)) TakeToolCall(call.value());
  }
}

void OpenAiChatReader::TakeToolCall(std::string_view call) {
  finished_ = false;
  channels_.SwitchTo(Channel::kNone, writer_);
  CallFragment fragment;
  const std::string_view index = json::Member(call, "index");
  if (json::Is(index, json::Kind::kNumber)) fragment.index = json::DecodeInt(index);
  fragment.id = json::StringOr(json::Member(call, "id"), "");
  if (const std::string_view extra = json::Member(call, "extra_content"); !extra.empty()) {
    fragment.extra = "{\"extra_content\":";
    json::AppendCompact(extra, fragment.extra);
    fragment.extra += '}';
  }
  const std::string_view function = json::Member(call, "function");
  const std::string_view custom = json::Member(call, "custom");
  if (json::Is(function, json::Kind::kObject)) {
    fragment.name = json::StringOr(json::Member(function, "name"), "");
    fragment.input = json::Member(function, "arguments");
  } else if (json::Is(custom, json::Kind::kObject)) {
    fragment.name = json::StringOr(json::Member(custom, "name"), "");
    fragment.input = json::Member(custom, "input");
    fragment.free_text = true;
  }
  calls_.Add(fragment, writer_);
}

void OpenAiChatReader::Append(Channel channel, std::string_view value) {
  if (!channels_.Append(channel, value, writer_)) return;
  finished_ = false;
  refused_ = refused_ || channel == Channel::kRefusal;
}

void OpenAiChatReader::EndCleanly() {
  if (finish_reason_ == "error") return EndWithError({"the provider reported an error", "", ""});
  if (finish_reason_.empty()) {
    const bool came = recognized() || saw_done_;
    return End(/*cut=*/!saw_done_, NoFinish(came), Status());
  }
  millrace::Finish finish = FinishOfWord(finish_reason_);
  // A reply that was cut is not a request to use tools: the input of its calls may be cut too.
  const bool cut = IsCut(finish.reason);
  if (!cut && !calls_.empty()) {
    finish = {FinishReason::kToolUse, "", ""};
  } else if (refused_) {
    finish.reason = FinishReason::kContentFilter;
  }
  End(cut, std::move(finish), Status());
}

void OpenAiChatReader::End(bool cut, millrace::Finish finish, Status status) {
  channels_.SwitchTo(Channel::kNone, writer_);
  calls_.End(cut, writer_);
  WriteRest();
  writer_.End(outcome_.usage, std::move(finish));
  outcome_.status = std::move(status);
  done_ = true;
}

}  // namespace millrace
