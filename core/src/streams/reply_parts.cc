#include "streams/reply_parts.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "millrace/model/part_index.h"

namespace millrace {
namespace {

std::string& IdOfNamed(Part& part) {
  if (auto* text = std::get_if<TextPart>(&part)) return text->id;
  if (auto* reasoning = std::get_if<ReasoningPart>(&part)) return reasoning->id;
  return std::get<ToolCallPart>(part).id;
}

// Whether a part with a key may come again with another content.
bool MayComeAgain(const Part& part) {
  return std::holds_alternative<CustomPart>(part) || std::holds_alternative<ToolResultPart>(part);
}

bool ChangesNothing(const Part& before, const Part& part) {
  if (before == part) return true;
  const auto* old = std::get_if<ToolResultPart>(&before);
  const auto* result = std::get_if<ToolResultPart>(&part);
  return old != nullptr && result != nullptr && !old->preliminary &&
         old->content == result->content && old->is_error == result->is_error;
}

}  // namespace

ReplyParts::ReplyParts(ReplyWriter& writer, const std::vector<Part>& parts) : writer_(writer) {
  for (const Part& part : parts) {
    if (std::holds_alternative<FinishPart>(part)) continue;  // going on with the message removes it
    std::string key = PartKey(part);
    if (!key.empty() && MayComeAgain(part)) contents_.insert_or_assign(key, part);
    Count(std::move(key));
  }
}

bool ReplyParts::Has(const Part& part) const { return at_.contains(PartKey(part)); }

std::string ReplyParts::FreeId(Part part) {
  const std::string wanted = IdOfNamed(part);
  std::string wanted_key = PartKey(part);
  std::size_t& next = next_.try_emplace(wanted_key, 1).first->second;
  for (;; ++next) {
    if (next > 1) IdOfNamed(part) = wanted + "~" + std::to_string(next);
    if (!Has(part)) break;
  }
  numbers_.insert_or_assign(PartKey(part), Number{std::move(wanted_key), next});
  return IdOfNamed(part);
}

void ReplyParts::Add(Part part) {
  std::string key = PartKey(part);
  if (!key.empty()) {
    const auto before = contents_.find(key);
    if (before != contents_.end() && ChangesNothing(before->second, part)) return;
    const bool replaces = Replaces(key, part);
    if (MayComeAgain(part)) contents_.insert_or_assign(key, part);
    if (!replaces) Count(std::move(key));
  } else {
    Count("");
  }
  writer_.Other(std::move(part));
}

bool ReplyParts::Replaces(const std::string& key, const Part& part) const {
  if (!at_.contains(key)) return false;
  if (!std::holds_alternative<ToolResultPart>(part)) return true;
  return std::get<ToolResultPart>(contents_.at(key)).preliminary;
}

void ReplyParts::Text(std::string text, const std::string& id) {
  CountOnce(TextPart{"", false, "", id});
  writer_.Text(std::move(text), /*refusal=*/false, id);
}

void ReplyParts::Reasoning(std::string text, const std::string& id) {
  ReasoningPart reasoning;
  reasoning.id = id;
  CountOnce(reasoning);
  writer_.Reasoning(std::move(text), id);
}

void ReplyParts::HiddenReasoning(std::string signature, const std::string& id) {
  ReasoningPart reasoning;
  reasoning.id = id;
  CountOnce(reasoning);
  writer_.HiddenReasoning(std::move(signature), id);
}

void ReplyParts::Call(ToolCallPart call) {
  ToolCallPart named;
  named.id = call.id;
  CountOnce(named);
  writer_.Call(std::move(call));
}

void ReplyParts::DropFrom(std::uint32_t from) {
  if (from >= size()) return;
  while (size() > from) {
    const std::string key = std::move(keys_.back());
    keys_.pop_back();
    if (key.empty()) continue;
    if (const auto at = at_.find(key); at != at_.end() && at->second == size()) {
      at_.erase(at);
      contents_.erase(key);
    }
    const auto number = numbers_.find(key);
    if (number == numbers_.end()) continue;
    std::size_t& next = next_[number->second.wanted];
    next = std::min(next, number->second.number);
    numbers_.erase(number);
  }
  writer_.Reset(from);
}

void ReplyParts::CountOnce(const Part& part) {
  std::string key = PartKey(part);
  if (!at_.contains(key)) Count(std::move(key));
}

void ReplyParts::Count(std::string key) {
  if (!key.empty()) at_[key] = size();
  keys_.push_back(std::move(key));
}

}  // namespace millrace
