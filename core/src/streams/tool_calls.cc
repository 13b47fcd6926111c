#include "streams/tool_calls.h"

#include <cstddef>
#include <string>
#include <utility>
#include <variant>

#include "model/json.h"

namespace millrace {

ToolCalls::ToolCalls(const std::vector<Part>& parts) {
  for (const Part& part : parts) {
    if (const auto* call = std::get_if<ToolCallPart>(&part)) known_ids_.insert(call->id);
  }
}

void ToolCalls::Add(const CallFragment& fragment, ReplyWriter& writer) {
  Add(CallOf(fragment), fragment, writer);
}

void ToolCalls::Add(Call& call, const CallFragment& fragment, ReplyWriter& writer) {
  if (call.finished) return;
  if (call.name.empty()) call.name = fragment.name;
  if (call.extra.empty()) call.extra = fragment.extra;
  std::string input = NewInput(call, fragment);
  if (input.empty() && call.begun) return;
  call.brackets.Take(input);
  call.input.append(input);
  if (call.begun) return writer.CallInput(call.id, std::move(input));
  call.waiting.append(input);
  if (!call.name.empty()) Begin(call, writer);
}

std::string ToolCalls::NewInput(Call& call, const CallFragment& fragment) {
  std::string input;
  if (fragment.input.empty()) return input;
  if (json::KindOf(fragment.input) == json::Kind::kString) {
    input = call.text.Take(fragment.input);
  } else {
    json::AppendCompact(fragment.input, input);
  }
  if (call.brackets.closed() && input == call.input) return "";
  // If the input is an object, a piece that begins with all of it so far sends it again.
  const bool begins_again =
      !fragment.free_text && call.input.starts_with('{') && input.starts_with(call.input);
  return begins_again ? input.substr(call.input.size()) : input;
}

void ToolCalls::Finish(const CallFragment& fragment, ReplyWriter& writer) {
  Call& call = CallOf(fragment);
  Add(call, fragment, writer);
  if (!call.finished) Finish(call, writer);
}

void ToolCalls::Finish(Call& call, ReplyWriter& writer) {
  WriteRest(call, writer);
  writer.FinishCall(call.id);
  call.finished = true;
}

void ToolCalls::End(bool cut, ReplyWriter& writer) {
  for (Call& call : calls_) {
    if (call.finished) continue;
    const bool newest = &call == &calls_.back();
    if (cut && newest) {
      WriteRest(call, writer);
    } else {
      Finish(call, writer);
    }
  }
}

void ToolCalls::WriteRest(Call& call, ReplyWriter& writer) {
  if (!call.begun) Begin(call, writer);
  writer.CallInput(call.id, call.text.Finish());
}

void ToolCalls::Begin(Call& call, ReplyWriter& writer) {
  call.begun = true;
  writer.BeginCall(call.id, call.name, std::exchange(call.waiting, {}), call.extra);
}

ToolCalls::Call& ToolCalls::CallOf(const CallFragment& fragment) {
  Call* call = Find(fragment);
  return call != nullptr ? *call : NewCall(fragment);
}

ToolCalls::Call* ToolCalls::Find(const CallFragment& fragment) {
  if (fragment.index) {
    if (const auto found = newest_at_.find(*fragment.index); found != newest_at_.end()) {
      Call& call = calls_[found->second];
      const bool other_id = !fragment.id.empty() && fragment.id != call.id && !call.own_id;
      const bool other_name =
          !fragment.name.empty() && !call.name.empty() && fragment.name != call.name;
      const bool no_id = fragment.id.empty() || call.own_id;
      const bool whole = call.brackets.closed() && !fragment.input.empty();
      const bool next_one = no_id && (other_name || whole);
      // Without a name, a fragment continues the call at its index, even with another id, unless
      // that id is another call's.
      const bool goes_on = fragment.name.empty() && !by_id_.contains(fragment.id);
      if (goes_on || (!other_id && !next_one)) return &call;
    }
  }
  if (const auto found = by_id_.find(fragment.id); found != by_id_.end()) {
    Call& call = calls_[found->second];
    if (!fragment.index || !call.index || fragment.index == call.index) return &call;
  }
  const bool anonymous = !fragment.index && fragment.id.empty() && fragment.name.empty();
  return anonymous && !calls_.empty() ? &calls_.back() : nullptr;
}

ToolCalls::Call& ToolCalls::NewCall(const CallFragment& fragment) {
  const std::size_t position = calls_.size();
  Call& call = calls_.emplace_back();
  call.index = fragment.index;
  call.id = fragment.id;
  // One id may name two calls at two indexes; each call needs its own id. If an id of the provider
  // is also the id of a stored call, it is that call, sent again.
  const auto is_in_use = [this](const Call& own) {
    return own.id.empty() || by_id_.contains(own.id) || (own.own_id && known_ids_.contains(own.id));
  };
  for (std::size_t n = position; is_in_use(call); ++n) {
    call.id = "call_" + std::to_string(n);
    call.own_id = true;
  }
  by_id_.emplace(call.id, position);
  if (call.index) newest_at_[*call.index] = position;
  return call;
}

}  // namespace millrace
