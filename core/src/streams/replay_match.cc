#include "streams/replay_match.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <variant>

namespace millrace {
namespace {

bool IsOfTheEnd(const Part& part) {
  return std::holds_alternative<FinishPart>(part) || IsUsage(part);
}

// What tells parts of a type apart.
std::string_view NameOf(const Part& part) {
  if (const auto* text = std::get_if<TextPart>(&part)) return text->id;
  if (const auto* reasoning = std::get_if<ReasoningPart>(&part)) return reasoning->id;
  if (const auto* call = std::get_if<ToolCallPart>(&part)) return call->id;
  if (const auto* result = std::get_if<ToolResultPart>(&part)) return result->tool_call_id;
  if (const auto* custom = std::get_if<CustomPart>(&part)) return custom->name;
  return {};
}

// The same for parts that a mutation cannot tell apart.
std::string KeyOf(const Part& part) {
  std::string key(1, static_cast<char>(part.index()));
  key.append(NameOf(part));
  if (const auto* custom = std::get_if<CustomPart>(&part)) key.append(1, '\0').append(custom->id);
  const auto* text = std::get_if<TextPart>(&part);
  return text != nullptr && text->refusal ? key + '\0' : key;
}

struct TextSize {
  std::size_t operator()(const AppendText& op) const { return op.text.size(); }
  std::size_t operator()(const AppendReasoning& op) const { return op.text.size(); }
  std::size_t operator()(const AppendToolInput& op) const { return op.text.size(); }
  template <typename Other>
  std::size_t operator()(const Other& /*op*/) const {
    return 0;
  }
};

std::string_view BodyIn(const Part& part) {
  if (const auto* text = std::get_if<TextPart>(&part)) return text->text;
  if (const auto* reasoning = std::get_if<ReasoningPart>(&part)) return reasoning->text;
  if (const auto* call = std::get_if<ToolCallPart>(&part)) return call->input;
  return {};
}

// Without the sign for half a character, which a cut may have left at its end.
std::string_view StoredBody(const Part& part) {
  constexpr std::string_view kHalf = "\uFFFD";
  std::string_view body = BodyIn(part);
  if (body.ends_with(kHalf)) body.remove_suffix(kHalf.size());
  return body;
}

}  // namespace

// Each returns whether the mutation says what is stored.
struct ReplayMatch::Rules {
  ReplayMatch& match;

  bool operator()(const AppendText& op) {
    const Part like = TextPart{.text = {}, .refusal = op.refusal, .extra = {}, .id = op.part};
    return Append(like, op.text);
  }
  bool operator()(const AppendReasoning& op) {
    ReasoningPart like;
    like.id = op.part;
    return Append(like, op.text);
  }
  bool operator()(const PutToolCall& op) { return Put(op.call); }
  bool operator()(const AppendToolInput& op) {
    ToolCallPart like;
    like.id = op.tool_call_id;
    return match.Body(match.Current(like), op.text);
  }
  bool operator()(const AddPart& op) { return Put(op.part); }
  bool operator()(const Reset& /*op*/) { return false; }
  bool operator()(const Finish& /*op*/) { return false; }
  // These change nothing that is compared.
  template <typename Other>
  bool operator()(const Other& /*op*/) {
    return true;
  }

 private:
  bool Append(const Part& like, const std::string& text) {
    Stored* part = match.Current(like);
    return match.Body(part != nullptr ? part : match.Begin(like), text);
  }

  bool Put(const Part& part) {
    // The reader writes it right before its finish.
    if (IsOfTheEnd(part)) return true;
    const auto* custom = std::get_if<CustomPart>(&part);
    const bool replaces = !NameOf(part).empty() && (custom == nullptr || !custom->id.empty());
    Stored* stored = replaces ? match.Current(part) : nullptr;
    if (stored == nullptr) stored = match.Begin(part);
    if (stored == nullptr) return false;
    // A call, and a part that is replaced, are given whole.
    match.left_ += stored->matched;
    stored->matched = 0;
    return match.Body(stored, std::string(BodyIn(part)));
  }
};

ReplayMatch::ReplayMatch(std::vector<Part> stored, std::size_t kept) {
  for (Part& part : stored) {
    if (IsOfTheEnd(part)) continue;
    left_ += StoredBody(part).size() + 1;
    parts_.push_back({std::move(part)});
  }
  if (kept > 0) {
    Stored& first = parts_.front();
    first.matched = std::min(kept, StoredBody(first.part).size());
    left_ -= first.matched + 1;
    begun_ = 1;
    if (!NameOf(first.part).empty()) named_[KeyOf(first.part)] = 0;
  }
  size_ = left_;
  if (left_ == 0) verdict_ = Verdict::kReplay;
}

void ReplayMatch::TrustName(bool ended) {
  if (verdict_ == Verdict::kNew) {
    verdict_ = ended || came_ >= size_ ? Verdict::kReplay : Verdict::kUnknown;
  }
}

void ReplayMatch::Take(const Mutation& mutation) {
  came_ += 1 + std::visit(TextSize(), mutation);
  if (verdict_ != Verdict::kUnknown) return;
  const bool fits = std::visit(Rules{*this}, mutation);
  if (fits && left_ == 0) {
    verdict_ = Verdict::kReplay;
  } else if (!fits || overflowed_) {
    // At the cut, no body was longer than it is stored.
    verdict_ = Verdict::kNew;
  }
}

ReplayMatch::Stored* ReplayMatch::Begin(const Part& like) {
  if (begun_ == parts_.size() || KeyOf(parts_[begun_].part) != KeyOf(like)) return nullptr;
  --left_;
  if (!NameOf(like).empty()) named_[KeyOf(like)] = begun_;
  return &parts_[begun_++];
}

ReplayMatch::Stored* ReplayMatch::Current(const Part& like) {
  if (NameOf(like).empty()) {
    Stored* last = begun_ > 0 ? &parts_[begun_ - 1] : nullptr;
    return last != nullptr && KeyOf(last->part) == KeyOf(like) ? last : nullptr;
  }
  const auto named = named_.find(KeyOf(like));
  return named == named_.end() ? nullptr : &parts_[named->second];
}

bool ReplayMatch::Body(Stored* stored, const std::string& text) {
  if (stored == nullptr) return false;
  const std::string_view rest = StoredBody(stored->part).substr(stored->matched);
  const std::size_t common = std::min(rest.size(), text.size());
  if (rest.substr(0, common) != std::string_view(text).substr(0, common)) return false;
  stored->matched += common;
  left_ -= common;
  overflowed_ |= text.size() > common;
  return true;
}

}  // namespace millrace
