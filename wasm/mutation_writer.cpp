#include <cstddef>
#include <variant>
#include <vector>

#include "js_value.h"
#include "json_writer.h"
#include "message_shape.h"
#include "value_codec.h"

namespace millrace::wasm {
namespace {

struct MutationWriter {
  JsonWriter& out;

  void operator()(const AppendText& op) {
    out.Set("op", "appendText")
        .Set("text", op.text)
        .SetIf("refusal", op.refusal)
        .SetUnlessEmpty("part", op.part);
  }
  void operator()(const AppendReasoning& op) {
    out.Set("op", "appendReasoning").Set("text", op.text).SetUnlessEmpty("part", op.part);
  }
  void operator()(const EndReasoning& op) {
    out.Set("op", "endReasoning")
        .SetUnlessEmpty("signature", op.signature)
        .SetUnlessEmpty("part", op.part);
  }
  void operator()(const PutToolCall& op) {
    out.Set("op", "putToolCall").SetObject("call", [&](JsonWriter& call) {
      PartShape<JsonWriter>{call}.SetCall(op.call);
    });
  }
  void operator()(const AppendToolInput& op) {
    out.Set("op", "appendToolInput").Set("toolCallId", op.tool_call_id).Set("text", op.text);
  }
  void operator()(const FinishToolCall& op) {
    out.Set("op", "finishToolCall").Set("toolCallId", op.tool_call_id);
  }
  void operator()(const AddPart& op) {
    out.Set("op", "addPart").SetObject("part", [&](JsonWriter& part) { Describe(op.part, part); });
  }
  void operator()(const Reset& op) { out.Set("op", "reset").Set("from", std::int64_t{op.from}); }
  void operator()(const Finish& op) {
    out.Set("op", "finish")
        .Set("reason", FinishReasonName(op.reason))
        .SetUnlessEmpty("message", op.message)
        .SetUnlessEmpty("details", op.details);
  }
  void operator()(const SetMetadata& op) {
    out.Set("op", "setMetadata").SetJson("patch", op.patch);
  }
  // No stream reader makes these.
  void operator()(const Resume&) {}
  void operator()(const Replace&) {}
  void operator()(const SetUsage&) {}
  void operator()(const SetResume&) {}
};

bool HasBytes(const Mutation& mutation) {
  const auto* add = std::get_if<AddPart>(&mutation);
  return add != nullptr && std::holds_alternative<BinaryPart>(add->part);
}

}  // namespace

val ToJs(const std::vector<Mutation>& mutations) {
  JsonText text;
  for (const Mutation& mutation : mutations) {
    text.json.push_back(text.json.empty() ? '[' : ',');
    JsonWriter object(text);
    std::visit(MutationWriter{object}, mutation);
  }
  if (text.json.empty()) return val::array();
  text.json.push_back(']');
  val all = JsonToJs(text.json);
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < mutations.size(); ++i) {
    if (!HasBytes(mutations[i])) continue;
    SetProperty(PropertyOf(ElementOf(all, i), "part"), "data", ElementOf(text.bytes, bytes++));
  }
  return all;
}

}  // namespace millrace::wasm
