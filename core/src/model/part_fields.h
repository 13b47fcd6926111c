#pragma once

// The stored form of parts, {"type":"…","data":{…}}. One table, Fields, serves both directions.
//
//   type           always written                              written when set
//   text           text                                        refusal, id
//   reasoning      thinking, signature                         started_at, finished_at (0 = unset),
//   id tool_call      id, name, input, provider_executed, finished
//                                                              approval (an object)
//   tool_result    tool_call_id, name, content, data, mime_type, metadata, is_error
//                                                              preliminary
//   image_url      url                                         detail
//   binary         Path, MIMEType, Data (base64)
//   shell_command  command, output, exit_code
//   file           media_type                                  name, size, blob, url
//   finish         reason, time                                message, details
//
// Reading: a missing or null field has its default; of duplicates the last one counts. Fields that
// are not in the table go to `extra`. Members of the element other than "type" and "data" go there
// too, under the key "$element". Any other element becomes a CustomPart and is written back
// unchanged; its "id", beside "type" and "data", is the part's.
//
// What is missing in Crush's form (id, approval, preliminary, file) came later. An element of
// another program may use these names for something else. So such a field with a value of another
// kind goes to `extra` like an unknown one, and a file without a media type becomes a CustomPart.

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

#include "millrace/model/part.h"

namespace millrace {

// The stored names, in the order of Part's alternatives. A CustomPart has its own name.
inline constexpr std::array<std::string_view, 9> kTypeNames = {
    "text",   "reasoning",     "tool_call", "tool_result", "image_url",
    "binary", "shell_command", "file",      "finish"};
static_assert(kTypeNames.size() + 1 == std::variant_size_v<Part>);

inline constexpr std::string_view kElementKey = "$element";

// An element nested deeper than this is kept but not parsed, so that recursive parsers can read
// `extra` and `data` safely. Real parts have only a few levels.
inline constexpr std::size_t kMaxDepth = 256;

// Fields whose stored form differs from their C++ type.
template <typename String>
struct Base64 {
  String& bytes;
};
template <typename String>
Base64(String&) -> Base64<String>;

template <typename Finish>
struct Reason {
  Finish& finish;
};
template <typename Finish>
Reason(Finish&) -> Reason<Finish>;

// An optional field that came later than the part that has it.
template <typename T>
struct Late {
  T& value;
};
template <typename T>
Late(T&) -> Late<T>;

// The same, for JSON text of an object.
template <typename String>
struct LateObject {
  String& json;
};
template <typename String>
LateObject(String&) -> LateObject<String>;

enum class Write { kAlways, kWhenSet };

template <typename P, typename Expected>
concept Is = std::is_same_v<std::remove_const_t<P>, Expected>;

template <Is<TextPart> P, typename Visitor>
void Fields(P& part, Visitor& visit) {
  visit("text", part.text, Write::kAlways);
  visit("refusal", part.refusal, Write::kWhenSet);
  visit("id", Late{part.id}, Write::kWhenSet);
}

template <Is<ReasoningPart> P, typename Visitor>
void Fields(P& part, Visitor& visit) {
  visit("thinking", part.text, Write::kAlways);
  visit("signature", part.signature, Write::kAlways);
  visit("started_at", part.started_at, Write::kWhenSet);
  visit("finished_at", part.finished_at, Write::kWhenSet);
  visit("id", Late{part.id}, Write::kWhenSet);
}

template <Is<ToolCallPart> P, typename Visitor>
void Fields(P& part, Visitor& visit) {
  visit("id", part.id, Write::kAlways);
  visit("name", part.name, Write::kAlways);
  visit("input", part.input, Write::kAlways);
  visit("provider_executed", part.provider_executed, Write::kAlways);
  visit("finished", part.finished, Write::kAlways);
  visit("approval", LateObject{part.approval}, Write::kWhenSet);
}

template <Is<ToolResultPart> P, typename Visitor>
void Fields(P& part, Visitor& visit) {
  visit("tool_call_id", part.tool_call_id, Write::kAlways);
  visit("name", part.name, Write::kAlways);
  visit("content", part.content, Write::kAlways);
  visit("data", part.data, Write::kAlways);
  visit("mime_type", part.mime_type, Write::kAlways);
  visit("metadata", part.metadata, Write::kAlways);
  visit("is_error", part.is_error, Write::kAlways);
  visit("preliminary", Late{part.preliminary}, Write::kWhenSet);
}

template <Is<ImageUrlPart> P, typename Visitor>
void Fields(P& part, Visitor& visit) {
  visit("url", part.url, Write::kAlways);
  visit("detail", part.detail, Write::kWhenSet);
}

template <Is<BinaryPart> P, typename Visitor>
void Fields(P& part, Visitor& visit) {
  visit("Path", part.path, Write::kAlways);
  visit("MIMEType", part.mime_type, Write::kAlways);
  visit("Data", Base64{part.data}, Write::kAlways);
}

template <Is<ShellCommandPart> P, typename Visitor>
void Fields(P& part, Visitor& visit) {
  visit("command", part.command, Write::kAlways);
  visit("output", part.output, Write::kAlways);
  visit("exit_code", part.exit_code, Write::kAlways);
}

template <Is<FilePart> P, typename Visitor>
void Fields(P& part, Visitor& visit) {
  visit("media_type", part.media_type, Write::kAlways);
  visit("name", Late{part.name}, Write::kWhenSet);
  visit("size", Late{part.size}, Write::kWhenSet);
  visit("blob", Late{part.blob}, Write::kWhenSet);
  visit("url", Late{part.url}, Write::kWhenSet);
}

template <Is<FinishPart> P, typename Visitor>
void Fields(P& part, Visitor& visit) {
  visit("reason", Reason{part}, Write::kAlways);
  visit("time", part.time, Write::kAlways);
  visit("message", part.message, Write::kWhenSet);
  visit("details", part.details, Write::kWhenSet);
}

// Appends a key to an object that is being written and is not closed yet.
inline void AppendKey(std::string_view quoted_key, std::string& out) {
  if (out.back() != '{') out.push_back(',');
  out.append(quoted_key);
  out.push_back(':');
}

// Whether the table has a field with that name.
struct FieldFinder {
  std::string_view name;
  bool found = false;

  template <typename T>
  void operator()(std::string_view field, const T& /*value*/, Write /*when*/) {
    found = found || field == name;
  }
  // A field that is not set may be in `extra`, with a value of another kind.
  template <typename T>
  void operator()(std::string_view field, Late<T> late, Write /*when*/) {
    found = found || (field == name && late.value != T());
  }
  template <typename String>
  void operator()(std::string_view field, LateObject<String> late, Write /*when*/) {
    found = found || (field == name && !late.json.empty());
  }
};

}  // namespace millrace
