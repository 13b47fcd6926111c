#include "streams/anthropic_reader.h"

#include <utility>

#include "model/json.h"
#include "model/json_values.h"
#include "streams/event_fields.h"
#include "streams/finish_words.h"
#include "streams/usage_fields.h"

namespace millrace {

bool AnthropicReader::TakeWord(std::string_view data) {
  if (data != "[DONE]") return false;
  saw_stop_ = true;
  if (has_finish()) EndCleanly();
  return true;
}

bool AnthropicReader::TakeObject(std::string_view name, std::string_view object) {
  const json::Object members(object);
  const std::string type = json::StringOr(members.Member("type"), name);
  if (type.starts_with("content_block_")) {
    TakeBlockEvent(type, members);
    return true;
  }
  if (type != "error" && name != "error") {
    if (TakeEvent(type, object)) return true;
    if (!IsProviderError(members.Member("error"))) return false;
  }
  TakeError(object);
  return true;
}

bool AnthropicReader::TakeEvent(std::string_view type, std::string_view event) {
  if (type == "ping") return true;
  if (type == "message") {
    if (!json::Is(json::Member(event, "content"), json::Kind::kArray)) return false;
    TakeMessage(event);
    return true;
  }
  if (!type.starts_with("message_")) return false;
  if (type == "message_start") {
    const std::string_view message = json::Member(event, "message");
    if (json::Is(message, json::Kind::kObject)) {
      TakeUsage(message);
      TakeStop(message);
    }
  } else if (type == "message_delta") {
    TakeUsage(event);
    TakeStop(json::Member(event, "delta"));
  } else if (type == "message_stop") {
    saw_stop_ = true;
    EndCleanly();
  }
  return true;
}

void AnthropicReader::TakeBlockEvent(std::string_view type, const json::Object& event) {
  const std::optional<std::int64_t> index = IntMember(event, "index");
  if (type == "content_block_start") {
    finished_ = false;
    blocks_.Start(index, json::Member(event, "content_block"));
  } else if (type == "content_block_delta") {
    finished_ = false;
    blocks_.Delta(index, json::Member(event, "delta"));
  } else if (type == "content_block_stop") {
    blocks_.Stop(index);
  }
}

// After blocks, a message would repeat the whole reply.
void AnthropicReader::TakeMessage(std::string_view message) {
  position_.response_id = json::StringOr(json::Member(message, "id"), "");
  std::int64_t index = 0;
  const bool first = blocks_.empty();
  for (json::Cursor block(json::Member(message, "content")); first && block.Next(); ++index) {
    blocks_.Start(index, block.value());
    blocks_.Stop(index);
  }
  TakeUsage(message);
  TakeStop(message);
}

void AnthropicReader::TakeError(std::string_view event) {
  const std::string_view error = json::Member(event, "error");
  EndWithError(ReadProviderError(IsProviderError(error) ? error : event));
}

void AnthropicReader::TakeStop(std::string_view holder) {
  if (!json::Is(holder, json::Kind::kObject)) return;
  std::string reason = json::StringOr(json::Member(holder, "stop_reason"), "");
  if (reason.empty()) return;
  stop_reason_ = std::move(reason);
  finished_ = true;
  const std::string_view details = json::Member(holder, "stop_details");
  if (!json::Is(details, json::Kind::kObject)) return;
  explanation_ = Excerpt(json::StringOr(json::Member(details, "explanation"), ""));
}

void AnthropicReader::TakeUsage(std::string_view holder) {
  const std::string_view usage = json::Member(holder, "usage");
  const auto take = [usage](std::string_view key, std::optional<std::int64_t>& count) {
    if (const std::optional<std::int64_t> found = TokenCount(usage, key)) count = found;
  };
  take("input_tokens", input_);
  take("cache_read_input_tokens", cache_read_);
  take("cache_creation_input_tokens", cache_creation_);
  TakeTokens(usage, "output_tokens", &Usage::output_tokens, outcome_.usage);
  if (json::Is(usage, json::Kind::kObject)) {
    TakeTokens(json::Member(usage, "output_tokens_details"), "thinking_tokens",
               &Usage::reasoning_tokens, outcome_.usage);
  }
  if (!input_ && !cache_read_ && !cache_creation_) return;
  if (!outcome_.usage) outcome_.usage.emplace();
  std::int64_t total = 0;
  for (const auto& count : {input_, cache_read_, cache_creation_}) {
    AddTokens(total, BoundedTokens(count.value_or(0)));
  }
  outcome_.usage->input_tokens = total;
  outcome_.usage->cached_input_tokens = cache_read_;
}

void AnthropicReader::EndCleanly() {
  if (!has_finish()) return End(/*cut=*/!saw_stop_, NoFinish(recognized() || saw_stop_), Status());
  millrace::Finish finish = FinishOfWord(stop_reason_);
  const bool cut = IsCut(finish.reason);
  if (!cut && blocks_.calls_tools()) {
    finish = {FinishReason::kToolUse, "", ""};
  } else if (!explanation_.empty()) {
    finish.details = std::move(explanation_);
  }
  End(cut, std::move(finish), Status());
}

void AnthropicReader::End(bool cut, millrace::Finish finish, Status status) {
  blocks_.End(cut);
  writer_.End(outcome_.usage, std::move(finish));
  outcome_.status = std::move(status);
  done_ = true;
}

}  // namespace millrace
