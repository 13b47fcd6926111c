#include "streams/reply_writer.h"

#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/json.h"

namespace millrace {
namespace {

std::string UsageJson(const Usage& usage) {
  std::string json = "{\"inputTokens\":";
  json::AppendInt(usage.input_tokens, json);
  json.append(",\"outputTokens\":");
  json::AppendInt(usage.output_tokens, json);
  return json + "}";
}

}  // namespace

void ReplyWriter::Text(std::string text, bool refusal, std::string part) {
  if (text.empty()) return;
  EndReasoning();
  if (std::exchange(new_block_, false) && part.empty()) {
    TextPart block;
    block.text = std::move(text);
    block.refusal = refusal;
    mutations_.emplace_back(AddPart{std::move(block)});
    return;
  }
  mutations_.emplace_back(AppendText{std::move(text), refusal, std::move(part)});
}

void ReplyWriter::Reasoning(std::string text, std::string part) {
  if (text.empty()) return;
  if (part.empty()) {
    reasoning_open_ = true;
  } else {
    EndReasoning();
    open_reasoning_.insert(part);
  }
  mutations_.emplace_back(AppendReasoning{std::move(text), std::move(part)});
}

void ReplyWriter::EndReasoning(const std::string& part, std::string signature) {
  if (open_reasoning_.erase(part) == 0) return;
  mutations_.emplace_back(millrace::EndReasoning{std::move(signature), part});
}

void ReplyWriter::HiddenReasoning(std::string signature, const std::string& part) {
  ReasoningPart hidden;
  hidden.signature = std::move(signature);
  hidden.id = part;
  Other(std::move(hidden));
  mutations_.emplace_back(millrace::EndReasoning{"", part});
}

void ReplyWriter::Signature(std::string_view piece) {
  if (piece.empty()) return;
  if (!reasoning_open_) {
    // Some models sign reasoning that they do not show.
    mutations_.emplace_back(AddPart{ReasoningPart{}});
    reasoning_open_ = true;
  }
  signature_.append(piece);
}

void ReplyWriter::RedactedReasoning(std::string json) {
  redacted_.push_back(std::move(json));
  if (!reasoning_open_) EndReasoning();
}

void ReplyWriter::EndReasoning() {
  if (std::exchange(reasoning_open_, false)) {
    mutations_.emplace_back(millrace::EndReasoning{std::exchange(signature_, {})});
  }
  for (std::string& json : std::exchange(redacted_, {})) {
    mutations_.emplace_back(AddPart{CustomPart{"redacted_reasoning", std::move(json), ""}});
  }
}

void ReplyWriter::Other(Part part) {
  EndReasoning();
  mutations_.emplace_back(AddPart{std::move(part)});
}

void ReplyWriter::BeginCall(std::string id, std::string name, std::string input,
                            std::string extra) {
  ToolCallPart call;
  call.id = std::move(id);
  call.name = std::move(name);
  call.input = std::move(input);
  call.extra = std::move(extra);
  Call(std::move(call));
}

void ReplyWriter::Call(ToolCallPart call) {
  EndReasoning();
  mutations_.emplace_back(PutToolCall{std::move(call)});
}

void ReplyWriter::CallInput(const std::string& id, std::string text) {
  if (text.empty()) return;
  mutations_.emplace_back(AppendToolInput{id, std::move(text)});
}

void ReplyWriter::FinishCall(const std::string& id) { mutations_.emplace_back(FinishToolCall{id}); }

void ReplyWriter::Metadata(std::string patch) {
  mutations_.emplace_back(SetMetadata{std::move(patch)});
}

void ReplyWriter::Reset(std::uint32_t from) {
  EndReasoning();
  mutations_.emplace_back(millrace::Reset{from});
}

void ReplyWriter::End(const std::optional<Usage>& usage, Finish finish) {
  EndReasoning();
  if (usage) mutations_.emplace_back(AddPart{CustomPart{"usage", UsageJson(*usage), ""}});
  mutations_.emplace_back(std::move(finish));
}

void ReplyWriter::MoveTo(std::vector<Mutation>& out) {
  std::vector<Mutation> written = std::exchange(mutations_, {});
  std::move(written.begin(), written.end(), std::back_inserter(out));
}

}  // namespace millrace
