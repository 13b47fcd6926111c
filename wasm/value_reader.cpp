#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

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
  return TextPart{
      .text = in.String("text"), .refusal = in.BoolOrFalse("refusal"), .extra = ReadExtra(in)};
}

Part ReadReasoning(ObjectReader& in) {
  return ReasoningPart{.text = in.String("text"),
                       .signature = in.StringOrEmpty("signature"),
                       .started_at = in.MaybeInteger("startedAt"),
                       .finished_at = in.MaybeInteger("finishedAt"),
                       .extra = ReadExtra(in)};
}

ToolCallPart ReadCall(ObjectReader& in) {
  return ToolCallPart{.id = in.Id("id"),
                      .name = in.String("name"),
                      .input = in.StringOrEmpty("input"),
                      .finished = in.BoolOrFalse("finished"),
                      .provider_executed = in.BoolOrFalse("providerExecuted"),
                      .extra = ReadExtra(in)};
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
                        .extra = ReadExtra(in)};
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
std::string ReadVerbatim(ObjectReader& in, const std::string& name, const std::string& data) {
  std::string verbatim = in.StringOrEmpty("verbatim");
  if (verbatim.empty()) return verbatim;
  const val stored = JsonToJs(verbatim);
  if (KindOf(stored) != Kind::kObject) return verbatim;
  ObjectReader element(stored, "verbatim");
  std::string stored_data = element.JsonOrEmpty("data");
  if (stored_data.empty()) stored_data = "null";
  return element.StringOrEmpty("type") == name && stored_data == data ? verbatim : std::string();
}

Part ReadCustom(ObjectReader& in) {
  CustomPart part{.name = in.String("name"), .data = in.JsonOrEmpty("data"), .verbatim = {}};
  if (part.data.empty()) part.data = "null";
  part.verbatim = ReadVerbatim(in, part.name, part.data);
  return part;
}

struct PartType {
  std::string_view name;
  Part (*read)(ObjectReader& in);
};
constexpr std::array<PartType, 9> kPartTypes = {{{"text", ReadText},
                                                 {"reasoning", ReadReasoning},
                                                 {"tool_call", ReadToolCall},
                                                 {"tool_result", ReadToolResult},
                                                 {"image_url", ReadImageUrl},
                                                 {"binary", ReadBinary},
                                                 {"shell_command", ReadShellCommand},
                                                 {"finish", ReadFinish},
                                                 {"custom", ReadCustom}}};

// ---- mutations

