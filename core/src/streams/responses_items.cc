// The items and their texts. The calls of tools are in responses_calls.cc.

#include "streams/responses_items.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <variant>

#include "model/json.h"
#include "model/json_values.h"
#include "streams/event_fields.h"

namespace millrace {
namespace {

using Channel = ResponsesItems::Channel;

bool IsReasoning(Channel channel) {
  return channel == Channel::kSummary || channel == Channel::kReasoning;
}

std::string TextKey(Channel channel, const std::string& part) {
  const char kind = IsReasoning(channel) ? 'r' : channel == Channel::kRefusal ? 'f' : 't';
  return kind + part;
}

}  // namespace

ResponsesItems::ResponsesItems(const std::vector<Part>& parts, ReplyWriter& writer)
    : writer_(writer) {
  for (const Part& part : parts) Know(part);
  first_ = items_.size();
}

void ResponsesItems::Know(const Part& part) {
  const auto store = [this](Channel channel, const std::string& id, const std::string& text) {
    if (!id.empty()) stored_[TextKey(channel, id)].Take(text);
  };
  if (const auto* text = std::get_if<TextPart>(&part)) {
    store(text->refusal ? Channel::kRefusal : Channel::kText, text->id, text->text);
  } else if (const auto* reasoning = std::get_if<ReasoningPart>(&part)) {
    store(Channel::kSummary, reasoning->id, reasoning->text);
    if (!reasoning->signature.empty()) kept_reasoning_.insert(reasoning->id);
  } else if (const auto* custom = std::get_if<CustomPart>(&part)) {
    if (custom->name == "source") sources_.insert(custom->data);
    if (custom->name == "redacted_reasoning" && json::IsObject(custom->data)) {
      kept_reasoning_.insert(json::StringOr(json::Member(custom->data, "id"), ""));
    }
  }
  if (const auto* result = std::get_if<ToolResultPart>(&part)) {
    unanswered_.erase(result->tool_call_id);
  }
  const auto* call = std::get_if<ToolCallPart>(&part);
  if (call == nullptr) return;
  call_names_[call->id] = call->name;
  if (!json::IsObject(call->extra)) return;
  std::string id = json::StringOr(json::Member(call->extra, "item_id"), "");
  if (id.empty()) return;
  const std::string_view sent = json::Member(call->extra, "item");
  Item& item = items_.emplace_back();
  item.type = json::Is(sent, json::Kind::kObject)
                  ? json::StringOr(json::Member(sent, "type"), "function_call")
                  : "function_call";
  item.id = std::move(id);
  item.call = call->id;
  item.begun = true;
  item.finished = item.complete = call->finished;
  item.input.Take(call->input);
  by_id_[item.id] = &item;
  if (!call->provider_executed) unanswered_.insert(call->id);
}

// Which item an event means, first match:
//   1. the one with its id
//   2. the one at its index, if it goes on and is of the same type: some servers send another id
//      with each event
//   3. without id and index, the newest one, under the same conditions
ResponsesItems::Item* ResponsesItems::Find(const Place& place, std::string_view type) {
  if (const auto found = by_id_.find(place.id); found != by_id_.end()) return found->second;
  Item* item = nullptr;
  if (place.index) {
    const auto found = by_index_.find(*place.index);
    if (found != by_index_.end()) item = found->second;
  } else if (place.id.empty() && !items_.empty()) {
    item = &items_.back();
    if (!item->seen) item = nullptr;
  }
  if (item == nullptr || item->complete) return nullptr;
  return item->type.empty() || type.empty() || item->type == type ? item : nullptr;
}

ResponsesItems::Item& ResponsesItems::ItemAt(const Place& place, std::string_view type) {
  Item* found = Find(place, type);
  return found != nullptr ? See(*found, place, type) : See(items_.emplace_back(), place, type);
}

ResponsesItems::Item& ResponsesItems::See(Item& item, const Place& place, std::string_view type) {
  if (item.id.empty()) item.id = place.id;
  for (std::size_t n = items_.size() - 1; item.id.empty(); ++n) {
    std::string id = "item_" + std::to_string(n);
    if (!by_id_.contains(id)) item.id = std::move(id);
  }
  item.seen = true;
  if (item.type.empty()) item.type = type;
  by_id_.emplace(place.id.empty() ? item.id : place.id, &item);
  if (place.index) by_index_[*place.index] = &item;
  return item;
}

void ResponsesItems::Begin(const Place& place, std::string_view json) {
  const std::string type = json::StringOr(json::Member(json, "type"), "");
  Item* found = Find(place, type);
  // An item begins once, so another id at its index is another item.
  if (found != nullptr && found->announced && !by_id_.contains(place.id)) found = nullptr;
  Item& item = See(found != nullptr ? *found : items_.emplace_back(), place, type);
  item.announced = true;
  if (item.complete || item.begun) return;
  if (const ResponsesTool* tool = FindResponsesTool(item.type)) {
    const bool known = !tool->streams_input || json::HasText(json::Member(json, "name"));
    if (!known) return;
    std::string input = tool->streams_input ? std::exchange(item.waiting, {}) : "";
    WriteCall(item, *tool, json, std::move(input), /*finished=*/false);
  } else if (type != "message" && type != "reasoning") {
    item.json = Compact(json);
  }
}

void ResponsesItems::Complete(const Place& place, std::string_view json) {
  const std::string type = json::StringOr(json::Member(json, "type"), "");
  Item& item = ItemAt(place, type);
  if (std::exchange(item.complete, true)) return;
  if (type == "message") return CompleteMessage(item, json);
  if (type == "reasoning") return CompleteReasoning(item, json);
  if (const ResponsesTool* tool = FindResponsesTool(type)) return CompleteCall(item, *tool, json);
  if (type.ends_with("_call_output") && json::HasText(json::Member(json, "call_id"))) {
    return WriteOutput(json);
  }
  writer_.Other(CustomPart{CustomName(type.empty() ? "item" : type), Compact(json), ""});
}

void ResponsesItems::CompleteAgain(std::int64_t index, std::string_view json) {
  Place place;
  place.id = json::StringOr(json::Member(json, "id"), "");
  place.index = index;
  if (!by_id_.contains(place.id)) {
    const auto found = by_index_.find(index);
    Item* item = found == by_index_.end() ? nullptr : found->second;
    const std::size_t position = first_ + static_cast<std::size_t>(index);
    if (item == nullptr && place.id.empty() && position < items_.size()) item = &items_[position];
    const std::string type = json::StringOr(json::Member(json, "type"), "");
    if (item != nullptr && item->type == type) {
      if (item->complete) return;
      by_index_[index] = item;
    }
  }
  Complete(place, json);
}

void ResponsesItems::CompleteMessage(Item& item, std::string_view json) {
  const std::string_view content = json::Member(json, "content");
  if (!json::Is(content, json::Kind::kArray)) return;
  Place place{item.id, std::nullopt, 0};
  for (json::Cursor piece(content); piece.Next(); ++place.part) {
    if (!json::Is(piece.value(), json::Kind::kObject)) continue;
    const std::string type = json::StringOr(json::Member(piece.value(), "type"), "");
    if (type == "output_text" || type == "refusal") {
      Piece(place, piece.value());
    } else {
      writer_.Other(
          CustomPart{CustomName(type.empty() ? "content" : type), Compact(piece.value()), ""});
    }
  }
}

// The provider wants reasoning back, so it is kept even if nothing of it can be read.
void ResponsesItems::CompleteReasoning(Item& item, std::string_view json) {
  for (const char* name : {"summary", "content"}) {
    const std::string_view texts = json::Member(json, name);
    if (!json::Is(texts, json::Kind::kArray)) continue;
    Place place{item.id, std::nullopt, 0};
    for (json::Cursor text(texts); text.Next(); ++place.part) {
      if (json::Is(text.value(), json::Kind::kObject)) Piece(place, text.value());
    }
  }
  std::string signature = json::StringOr(json::Member(json, "encrypted_content"), "");
  const bool has_text = item.has_text || stored_.contains(TextKey(Channel::kSummary, item.id));
  const bool keep = item.open_reasoning.empty() && !kept_reasoning_.contains(item.id) &&
                    (!has_text || !signature.empty());
  for (const std::string& part : std::exchange(item.open_reasoning, {})) {
    writer_.EndReasoning(part, std::exchange(signature, {}));
  }
  if (keep) writer_.RedactedReasoning(Compact(json));
}

void ResponsesItems::Piece(const Place& place, std::string_view piece) {
  const std::string type = json::StringOr(json::Member(piece, "type"), "");
  const std::string_view text = json::Member(piece, "text");
  if (type == "summary_text") return Text(Channel::kSummary, place, text, /*whole=*/true);
  if (type == "reasoning_text") return Text(Channel::kReasoning, place, text, /*whole=*/true);
  if (type == "refusal") {
    return Text(Channel::kRefusal, place, json::Member(piece, "refusal"), /*whole=*/true);
  }
  if (type != "output_text") return;
  Text(Channel::kText, place, text, /*whole=*/true);
  const std::string_view annotations = json::Member(piece, "annotations");
  if (!json::Is(annotations, json::Kind::kArray)) return;
  for (json::Cursor each(annotations); each.Next();) Annotation(each.value());
}

void ResponsesItems::Text(Channel channel, const Place& place, std::string_view value, bool whole) {
  if (!json::HasText(value)) return;
  Item& item = ItemAt(place, IsReasoning(channel) ? "reasoning" : "message");
  TextState& state = TextAt(item, channel, place.part);
  if (state.whole) return;
  if (!whole) return Write(state, state.text.Take(value));
  state.whole = true;
  const std::string all = json::DecodeString(value);
  if (const auto rest = state.received.RestOf(all)) return Write(state, std::string(*rest));
  Write(state, state.text.Finish());
}

ResponsesItems::TextState& ResponsesItems::TextAt(Item& item, Channel channel, std::int64_t index) {
  std::string part = item.id;
  if (IsReasoning(channel)) {
    // Few items have a summary and their whole reasoning; then the ids must differ.
    if (!item.reasoning) item.reasoning = channel;
    if (item.reasoning != channel) part += channel == Channel::kSummary ? "/summary" : "/content";
  }
  if (index != 0) part += "/" + std::to_string(index);
  std::string key = TextKey(channel, part);
  if (const auto found = texts_.find(key); found != texts_.end()) return found->second;
  TextState state{&item, channel, std::move(part)};
  if (const auto stored = stored_.find(key); stored != stored_.end()) {
    state.received = stored->second;
  }
  return texts_.emplace(std::move(key), std::move(state)).first->second;
}

void ResponsesItems::Write(TextState& state, std::string text) {
  if (text.empty()) return;
  state.received.Take(text);
  Item& item = *state.item;
  item.has_text = true;
  if (!IsReasoning(state.channel)) {
    refused_ = refused_ || state.channel == Channel::kRefusal;
    return writer_.Text(std::move(text), state.channel == Channel::kRefusal, state.part);
  }
  if (!std::exchange(state.open, true)) item.open_reasoning.push_back(state.part);
  writer_.Reasoning(std::move(text), state.part);
}

void ResponsesItems::Annotation(std::string_view annotation) {
  if (!json::Is(annotation, json::Kind::kObject)) return;
  std::string source = Compact(annotation);
  if (!sources_.insert(source).second) return;
  writer_.Other(CustomPart{"source", std::move(source), ""});
}

bool ResponsesItems::rests() const {
  if (refused_) return false;
  const auto has_rest = [](const auto& text) { return !text.second.text.empty(); };
  if (std::any_of(texts_.begin(), texts_.end(), has_rest)) return false;
  return std::all_of(items_.begin(), items_.end(), [](const Item& item) {
    const bool reasons = item.seen && !item.complete && item.type == "reasoning";
    const bool calls = item.seen && item.begun && !item.finished;
    return !reasons && !calls && item.text.empty() && item.waiting.empty();
  });
}

void ResponsesItems::End(bool cut) {
  for (auto& [key, state] : texts_) {
    if (!state.whole) Write(state, state.text.Finish());
  }
  for (Item& item : items_) {
    if (!item.seen) continue;
    for (const std::string& part : std::exchange(item.open_reasoning, {})) {
      writer_.EndReasoning(part, "");
    }
    if (const ResponsesTool* tool = FindResponsesTool(item.type)) {
      EndCall(item, *tool, cut);
    } else if (!item.complete && !item.json.empty()) {
      writer_.Other(CustomPart{CustomName(item.type.empty() ? "item" : item.type), item.json, ""});
    }
  }
}

}  // namespace millrace
