// The half of AiSdkReader that reads content: text, reasoning, tools, files and data.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "model/json.h"
#include "model/json_values.h"
#include "streams/ai_sdk_reader.h"
#include "streams/event_fields.h"

namespace millrace {
namespace {

// The id of a text; a server that forgets it writes one text at a time.
std::string TextId(std::string_view chunk) {
  std::string id = IdIn(chunk, "id");
  return id.empty() ? "text" : id;
}

std::string ReasoningId(std::string_view chunk) {
  std::string id = IdIn(chunk, "id");
  return id.empty() ? "reasoning" : id;
}

std::string TextNote(std::string_view chunk) {
  return SomeMembers(chunk, {"providerMetadata", "citations"});
}

std::string ReasoningNote(std::string_view chunk) {
  const std::string_view metadata = json::Member(chunk, "providerMetadata");
  return json::Is(metadata, json::Kind::kObject) ? Compact(metadata) : "";
}

CallFields FieldsOfCall(std::string_view chunk) {
  CallFields fields;
  fields.id = IdIn(chunk, "toolCallId");
  fields.name = json::StringOr(json::Member(chunk, "toolName"), "");
  const std::string_view executed = json::Member(chunk, "providerExecuted");
  if (json::Is(executed, json::Kind::kBool)) fields.provider_executed = executed == "true";
  fields.extra =
      SomeMembers(chunk, {"providerMetadata", "toolMetadata", "title", "dynamic", "inputEncoding"});
  fields.free_text = json::Member(chunk, "inputEncoding") == "\"text\"";
  return fields;
}

ToolResultPart ResultOf(std::string_view chunk) {
  ToolResultPart result;
  result.tool_call_id = IdIn(chunk, "toolCallId");
  result.extra = SomeMembers(chunk, {"providerMetadata", "toolMetadata"});
  return result;
}

ToolResultPart ErrorOf(std::string_view chunk) {
  ToolResultPart result = ResultOf(chunk);
  result.is_error = true;
  result.content = json::StringOr(json::Member(chunk, "errorText"), "");
  return result;
}

}  // namespace

void AiSdkReader::TakeTextStart(std::string_view chunk) {
  texts_.Start(TextId(chunk), TextNote(chunk));
}

void AiSdkReader::TakeTextDelta(std::string_view chunk) {
  texts_.Delta(TextId(chunk), json::Member(chunk, "delta"), TextNote(chunk));
}

void AiSdkReader::TakeTextEnd(std::string_view chunk) {
  texts_.End(TextId(chunk), TextNote(chunk));
}

void AiSdkReader::TakeReasoningStart(std::string_view chunk) {
  reasoning_.Start(ReasoningId(chunk), ReasoningNote(chunk));
}

void AiSdkReader::TakeReasoningDelta(std::string_view chunk) {
  reasoning_.Delta(ReasoningId(chunk), json::Member(chunk, "delta"), ReasoningNote(chunk));
}

void AiSdkReader::TakeReasoningEnd(std::string_view chunk) {
  reasoning_.End(ReasoningId(chunk), ReasoningNote(chunk));
}

void AiSdkReader::TakeInputStart(std::string_view chunk) { calls_.Start(FieldsOfCall(chunk)); }

void AiSdkReader::TakeInputDelta(std::string_view chunk) {
  calls_.Input(IdIn(chunk, "toolCallId"), json::Member(chunk, "inputTextDelta"));
}

void AiSdkReader::TakeInputAvailable(std::string_view chunk) {
  calls_.Complete(FieldsOfCall(chunk), json::Member(chunk, "input"));
}

void AiSdkReader::TakeInputError(std::string_view chunk) {
  TakeInputAvailable(chunk);
  calls_.Result(ErrorOf(chunk));
}

void AiSdkReader::TakeApprovalRequest(std::string_view chunk) {
  CallFields fields;
  fields.id = IdIn(chunk, "toolCallId");
  const std::string approval = IdIn(chunk, "approvalId");
  fields.approval = "{\"id\":";
  json::AppendString(approval, fields.approval);
  fields.approval += '}';
  const std::string more = OtherMembers(chunk, {"type", "toolCallId", "approvalId"});
  if (!more.empty()) fields.extra = "{\"approvalRequest\":" + more + "}";
  approvals_[approval] = fields.id;
  calls_.Set(fields);
}

void AiSdkReader::TakeApprovalResponse(std::string_view chunk) {
  const std::string approval = IdIn(chunk, "approvalId");
  const auto found = approvals_.find(approval);
  if (found == approvals_.end()) return TakeWhole(chunk);
  CallFields fields = FieldsOfCall(chunk);
  fields.id = found->second;
  fields.approval = "{\"id\":";
  json::AppendString(approval, fields.approval);
  const std::string answer = SomeMembers(chunk, {"approved", "reason"});
  if (!answer.empty()) fields.approval.append(",").append(answer, 1, answer.size() - 2);
  fields.approval += '}';
  calls_.Set(fields);
}

void AiSdkReader::TakeOutput(std::string_view chunk) {
  ToolResultPart result = ResultOf(chunk);
  const std::string_view output = json::Member(chunk, "output");
  if (json::Is(output, json::Kind::kString)) {
    result.content = json::DecodeString(output);
  } else {
    result.content = output.empty() ? "null" : Compact(output);
  }
  result.preliminary = json::Member(chunk, "preliminary") == "true";
  calls_.Result(std::move(result));
}

void AiSdkReader::TakeOutputError(std::string_view chunk) { calls_.Result(ErrorOf(chunk)); }

void AiSdkReader::TakeOutputDenied(std::string_view chunk) {
  ToolResultPart result = ResultOf(chunk);
  result.is_error = true;
  result.content = "the tool call was denied";
  result.extra = "{\"denied\":true}";
  calls_.Result(std::move(result));
}

void AiSdkReader::TakeSource(std::string_view chunk) {
  parts_.Add(CustomPart{"source", Compact(chunk), ""});
}

void AiSdkReader::TakeFile(std::string_view chunk) {
  AddFile(chunk, SomeMembers(chunk, {"providerMetadata"}));
}

void AiSdkReader::TakeReasoningFile(std::string_view chunk) {
  std::string extra = SomeMembers(chunk, {"providerMetadata"});
  if (extra.empty()) {
    extra = "{\"reasoning\":true}";
  } else {
    extra.back() = ',';
    extra += "\"reasoning\":true}";
  }
  AddFile(chunk, std::move(extra));
}

void AiSdkReader::AddFile(std::string_view chunk, std::string extra) {
  FilePart file;
  file.media_type = json::StringOr(json::Member(chunk, "mediaType"), "");
  if (file.media_type.empty()) file.media_type = "application/octet-stream";
  file.name = json::StringOr(json::Member(chunk, "filename"), "");
  file.url = json::StringOr(json::Member(chunk, "url"), "");
  file.extra = std::move(extra);
  if (file.url.empty()) return TakeWhole(chunk);
  parts_.Add(std::move(file));
}

// The SDK passes transient data to the application and never stores it.
void AiSdkReader::TakeData(const std::string& type, std::string_view chunk) {
  if (json::Member(chunk, "transient") == "true") return;
  const std::string_view data = json::Member(chunk, "data");
  parts_.Add(CustomPart{type, data.empty() ? "null" : Compact(data), "", IdIn(chunk, "id")});
}

void AiSdkReader::TakeWhole(std::string_view chunk) {
  parts_.Add(
      CustomPart{CustomName(json::StringOr(json::Member(chunk, "type"), "")), Compact(chunk), ""});
}

}  // namespace millrace
