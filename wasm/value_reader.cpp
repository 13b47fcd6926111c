#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "js_value.h"
#include "value_codec.h"

namespace millrace::wasm {
namespace {

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

Result<Usage> ReadUsageObject(const val& object) {
  ObjectReader usage(object, "usage");
  const Usage read{.input_tokens = usage.MaybeAmount("inputTokens").value_or(0),
                   .output_tokens = usage.MaybeAmount("outputTokens").value_or(0),
                   .cached_input_tokens = usage.MaybeAmount("cachedInputTokens"),
                   .reasoning_tokens = usage.MaybeAmount("reasoningTokens"),
                   .cost = usage.MaybeNumber("cost")};
  usage.RefuseOthers();
  if (!usage.ok()) return usage.status();
  return read;
}

std::optional<Usage> ReadUsageOf(ObjectReader& in) {
  const std::optional<val> object = in.MaybeObject("usage");
  if (!object) return std::nullopt;
  const Result<Usage> usage = ReadUsageObject(*object);
  if (usage.ok()) return *usage;
  in.FailInside("usage", usage.status());
  return std::nullopt;
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
  message.metadata = in.JsonOrEmpty("metadata");
  message.usage = ReadUsageOf(in);
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

Caller ReadCaller(const val& caller) {
  Caller result;
  if (KindOf(caller) == Kind::kAbsent) return result;
  ObjectReader in(caller, "caller");
  result.client = in.StringOrEmpty("client");
  result.call = in.MaybeInteger("call").value_or(0);
  result.again = in.BoolOrFalse("again");
  return result;
}

Result<std::optional<Usage>> ReadUsage(const val& usage) {
  if (KindOf(usage) == Kind::kAbsent) return std::optional<Usage>();
  Result<Usage> read = ReadUsageObject(usage);
  return read.ok() ? Result<std::optional<Usage>>(*std::move(read)) : read.status();
}

Result<NewMessage> ReadNewMessage(const SessionId& session_id, const val& init) {
  ObjectReader in(init, "message");
  NewMessage message(ReadContent(in), MaybeId<MessageId>(in.MaybeIdOrNull("parentId")));
  message.content.session_id = session_id;
  message.content.created_at = in.MaybeInteger("createdAt").value_or(0);
  return Checked(in, std::move(message));
}

Result<std::vector<NewMessage>> ReadHistory(const SessionId& session_id, const val& messages) {
  if (KindOf(messages) != Kind::kArray) return InvalidArgument("the messages must be an array");
  std::vector<NewMessage> history;
  for (std::size_t i = 0; i < LengthOf(messages); ++i) {
    Result<NewMessage> message = ReadNewMessage(session_id, ElementOf(messages, i));
    if (!message.ok()) {
      return InvalidArgument("messages[" + std::to_string(i) + "]: " + message.status().message());
    }
    history.push_back(*std::move(message));
  }
  return history;
}

Result<std::string> ReadMetadata(const val& metadata) {
  const std::optional<std::string> json = JsonOf(metadata);
  if (KindOf(metadata) != Kind::kObject || !json) {
    return InvalidArgument("metadata must be an object that JSON can hold");
  }
  return *json;
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
  start.metadata = in.JsonOrEmpty("metadata");
  start.parent = MaybeId<MessageId>(in.MaybeIdOrNull("parentId"));
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
  message.parent_id = MessageId(in.StringOrEmpty("parentId"));
  return Checked(in, std::move(message));
}

Result<Session> ReadNewSession(const val& init) {
  ObjectReader in(init, "session");
  Session session;
  session.id = SessionId(in.String("id"));
  session.title = in.StringOrEmpty("title");
  session.parent_id = SessionId(in.StringOrEmpty("parentId"));
  session.metadata = in.JsonOrEmpty("metadata");
  session.created_at = in.MaybeInteger("createdAt").value_or(0);
  return Checked(in, std::move(session));
}

Result<SessionChange> ReadSessionChange(const val& change) {
  ObjectReader in(change, "change");
  return Checked(in, SessionChange{.title = in.MaybeString("title"),
                                   .prompt_tokens = in.MaybeAmount("promptTokens"),
                                   .completion_tokens = in.MaybeAmount("completionTokens"),
                                   .cost = in.MaybeNumber("cost"),
                                   .summary_message_id =
                                       MaybeId<MessageId>(in.MaybeString("summaryMessageId")),
                                   .archived = in.MaybeBool("archived"),
                                   .metadata_patch = in.JsonOrEmpty("metadata")});
}

Result<SessionQuery> ReadSessionQuery(const val& options) {
  ObjectReader in(options, "options");
  SessionQuery query{.parent_id = MaybeId<SessionId>(in.MaybeString("parentId")),
                     .before = MaybeId<SessionId>(in.MaybeString("before")),
                     .archived = false,
                     .title = in.StringOrEmpty("query"),
                     .limit = in.MaybeCount("limit")};
  // true, false (the default), or 'all'.
  const bool all = in.JsonOrEmpty("archived") == "\"all\"";
  query.archived = all ? std::nullopt : std::optional(in.BoolOrFalse("archived"));
  return Checked(in, std::move(query));
}

Result<ListOptions> ReadListOptions(const val& options) {
  ObjectReader in(options, "options");
  return Checked(in, ListOptions{.head = MaybeId<MessageId>(in.MaybeString("head")),
                                 .all = in.BoolOrFalse("all"),
                                 .limit = in.MaybeCount("limit"),
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
