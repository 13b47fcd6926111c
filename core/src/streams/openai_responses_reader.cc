#include "streams/openai_responses_reader.h"

#include <array>
#include <utility>

#include "model/json.h"
#include "model/json_values.h"
#include "streams/event_fields.h"
#include "streams/finish_words.h"
#include "streams/usage_fields.h"

namespace millrace {
namespace {

using Channel = ResponsesItems::Channel;

constexpr std::string_view kPrefix = "response.";

// The texts of a reply: response.<name>.delta has "delta", response.<name>.done has `whole`.
struct TextEvent {
  std::string_view name;
  Channel channel;
  std::string_view index;  // which text of its item
  std::string_view whole;
};
constexpr std::array kTextEvents = {
    TextEvent{"output_text", Channel::kText, "content_index", "text"},
    TextEvent{"refusal", Channel::kRefusal, "content_index", "refusal"},
    TextEvent{"reasoning_summary_text", Channel::kSummary, "summary_index", "text"},
    TextEvent{"reasoning_text", Channel::kReasoning, "content_index", "text"},
};

// The inputs of tools, likewise.
struct CallEvent {
  std::string_view name;
  std::string_view item_type;
  std::string_view whole;
};
constexpr std::array kCallEvents = {
    CallEvent{"function_call_arguments", "function_call", "arguments"},
    CallEvent{"custom_tool_call_input", "custom_tool_call", "input"},
    CallEvent{"mcp_call_arguments", "mcp_call", "arguments"},
    CallEvent{"code_interpreter_call_code", "code_interpreter_call", "code"},
};

// What follows the name in the type of an event; "" if it is another event.
std::string_view After(std::string_view name, std::string_view type) {
  return type.starts_with(name) ? type.substr(name.size()) : "";
}

ResponsesItems::Place PlaceOf(const json::Object& event, std::string_view part_index) {
  ResponsesItems::Place place;
  place.id = json::StringOr(json::Member(event, "item_id"), "");
  place.index = IntMember(event, "output_index");
  if (!part_index.empty()) place.part = IntMember(event, part_index).value_or(0);
  return place;
}

// `holder`: JSON, or a json::Object.
template <typename Holder>
std::string_view ObjectIn(const Holder& event, std::string_view key) {
  const std::string_view value = json::Member(event, key);
  return json::Is(value, json::Kind::kObject) ? value : "{}";
}

}  // namespace

bool OpenAiResponsesReader::TakeWord(std::string_view data) {
  if (data != "[DONE]") return false;
  saw_done_ = true;
  return true;
}

void OpenAiResponsesReader::ContinueFrom(const StreamPosition& position) {
  SseJsonReader::ContinueFrom(position);
  last_number_ = position.sequence;
  if (last_number_) numbers_ = kRising;
}

// Another response counts its events from the beginning.
void OpenAiResponsesReader::NoteResponse(std::string_view response) {
  std::string id = json::StringOr(json::Member(response, "id"), "");
  if (id.empty() || id == position_.response_id) return;
  if (!position_.response_id.empty()) {
    last_number_.reset();
    numbers_ = kNotKnown;
  }
  position_.response_id = std::move(id);
}

bool OpenAiResponsesReader::TakeObject(std::string_view name, std::string_view object) {
  const json::Object event(object);
  const std::string type = json::StringOr(event.Member("type"), name);
  if (type.starts_with(kPrefix)) {
    if (type == "response.created") NoteResponse(ObjectIn(event, "response"));
    if (!WasSeen(event)) TakeEvent(std::string_view(type).substr(kPrefix.size()), event);
    return true;
  }
  const std::string_view error = event.Member("error");
  if (type == "error" || name == "error") {
    TakeError(object);
    return true;
  }
  if (json::StringOr(event.Member("object"), "") == "response") {
    TakeResponse(json::StringOr(event.Member("status"), "completed"), object);
    return true;
  }
  if (!IsProviderError(error)) return false;
  TakeError(object);
  return true;
}

// Whether the event is one sent again.
bool OpenAiResponsesReader::WasSeen(const json::Object& event) {
  const std::optional<std::int64_t> number = IntMember(event, "sequence_number");
  if (!number || numbers_ == kUseless) return false;
  const bool rises = !last_number_ || *number > *last_number_;
  // Some servers give all events the same number.
  if (last_number_ && numbers_ == kNotKnown) numbers_ = rises ? kRising : kUseless;
  if (rises) last_number_ = number;
  position_.sequence = numbers_ == kUseless ? std::nullopt : last_number_;
  return !rises && numbers_ == kRising;
}

// Events that are not known have no content, or repeat what comes in others.
void OpenAiResponsesReader::TakeEvent(std::string_view type, const json::Object& event) {
  if (TakeTextEvent(type, event) || TakeCallEvent(type, event) || TakeItemEvent(type, event)) {
    return;
  }
  const std::string_view response = ObjectIn(event, "response");
  if (type == "completed" || type == "incomplete" || type == "failed" || type == "cancelled") {
    return TakeResponse(type, response);
  }
  TakeUsage(response);
}

bool OpenAiResponsesReader::TakeTextEvent(std::string_view type, const json::Object& event) {
  for (const TextEvent& each : kTextEvents) {
    const std::string_view what = After(each.name, type);
    if (what != ".delta" && what != ".done") continue;
    const bool whole = what == ".done";
    items_.Text(each.channel, PlaceOf(event, each.index),
                json::Member(event, whole ? each.whole : "delta"), whole);
    return true;
  }
  return false;
}

bool OpenAiResponsesReader::TakeCallEvent(std::string_view type, const json::Object& event) {
  for (const CallEvent& each : kCallEvents) {
    const std::string_view what = After(each.name, type);
    if (what != ".delta" && what != ".done") continue;
    const bool whole = what == ".done";
    items_.Input(each.item_type, PlaceOf(event, ""),
                 json::Member(event, whole ? each.whole : "delta"), whole);
    return true;
  }
  return false;
}

bool OpenAiResponsesReader::TakeItemEvent(std::string_view type, const json::Object& event) {
  if (type == "output_item.added" || type == "output_item.done") {
    const std::string_view item = json::Member(event, "item");
    if (!json::Is(item, json::Kind::kObject)) return true;
    ResponsesItems::Place place = PlaceOf(event, "");
    if (place.id.empty()) place.id = json::StringOr(json::Member(item, "id"), "");
    if (type == "output_item.added") {
      items_.Begin(place, item);
    } else {
      items_.Complete(place, item);
    }
  } else if (type == "content_part.done" || type == "reasoning_summary_part.done") {
    const bool content = type == "content_part.done";
    items_.Piece(PlaceOf(event, content ? "content_index" : "summary_index"),
                 ObjectIn(event, "part"));
  } else if (type == "output_text.annotation.added") {
    items_.Annotation(json::Member(event, "annotation"));
  } else {
    return false;
  }
  return true;
}

// {"type":"error","code":…,"message":…}, or an error in an object of its own.
void OpenAiResponsesReader::TakeError(std::string_view event) {
  const std::string_view inner = json::Member(event, "error");
  ProviderError error = ReadProviderError(IsProviderError(inner) ? inner : event);
  if (error.type == "error") error.type = Excerpt(TextOrJson(json::Member(event, "code")));
  EndWithError(std::move(error));
}

void OpenAiResponsesReader::TakeResponse(std::string_view status, std::string_view response) {
  TakeUsage(response);
  const std::string_view output = json::Member(response, "output");
  if (json::Is(output, json::Kind::kArray)) {
    std::int64_t index = 0;
    for (json::Cursor item(output); item.Next(); ++index) {
      if (json::Is(item.value(), json::Kind::kObject)) items_.CompleteAgain(index, item.value());
    }
  }
  if (status == "failed") {
    const std::string_view error = json::Member(response, "error");
    return EndWithError(ReadProviderError(IsProviderError(error) ? error : "{}"));
  }
  if (status == "incomplete") return EndIncomplete(response);
  if (status == "cancelled") {
    const std::string message = "the response was cancelled at its provider";
    return End(/*cut=*/true, {FinishReason::kCanceled, message, ""}, {Code::kAborted, message});
  }
  if (status != "completed") return;
  millrace::Finish finish{FinishReason::kEndTurn, "", ""};
  if (items_.refused()) finish.reason = FinishReason::kContentFilter;
  if (items_.calls_tools()) finish.reason = FinishReason::kToolUse;
  End(/*cut=*/false, std::move(finish), Status());
}

void OpenAiResponsesReader::EndIncomplete(std::string_view response) {
  const std::string reason = json::StringOr(
      json::Member(ObjectIn(response, "incomplete_details"), "reason"), "incomplete");
  End(/*cut=*/true, FinishOfWord(reason), Status());
}

void OpenAiResponsesReader::TakeUsage(std::string_view response) {
  const std::string_view usage = ObjectIn(response, "usage");
  std::optional<Usage>& counts = outcome_.usage;
  TakeTokens(usage, "input_tokens", &Usage::input_tokens, counts);
  TakeTokens(usage, "output_tokens", &Usage::output_tokens, counts);
  TakeTokens(json::Member(usage, "input_tokens_details"), "cached_tokens",
             &Usage::cached_input_tokens, counts);
  TakeTokens(json::Member(usage, "output_tokens_details"), "reasoning_tokens",
             &Usage::reasoning_tokens, counts);
}

void OpenAiResponsesReader::EndCleanly() {
  End(/*cut=*/!saw_done_, NoFinish(recognized() || saw_done_), Status());
}

void OpenAiResponsesReader::End(bool cut, millrace::Finish finish, Status status) {
  items_.End(cut);
  writer_.End(outcome_.usage, std::move(finish));
  outcome_.status = std::move(status);
  done_ = true;
}

}  // namespace millrace
