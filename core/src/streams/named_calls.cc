#include "streams/named_calls.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "model/json.h"
#include "model/json_values.h"
#include "model/part_fields.h"
#include "streams/event_fields.h"

namespace millrace {
namespace {

// A call is written again as a whole when its fields change. A real one changes a few times. The
// limit keeps the cost of a long input linear.
constexpr std::size_t kMostRewrites = 100;

void TakeExtras(std::string_view object, std::map<std::string, std::string>& extras) {
  if (object.empty()) return;
  for (json::Cursor member(object); member.Next();) {
    extras[std::string(member.key())] = Compact(member.value());
  }
}

std::string ObjectOf(const std::map<std::string, std::string>& members) {
  if (members.empty()) return "";
  std::string out = "{";
  for (const auto& [key, value] : members) {
    AppendKey(key, out);
    out += value;
  }
  return out + "}";
}

bool MeansTheSame(const std::string& text, std::string_view input) {
  if (json::Is(input, json::Kind::kString) && json::DecodeString(input) == text) return true;
  return json::Depth(text) && Compact(text) == Compact(input);
}

}  // namespace

NamedCalls::NamedCalls(ReplyParts& written, const std::vector<Part>& parts) : written_(written) {
  for (const Part& part : parts) {
    if (const auto* known = std::get_if<ToolCallPart>(&part)) {
      Call call;
      call.part = *known;
      call.id = known->id;
      TakeExtras(known->extra, call.extras);
      call.is_new = call.of_reply = false;
      by_id_[call.id] = calls_.size();
      calls_.push_back(std::move(call));
    } else if (const auto* result = std::get_if<ToolResultPart>(&part)) {
      Call* call = result->tool_call_id.empty() ? nullptr : Find(result->tool_call_id);
      if (call != nullptr && !result->preliminary) call->answered = true;
    }
  }
}

void NamedCalls::Start(const CallFields& fields) {
  Call* found = fields.id.empty() ? nullptr : Find(fields.id);
  const bool is_over =
      found != nullptr && found->part.finished && found->answered && found->step < step_;
  Call& call = found == nullptr || is_over ? NewCall(fields.id) : *found;
  Write(call, [&](bool may_change) {
    if (!may_change) return false;
    Take(fields, call);
    if (call.part.finished) return false;
    call.rest = DeltaText();
    return !std::exchange(call.part.input, {}).empty();
  });
}

void NamedCalls::Input(const std::string& id, std::string_view value) {
  if (value.empty() || value == "\"\"") return;
  Call& call = CallOf(id);
  if (call.part.finished) return;
  std::string more = json::Is(value, json::Kind::kString) ? call.rest.Take(value) : Compact(value);
  if (call.is_new) Write(call, [](bool) { return false; });
  call.of_reply = true;
  call.part.input += more;
  written_.writer().CallInput(call.part.id, std::move(more));
}

void NamedCalls::Complete(const CallFields& fields, std::string_view input) {
  Call& call = CallOf(fields.id);
  if (!call.part.finished) {
    std::string rest = call.rest.Finish();
    call.part.input += rest;
    if (!call.is_new) written_.writer().CallInput(call.part.id, std::move(rest));
  }
  Write(call, [&](bool may_change) {
    call.part.finished = true;
    if (!may_change) return false;
    Take(fields, call);
    if (input.empty() || MeansTheSame(call.part.input, input)) return false;
    const bool is_text = call.free_text && json::Is(input, json::Kind::kString);
    call.part.input = is_text ? json::DecodeString(input) : Compact(input);
    return true;
  });
}

void NamedCalls::Set(const CallFields& fields) {
  Call& call = CallOf(fields.id);
  Write(call, [&](bool may_change) {
    if (may_change) Take(fields, call);
    return false;
  });
}

void NamedCalls::Result(ToolResultPart result) {
  if (Call* call = result.tool_call_id.empty() ? nullptr : Find(result.tool_call_id)) {
    result.tool_call_id = call->part.id;
    result.name = call->part.name;
    if (!result.preliminary) call->answered = true;
  }
  written_.Add(std::move(result));
}

void NamedCalls::ForgetDropped() {
  // Calls are in the order of their parts.
  while (!calls_.empty() && !written_.Has(calls_.back().part)) {
    const Call& dropped = calls_.back();
    by_id_.erase(dropped.id);
    if (dropped.older != kNone) by_id_[dropped.id] = dropped.older;
    calls_.pop_back();
  }
}

void NamedCalls::End(bool cut) {
  for (Call& call : calls_) {
    if (call.part.finished || !call.of_reply) continue;
    written_.writer().CallInput(call.part.id, call.rest.Finish());
    if (cut) continue;
    call.part.finished = true;
    written_.writer().FinishCall(call.part.id);
  }
}

std::string NamedCalls::ApprovalOf(const std::string& id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? "" : calls_[found->second].part.approval;
}

bool NamedCalls::waiting() const {
  return std::any_of(calls_.begin(), calls_.end(), [](const Call& call) {
    return call.of_reply && !call.answered && !call.part.provider_executed;
  });
}

NamedCalls::Call* NamedCalls::Find(const std::string& id) {
  if (id.empty()) return calls_.empty() ? nullptr : &calls_.back();
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &calls_[found->second];
}

NamedCalls::Call& NamedCalls::CallOf(const std::string& id) {
  Call* call = Find(id);
  return call != nullptr ? *call : NewCall(id);
}

NamedCalls::Call& NamedCalls::NewCall(const std::string& id) {
  Call call;
  call.id = id.empty() ? "call_" + std::to_string(calls_.size()) : id;
  call.part.id = call.id;
  call.part.id = written_.FreeId(call.part);
  call.step = step_;
  if (const auto older = by_id_.find(call.id); older != by_id_.end()) call.older = older->second;
  by_id_[call.id] = calls_.size();
  return calls_.emplace_back(std::move(call));
}

void NamedCalls::Take(const CallFields& fields, Call& call) {
  if (!fields.name.empty()) call.part.name = fields.name;
  if (fields.provider_executed) call.part.provider_executed = *fields.provider_executed;
  if (!fields.approval.empty()) call.part.approval = fields.approval;
  call.free_text = call.free_text || fields.free_text;
  if (fields.extra.empty()) return;
  TakeExtras(fields.extra, call.extras);
  call.part.extra = ObjectOf(call.extras);
}

template <typename Change>
void NamedCalls::Write(Call& call, const Change& change) {
  call.of_reply = true;
  ToolCallPart& part = call.part;
  const auto head = [&part] {
    return std::tuple(part.name, part.provider_executed, part.extra, part.approval);
  };
  const bool may_change = call.rewrites < kMostRewrites;
  const auto before = head();
  const bool was_finished = part.finished;
  const bool new_input = change(may_change);
  const bool finished = part.finished && !was_finished;
  const bool rewrite = call.is_new || new_input || (may_change && before != head());
  if (rewrite) {
    call.is_new = false;
    ++call.rewrites;
    written_.Call(part);
  } else if (finished) {
    written_.writer().FinishCall(part.id);
  }
}

}  // namespace millrace
