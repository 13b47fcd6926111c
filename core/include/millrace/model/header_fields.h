#pragma once

#include <concepts>
#include <tuple>
#include <type_traits>

#include "millrace/model/message.h"
#include "millrace/model/mutation.h"
#include "millrace/model/patch.h"
#include "millrace/model/session.h"

namespace millrace {

// The one list of the fields of a message and of a session. Rows, the delta log, patches and what a
// page sees follow from the tables below. A visitor is called as visit(HeaderField, value&) for
// each field.
//
// Each table unpacks its struct first, so a new member does not compile until the table names it.

struct HeaderField {
  // When the storage writes a field.
  enum class Stored {
    kEachTime,
    kOnce,       // with the row's first write: it never changes
    kByStorage,  // never by us: the storage keeps it itself
    kBeside,     // in a table of its own (storage/sqlite/message_notes.h, message_tree.h)
  };
  enum class Shown { kAlways, kUnlessEmpty, kHidden };

  const char* column;    // its name in rows and in the delta log
  const char* property;  // its name for a page; a literal, see Key in wasm/js_value.h
  Stored stored = Stored::kEachTime;
  Shown shown = Shown::kAlways;
  int since = 1;  // the version of the schema that has the column
};

// An optional id of something else. If it is missing, it is stored as NULL and not shown.
template <typename IdType>
struct OptionalId {
  IdType& id;
};
template <typename IdType>
OptionalId(IdType&) -> OptionalId<IdType>;

// JSON text of an object. If it is "", it is stored as NULL and not shown.
template <typename Text>
struct JsonField {
  Text& json;
};
template <typename Text>
JsonField(Text&) -> JsonField<Text>;

template <typename T, typename Expected>
concept ConstOr = std::same_as<std::remove_const_t<T>, Expected>;

// ---- fields of a message, besides its parts, that a writer may change

inline constexpr HeaderField kModelField = {
    .column = "model", .property = "model", .shown = HeaderField::Shown::kUnlessEmpty};
inline constexpr HeaderField kProviderField = {
    .column = "provider", .property = "provider", .shown = HeaderField::Shown::kUnlessEmpty};
inline constexpr HeaderField kIsSummaryField = {.column = "is_summary", .property = "isSummary"};
inline constexpr HeaderField kFinishedAtField = {
    .column = "finished_at", .property = "finishedAt", .shown = HeaderField::Shown::kUnlessEmpty};

// The fields that a snapshot, a message and a header op have in common, to compare or copy at once.
template <typename T>
auto WrittenHeader(T& value) {
  return std::tie(value.model, value.provider, value.is_summary);
}

// The fields of a header op: those above and the time of the finish.
template <typename Visitor>
void HeaderFields(ConstOr<HeaderOp> auto& op, Visitor&& visit) {
  auto& [model, provider, is_summary, finished_at] = op;
  visit(kModelField, model);
  visit(kProviderField, provider);
  visit(kIsSummaryField, is_summary);
  visit(kFinishedAtField, finished_at);
}

inline HeaderOp HeaderOf(const Message& message) {
  return {message.model, message.provider, message.is_summary, message.finished_at};
}

inline void SetHeader(const HeaderOp& op, Message& message) {
  WrittenHeader(message) = WrittenHeader(op);
  message.finished_at = op.finished_at;
}

inline constexpr HeaderField kMetadataField = {
    .column = "metadata", .property = "metadata", .stored = HeaderField::Stored::kBeside};
inline constexpr HeaderField kUsageField = {
    .column = "usage", .property = "usage", .stored = HeaderField::Stored::kBeside};

inline constexpr HeaderField kResumeField = {.column = "resume",
                                             .property = "resume",
                                             .stored = HeaderField::Stored::kBeside,
                                             .shown = HeaderField::Shown::kHidden,
                                             .since = 10};

inline void SetNotes(const NotesOp& op, Message& message) {
  if (op.metadata) message.metadata = *op.metadata;
  if (op.usage) message.usage = op.usage;
  if (op.resume) message.resume = *op.resume;
}

// ---- all fields of a message

template <typename Visitor>
void MessageFields(ConstOr<Message> auto& message, Visitor&& visit) {
  using Stored = HeaderField::Stored;
  using Shown = HeaderField::Shown;
  auto& [id, session_id, parent_id, role, parts, model, provider, is_summary, metadata, usage,
         resume, created_at, updated_at, finished_at, seq, version] = message;
  visit(HeaderField{"seq", "seq", Stored::kOnce, Shown::kHidden}, seq);
  visit(HeaderField{"id", "id", Stored::kOnce}, id);
  visit(HeaderField{"session_id", "sessionId", Stored::kOnce}, session_id);
  visit(HeaderField{"parent_id", "parentId", Stored::kBeside}, OptionalId{parent_id});
  visit(HeaderField{"role", "role", Stored::kOnce}, role);
  visit(HeaderField{"parts", "parts"}, parts);
  visit(kModelField, model);
  visit(kProviderField, provider);
  visit(kIsSummaryField, is_summary);
  visit(kMetadataField, JsonField{metadata});
  visit(kUsageField, usage);
  visit(kResumeField, JsonField{resume});
  visit(HeaderField{"created_at", "createdAt", Stored::kOnce}, created_at);
  visit(HeaderField{"updated_at", "updatedAt"}, updated_at);
  visit(kFinishedAtField, finished_at);
  visit(HeaderField{"version", "version"}, version);
}

// ---- all fields of a session

template <typename Visitor>
void SessionFields(ConstOr<Session> auto& session, Visitor&& visit) {
  using Stored = HeaderField::Stored;
  auto& [id, parent_id, title, message_count, prompt_tokens, completion_tokens, cost,
         summary_message_id, head_id, metadata, archived, created_at, updated_at] = session;

  visit(HeaderField{"id", "id", Stored::kOnce}, id);
  visit(HeaderField{"parent_id", "parentId"}, OptionalId{parent_id});
  visit(HeaderField{"title", "title"}, title);
  visit(HeaderField{.column = "message_count",
                    .property = "messageCount",
                    .stored = Stored::kByStorage,
                    .since = 4},
        message_count);
  visit(HeaderField{"prompt_tokens", "promptTokens"}, prompt_tokens);
  visit(HeaderField{"completion_tokens", "completionTokens"}, completion_tokens);
  visit(HeaderField{"cost", "cost"}, cost);
  visit(HeaderField{"summary_message_id", "summaryMessageId"}, OptionalId{summary_message_id});
  visit(
      HeaderField{
          .column = "head_id", .property = "headId", .stored = Stored::kByStorage, .since = 7},
      OptionalId{head_id});
  visit(HeaderField{.column = "metadata", .property = "metadata", .since = 7}, JsonField{metadata});
  visit(HeaderField{.column = "archived", .property = "archived", .since = 7}, archived);
  visit(HeaderField{"created_at", "createdAt"}, created_at);
  visit(HeaderField{"updated_at", "updatedAt"}, updated_at);
}

// What a change of a session may set: calls visit(optional of the change, field of the session).
// Its metadata is changed by a patch, not set.
template <typename Visitor>
void ChangedFields(const SessionChange& change, Session& session, Visitor&& visit) {
  const auto& [title, prompt_tokens, completion_tokens, cost, summary_message_id, archived,
               metadata_patch] = change;
  visit(title, session.title);
  visit(prompt_tokens, session.prompt_tokens);
  visit(completion_tokens, session.completion_tokens);
  visit(cost, session.cost);
  visit(summary_message_id, session.summary_message_id);
  visit(archived, session.archived);
}

}  // namespace millrace
