// Reads parts, and the mutations that carry them. The rest is value_reader.cpp's.
#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "js_value.h"
#include "value_codec.h"

namespace millrace::wasm {
namespace {

// ---- parts

// `extra`: an object with the stored fields that this version does not know.
std::string ReadExtra(ObjectReader& in) {
  std::string json = in.JsonOrEmpty("extra");
  if (!json.empty() && json.front() != '{') in.Fail("extra", "must be an object");
  return json == "{}" ? std::string() : json;
}

Part ReadText(ObjectReader& in) {
  return TextPart{.text = in.String("text"),
                  .refusal = in.BoolOrFalse("refusal"),
                  .extra = ReadExtra(in),
                  .id = in.StringOrEmpty("id")};
}

Part ReadReasoning(ObjectReader& in) {
  return ReasoningPart{.text = in.String("text"),
                       .signature = in.StringOrEmpty("signature"),
                       .started_at = in.MaybeInteger("startedAt"),
                       .finished_at = in.MaybeInteger("finishedAt"),
                       .extra = ReadExtra(in),
                       .id = in.StringOrEmpty("id")};
}

// {id, approved, reason}. The application may add fields of its own.
std::string ReadApproval(ObjectReader& in) {
  std::string json = in.JsonOrEmpty("approval");
  if (json.empty() || json == "null") return "";
  if (json.front() != '{') {
    in.Fail("approval", "must be an object");
    return "";
  }
  ObjectReader approval(in.Object("approval"), "approval");
  approval.Id("id");
  approval.BoolOrFalse("approved");
  approval.StringOrEmpty("reason");
  if (!approval.ok()) in.FailInside("approval", approval.status());
  return json;
}

ToolCallPart ReadCall(ObjectReader& in) {
  return ToolCallPart{.id = in.Id("id"),
                      .name = in.String("name"),
                      .input = in.StringOrEmpty("input"),
                      .finished = in.BoolOrFalse("finished"),
                      .provider_executed = in.BoolOrFalse("providerExecuted"),
                      .extra = ReadExtra(in),
                      .approval = ReadApproval(in)};
}

Part ReadToolCall(ObjectReader& in) { return ReadCall(in); }

Part ReadToolResult(ObjectReader& in) {
  return ToolResultPart{.tool_call_id = in.Id("toolCallId"),
                        .name = in.String("name"),
                        .content = in.String("content"),
                        .data = in.StringOrEmpty("data"),
                        .mime_type = in.StringOrEmpty("mimeType"),
                        .metadata = in.StringOrEmpty("metadata"),
                        .is_error = in.BoolOrFalse("isError"),
                        .extra = ReadExtra(in),
                        .preliminary = in.BoolOrFalse("preliminary")};
}

Part ReadImageUrl(ObjectReader& in) {
  return ImageUrlPart{
      .url = in.String("url"), .detail = in.StringOrEmpty("detail"), .extra = ReadExtra(in)};
}

Part ReadBinary(ObjectReader& in) {
  return BinaryPart{.path = in.StringOrEmpty("path"),
                    .mime_type = in.String("mimeType"),
                    .data = in.Bytes("data"),
                    .extra = ReadExtra(in)};
}

Part ReadShellCommand(ObjectReader& in) {
  return ShellCommandPart{.command = in.String("command"),
                          .output = in.String("output"),
                          .exit_code = in.Integer("exitCode"),
                          .extra = ReadExtra(in)};
}

Part ReadFile(ObjectReader& in) {
  return FilePart{.media_type = in.Id("mediaType"),
                  .name = in.StringOrEmpty("name"),
                  .size = in.MaybeAmount("size"),
                  .blob = in.StringOrEmpty("blob"),
                  .url = in.StringOrEmpty("url"),
                  .extra = ReadExtra(in)};
}

FinishReason ReadReason(ObjectReader& in) {
  const auto reason = FinishReasonFromName(in.String("reason"));
  if (!reason) in.Fail("reason", "is no finish reason");
  return reason.value_or(FinishReason::kUnknown);
}

Part ReadFinish(ObjectReader& in) {
  FinishPart part{.reason = ReadReason(in),
                  .time = in.Integer("time"),
                  .message = in.StringOrEmpty("message"),
                  .details = in.StringOrEmpty("details"),
                  .foreign_reason = {},
                  .extra = ReadExtra(in)};
  if (part.reason == FinishReason::kUnknown && !part.extra.empty()) {
    // The writer puts a stored word that is no FinishReason there.
    const val extra = JsonToJs(part.extra);
    part.foreign_reason = ObjectReader(extra, "extra").StringOrEmpty("reason");
    SetProperty(extra, "reason", val::undefined());
    part.extra = JsonOf(extra).value_or(std::string());
    if (part.extra == "{}") part.extra.clear();
  }
  return part;
}

// A snapshot that comes back keeps the stored element, unless the part was changed since.
std::string ReadVerbatim(ObjectReader& in, const CustomPart& part) {
  std::string verbatim = in.StringOrEmpty("verbatim");
  if (verbatim.empty()) return verbatim;
  const val stored = JsonToJs(verbatim);
  if (KindOf(stored) != Kind::kObject) return verbatim;
  ObjectReader element(stored, "verbatim");
  std::string stored_data = element.JsonOrEmpty("data");
  if (stored_data.empty()) stored_data = "null";
  const bool same = element.StringOrEmpty("type") == part.name && stored_data == part.data &&
                    element.StringOrEmpty("id") == part.id;
  return same ? verbatim : std::string();
}

Part ReadCustom(ObjectReader& in) {
  CustomPart part{.name = in.String("name"),
                  .data = in.JsonOrEmpty("data"),
                  .verbatim = {},
                  .id = in.StringOrEmpty("id")};
  if (part.data.empty()) part.data = "null";
  part.verbatim = ReadVerbatim(in, part);
  return part;
}

struct PartType {
  std::string_view name;
  Part (*read)(ObjectReader& in);
};
constexpr std::array<PartType, 10> kPartTypes = {{{"text", ReadText},
                                                  {"reasoning", ReadReasoning},
                                                  {"tool_call", ReadToolCall},
                                                  {"tool_result", ReadToolResult},
                                                  {"image_url", ReadImageUrl},
                                                  {"binary", ReadBinary},
                                                  {"shell_command", ReadShellCommand},
                                                  {"file", ReadFile},
                                                  {"finish", ReadFinish},
                                                  {"custom", ReadCustom}}};

// ---- mutations

Mutation ReadAppendText(ObjectReader& in) {
  return AppendText{.text = in.String("text"),
                    .refusal = in.BoolOrFalse("refusal"),
                    .part = in.StringOrEmpty("part")};
}
Mutation ReadAppendReasoning(ObjectReader& in) {
  return AppendReasoning{.text = in.String("text"), .part = in.StringOrEmpty("part")};
}
Mutation ReadEndReasoning(ObjectReader& in) {
  return EndReasoning{.signature = in.StringOrEmpty("signature"), .part = in.StringOrEmpty("part")};
}
Mutation ReadAppendToolInput(ObjectReader& in) {
  return AppendToolInput{.tool_call_id = in.String("toolCallId"), .text = in.String("text")};
}
Mutation ReadFinishToolCall(ObjectReader& in) { return FinishToolCall{in.String("toolCallId")}; }
Mutation ReadReset(ObjectReader& in) {
  const std::int64_t from = in.MaybeAmount("from").value_or(0);
  return Reset{static_cast<std::uint32_t>(std::min<std::int64_t>(from, UINT32_MAX))};
}
Mutation ReadFinishMessage(ObjectReader& in) {
  return Finish{.reason = ReadReason(in),
                .message = in.StringOrEmpty("message"),
                .details = in.StringOrEmpty("details")};
}
Mutation ReadPutToolCall(ObjectReader& in) {
  ObjectReader call(in.Object("call"), "call");
  PutToolCall put{ReadCall(call)};
  call.RefuseOthers();
  if (!call.ok()) in.FailInside("call", call.status());
  return put;
}
Mutation ReadAddPart(ObjectReader& in) {
  auto part = ReadPart(in.Object("part"));
  if (part.ok()) return AddPart{std::move(*part)};
  in.FailInside("part", part.status());
  return AddPart{};
}

struct MutationOp {
  std::string_view name;
  Mutation (*read)(ObjectReader& in);
};
// The deltas come first, because nearly all mutations are deltas.
Mutation ReadSetMetadata(ObjectReader& in) { return SetMetadata{in.JsonOrEmpty("patch")}; }

constexpr std::array<MutationOp, 10> kMutationOps = {{{"appendText", ReadAppendText},
                                                      {"appendReasoning", ReadAppendReasoning},
                                                      {"appendToolInput", ReadAppendToolInput},
                                                      {"endReasoning", ReadEndReasoning},
                                                      {"putToolCall", ReadPutToolCall},
                                                      {"finishToolCall", ReadFinishToolCall},
                                                      {"addPart", ReadAddPart},
                                                      {"reset", ReadReset},
                                                      {"setMetadata", ReadSetMetadata},
                                                      {"finish", ReadFinishMessage}}};

Result<Mutation> ReadMutation(val mutation) {
  ObjectReader in(std::move(mutation), "mutation");
  const std::string op = in.String("op");
  for (const MutationOp& known : kMutationOps) {
    if (known.name != op) continue;
    Mutation result = known.read(in);
    if (!in.ok()) return in.status();
    return result;
  }
  in.Fail("op", "is no operation");
  return in.status();
}

}  // namespace

Result<Part> ReadPart(const val& part) {
  ObjectReader in(part, "part");
  const std::string type = in.String("type");
  for (const PartType& known : kPartTypes) {
    if (known.name != type) continue;
    Part result = known.read(in);
    in.RefuseOthers();
    if (!in.ok()) return in.status();
    return result;
  }
  in.Fail("type", "is no type of part; use {type: 'custom', name, data} for your own");
  return in.status();
}

Result<std::vector<Mutation>> ReadMutations(const val& mutations) {
  if (KindOf(mutations) != Kind::kArray) return InvalidArgument("mutations must be an array");
  const std::size_t size = LengthOf(mutations);
  std::vector<Mutation> result;
  result.reserve(size);
  for (std::size_t i = 0; i < size; ++i) {
    auto mutation = ReadMutation(ElementOf(mutations, i));
    if (!mutation.ok()) return mutation.status();
    result.push_back(std::move(*mutation));
  }
  return result;
}

}  // namespace millrace::wasm