Mutation ReadAppendText(ObjectReader& in) {
  return AppendText{.text = in.String("text"), .refusal = in.BoolOrFalse("refusal")};
}
Mutation ReadAppendReasoning(ObjectReader& in) { return AppendReasoning{in.String("text")}; }
Mutation ReadEndReasoning(ObjectReader& in) { return EndReasoning{in.StringOrEmpty("signature")}; }
Mutation ReadAppendToolInput(ObjectReader& in) {
  return AppendToolInput{.tool_call_id = in.String("toolCallId"), .text = in.String("text")};
}
Mutation ReadFinishToolCall(ObjectReader& in) { return FinishToolCall{in.String("toolCallId")}; }
Mutation ReadReset(ObjectReader&) { return Reset{}; }
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
constexpr std::array<MutationOp, 9> kMutationOps = {{{"appendText", ReadAppendText},
                                                     {"appendReasoning", ReadAppendReasoning},
                                                     {"appendToolInput", ReadAppendToolInput},
                                                     {"endReasoning", ReadEndReasoning},
                                                     {"putToolCall", ReadPutToolCall},
                                                     {"finishToolCall", ReadFinishToolCall},
                                                     {"addPart", ReadAddPart},
                                                     {"reset", ReadReset},
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

// ---- messages

std::vector<Part> ReadParts(ObjectReader& in) {
  const val array = in.Array("parts");
  std::vector<Part> parts;
  const std::size_t size = LengthOf(array);
  parts.reserve(size);
  for (std::size_t i = 0; i < size; ++i) {
    auto part = ReadPart(ElementOf(array, i));
    if (!part.ok()) {
      in.FailInside("parts", i, part.status());
      break;
    }
    parts.push_back(std::move(*part));
  }
  return parts;
}

// The fields that a new message and a snapshot have in common.
Message ReadContent(ObjectReader& in) {
  Message message;
  message.id = MessageId(in.String("id"));
  const auto role = RoleFromName(in.String("role"));
  if (!role) in.Fail("role", "must be user, assistant, system or tool");
  message.role = role.value_or(Role::kAssistant);
  message.parts = ReadParts(in);
  message.model = in.StringOrEmpty("model");
  message.provider = in.StringOrEmpty("provider");
  message.is_summary = in.BoolOrFalse("isSummary");
  return message;
}

template <typename IdType>
std::optional<IdType> MaybeId(std::optional<std::string> text) {
  if (!text) return std::nullopt;
  return IdType(*std::move(text));
}

template <typename T>
Result<T> Checked(ObjectReader& in, T value) {
  in.RefuseOthers();
  if (!in.ok()) return in.status();
  return value;
}

}  // namespace

Result<Part> ReadPart(const val& part) {
  ObjectReader in(part, "part");
  const std::string type = in.String("type");
  for (const PartType& known : kPartTypes) {
    if (known.name != type) continue;
    Part result = known.read(in);
    return Checked(in, std::move(result));
  }
  in.Fail("type", "is no type of part; use {type: 'custom', name, data} for your own");
  return in.status();
}

Caller ReadCaller(const val& caller) {
  Caller result;
  if (KindOf(caller) == Kind::kAbsent) return result;
  ObjectReader in(caller, "caller");
  result.client = in.StringOrEmpty("client");
  result.call = in.MaybeInteger("call").value_or(0);
  result.again = in.BoolOrFalse("again");
  return result;
}

std::optional<Usage> ReadUsage(const val& usage) {
  if (KindOf(usage) == Kind::kAbsent) return std::nullopt;
  ObjectReader in(usage, "usage");
  return Usage{.input_tokens = in.MaybeAmount("inputTokens").value_or(0),
               .output_tokens = in.MaybeAmount("outputTokens").value_or(0)};
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

Result<Message> ReadNewMessage(const SessionId& session_id, const val& init) {
  ObjectReader in(init, "message");
  Message message = ReadContent(in);
  message.session_id = session_id;
  return Checked(in, std::move(message));
}

Result<ReplyStart> ReadReplyStart(const val& value) {
  ObjectReader in(value, "reply");
  ReplyStart start;
  start.session_id = SessionId(in.String("sessionId"));
  start.id = MessageId(in.String("messageId"));
  start.resume = in.BoolOrFalse("resume");
  start.model = in.StringOrEmpty("model");
  start.provider = in.StringOrEmpty("provider");
  start.origin.writer = in.String("writer");
  start.origin.run = in.Integer("run");
  return Checked(in, std::move(start));
}

Result<Message> ReadMessage(const val& value) {
  ObjectReader in(value, "message");
  Message message = ReadContent(in);
  message.session_id = SessionId(in.String("sessionId"));
  message.created_at = in.Integer("createdAt");
  message.updated_at = in.Integer("updatedAt");
  message.finished_at = in.MaybeInteger("finishedAt");
  message.version = in.Integer("version");
  return Checked(in, std::move(message));
}

Result<Session> ReadNewSession(const val& init) {
  ObjectReader in(init, "session");
  Session session;
  session.id = SessionId(in.String("id"));
  session.title = in.StringOrEmpty("title");
  session.parent_id = SessionId(in.StringOrEmpty("parentId"));
  return Checked(in, std::move(session));
}

Result<SessionChange> ReadSessionChange(const val& change) {
  ObjectReader in(change, "change");
  return Checked(in, SessionChange{.title = in.MaybeString("title"),
                                   .prompt_tokens = in.MaybeAmount("promptTokens"),
                                   .completion_tokens = in.MaybeAmount("completionTokens"),
                                   .cost = in.MaybeNumber("cost"),
                                   .summary_message_id =
                                       MaybeId<MessageId>(in.MaybeString("summaryMessageId"))});
}

Result<SessionQuery> ReadSessionQuery(const val& options) {
  ObjectReader in(options, "options");
  return Checked(in, SessionQuery{.parent_id = MaybeId<SessionId>(in.MaybeString("parentId")),
                                  .limit = in.MaybeCount("limit")});
}

Result<ListOptions> ReadListOptions(const val& options) {
  ObjectReader in(options, "options");
  return Checked(in, ListOptions{.limit = in.MaybeCount("limit"),
                                 .before = MaybeId<MessageId>(in.MaybeString("before")),
                                 .after = MaybeId<MessageId>(in.MaybeString("after")),
                                 .committed = in.BoolOrFalse("committed")});
}

Status ReadError(const val& error) {
  ObjectReader in(error, "error");
  const auto code = CodeFromName(in.String("code"));
  std::string message = in.StringOrEmpty("message");
  if (!in.ok()) return in.status();
  if (!code || *code == Code::kOk) return Internal(std::move(message));
  return {*code, std::move(message)};
}

std::vector<EventFilter> ReadFilters(const val& filters) {
  std::vector<EventFilter> result;
  if (KindOf(filters) != Kind::kArray) return {EventFilter()};
  for (std::size_t i = 0; i < LengthOf(filters); ++i) {
    ObjectReader in(ElementOf(filters, i), "filter");
    EventFilter filter;
    filter.session_id = MaybeId<SessionId>(in.MaybeString("sessionId"));
    filter.message_id = MaybeId<MessageId>(in.MaybeString("messageId"));
    const val types = in.Array("types");
    for (std::size_t n = 0; n < LengthOf(types); ++n) {
      const auto type = ReadWord(ElementOf(types, n), "a type");
      if (!filter.kinds) filter.kinds.emplace();
      const auto kind = type.ok() ? EventIndexFromName(*type) : std::nullopt;
      if (kind) filter.kinds->set(*kind);
    }
    result.push_back(std::move(filter));
  }
  return result;
}

Result<std::string> ReadWord(const val& word, const char* what) {
  if (KindOf(word) != Kind::kString) {
    return InvalidArgument(std::string(what) + " must be a string");
  }
  return StringOf(word);
}

Result<SearchQuery> ReadSearchQuery(const val& text, const val& options) {
  if (KindOf(text) != Kind::kString) return InvalidArgument("the query must be a string");
  ObjectReader in(options, "options");
  SearchQuery query;
  query.text = StringOf(text);
  if (auto session = in.MaybeString("sessionId")) {
    query.session_id = SessionId(*std::move(session));
  }
  query.limit = in.MaybeCount("limit");
  if (const auto from = in.MaybeObject("from")) {
    ObjectReader position(*from, "options.from");
    query.from = SearchPosition{position.Integer("before"), position.BoolOrFalse("longer")};
    position.RefuseOthers();
    if (!position.ok()) return position.status();
  }
  return Checked(in, std::move(query));
}

}  // namespace millrace::wasm
