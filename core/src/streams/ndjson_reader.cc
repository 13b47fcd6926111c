#include "streams/ndjson_reader.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "model/base64.h"
#include "model/json.h"
#include "model/json_values.h"
#include "streams/event_fields.h"
#include "streams/finish_words.h"
#include "streams/usage_fields.h"

namespace millrace {
namespace {

// The server does not say what kind of image it sends. The first bytes of the content do.
std::string_view TypeOfImage(std::string_view base64) {
  if (base64.starts_with("/9j/")) return "image/jpeg";
  if (base64.starts_with("R0lGOD")) return "image/gif";
  if (base64.starts_with("UklGR")) return "image/webp";
  return "image/png";
}

}  // namespace

bool NdjsonReader::TakeObject(std::string_view name, std::string_view object) {
  const json::Object members(object);
  const std::string_view error = members.Member("error");
  if (IsProviderError(error) || name == "error") {
    EndWithError(ReadProviderError(error.empty() ? object : error));
    return true;
  }
  const std::string_view message = members.Member("message");
  const std::string_view response = members.Member("response");
  const std::string_view done = members.Member("done");
  const bool has_message = json::Is(message, json::Kind::kObject);
  const bool has_text = json::Is(response, json::Kind::kString);
  if (has_message) TakeMessage(json::Object(message), "content");
  if (has_text) TakeMessage(members, "response");
  if (done == "true") TakeEnd(object);
  return has_message || has_text || json::Is(done, json::Kind::kBool);
}

// Such a server may say [DONE] all the same. The last line has said it before.
bool NdjsonReader::TakeWord(std::string_view data) { return data == "[DONE]"; }

void NdjsonReader::TakeMessage(const json::Object& message, std::string_view text) {
  channels_.Append(Channel::kReasoning, message.Member("thinking"), writer_);
  channels_.Append(Channel::kContent, message.Member(text), writer_);
  TakeImage(message.Member("image"));
  const std::string_view images = message.Member("images");
  if (json::Is(images, json::Kind::kArray)) {
    for (json::Cursor image(images); image.Next();) TakeImage(image.value());
  }
  TakeToolCalls(message.Member("tool_calls"));
}

void NdjsonReader::TakeToolCalls(std::string_view calls) {
  if (!json::Is(calls, json::Kind::kArray)) return;
  for (json::Cursor call(calls); call.Next();) {
    if (!json::Is(call.value(), json::Kind::kObject)) continue;
    const std::string_view function = json::Member(call.value(), "function");
    if (!json::Is(function, json::Kind::kObject)) continue;
    channels_.SwitchTo(Channel::kNone, writer_);
    CallFragment fragment;
    fragment.id = json::StringOr(json::Member(call.value(), "id"), "");
    fragment.index = IntMember(function, "index");
    fragment.name = json::StringOr(json::Member(function, "name"), "");
    fragment.input = json::Member(function, "arguments");
    calls_.Add(fragment, writer_);
  }
}

void NdjsonReader::TakeImage(std::string_view image) {
  if (!json::HasText(image)) return;
  channels_.SwitchTo(Channel::kNone, writer_);
  const std::string base64 = json::DecodeString(image);
  std::optional<std::string> bytes = DecodeBase64(base64);
  if (!bytes) return writer_.Other(CustomPart{"image", std::string(image), ""});
  BinaryPart part;
  part.mime_type = TypeOfImage(base64);
  part.data = *std::move(bytes);
  writer_.Other(std::move(part));
}

void NdjsonReader::TakeEnd(std::string_view object) {
  TakeTokens(object, "prompt_eval_count", &Usage::input_tokens, outcome_.usage);
  TakeTokens(object, "eval_count", &Usage::output_tokens, outcome_.usage);
  const std::string_view context = json::Member(object, "context");
  if (json::Is(context, json::Kind::kArray)) context_ = Compact(context);
  // Old servers give no reason.
  const std::string word = json::StringOr(json::Member(object, "done_reason"), "stop");
  millrace::Finish finish = FinishOfWord(word);
  const bool cut = IsCut(finish.reason);
  if (!cut && !calls_.empty()) finish = {FinishReason::kToolUse, "", ""};
  End(cut, std::move(finish), Status());
}

void NdjsonReader::EndCleanly() { End(/*cut=*/true, NoFinish(recognized()), Status()); }

void NdjsonReader::End(bool cut, millrace::Finish finish, Status status) {
  channels_.SwitchTo(Channel::kNone, writer_);
  calls_.End(cut, writer_);
  if (!context_.empty()) {
    writer_.Other(CustomPart{"provider_extra", "{\"context\":" + context_ + '}', ""});
  }
  writer_.End(outcome_.usage, std::move(finish));
  outcome_.status = std::move(status);
  done_ = true;
}

}  // namespace millrace
