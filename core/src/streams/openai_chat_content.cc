// The half of OpenAiChatReader that reads the content of a delta: text, reasoning, images, sources.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/base64.h"
#include "model/json.h"
#include "model/json_values.h"
#include "streams/event_fields.h"
#include "streams/openai_chat_reader.h"

namespace millrace {
namespace {

// Whether a reasoning value has any content, whatever its shape.
bool HasContent(std::string_view value) {
  return json::HasText(value) || json::Is(value, json::Kind::kObject) ||
         json::Is(value, json::Kind::kArray);
}

// Whether the delta says that its content is the model's thought.
bool IsThought(const json::Object& delta) {
  if (delta.Member("thought") == "true") return true;
  const std::string_view extra = delta.Member("extra_content");
  const std::string_view google =
      json::Is(extra, json::Kind::kObject) ? json::Member(extra, "google") : "";
  return json::Is(google, json::Kind::kObject) && json::Member(google, "thought") == "true";
}

// The pieces as one sound, if it is large. A stream has no other format than this one.
std::optional<BinaryPart> LargeSound(const std::vector<std::string>& pieces) {
  BinaryPart sound{.path = {}, .mime_type = "audio/pcm", .data = {}, .extra = {}};
  std::size_t base64 = 0;
  for (const std::string& piece : pieces) {
    const std::optional<std::string> bytes = DecodeBase64(json::DecodeString(piece));
    if (!bytes) return std::nullopt;
    base64 += piece.size();
    sound.data += *bytes;
  }
  return base64 < kFileBase64Bytes ? std::nullopt : std::optional(std::move(sound));
}

}  // namespace

void OpenAiChatReader::TakeDelta(const json::Object& delta) {
  // Reasoning text comes under one of these names. If a server sends it under several, it is taken
  // once.
  const std::string_view details = delta.Member("reasoning_details");
  std::string_view reasoning;
  for (const char* name :
       {"reasoning_content", "reasoning", "reasoning_text", "thinking", "thought"}) {
    if (HasContent(reasoning)) break;
    reasoning = delta.Member(name);
  }
  TakeReasoning(reasoning);
  const bool with_text = !HasContent(reasoning);
  if (json::Is(details, json::Kind::kArray)) TakeReasoningDetails(details, with_text);
  TakeThinkingBlocks(delta.Member("thinking_blocks"), with_text);
  TakeSignatures(delta);

  if (IsThought(delta)) {
    TakeReasoning(delta.Member("content"));
  } else {
    TakeContent(delta.Member("content"));
  }
  TakeImages(delta.Member("images"));
  TakeAudio(delta.Member("audio"));
  TakeSources(delta);
  TakeExtras(delta);
  Append(Channel::kRefusal, delta.Member("refusal"));
  TakeToolCalls(delta.Member("tool_calls"));
  const std::string_view call = delta.Member("function_call");
  if (json::Is(call, json::Kind::kObject)) {
    // Before there were tools, a reply had at most one function call.
    CallFragment fragment;
    fragment.index = 0;
    fragment.name = json::StringOr(json::Member(call, "name"), "");
    fragment.input = json::Member(call, "arguments");
    calls_.Add(fragment, writer_);
  }
}

// A string, an object with a text, or a list of these.
void OpenAiChatReader::TakeReasoning(std::string_view reasoning) {
  if (json::Is(reasoning, json::Kind::kArray)) {
    for (json::Cursor piece(reasoning); piece.Next();) TakeReasoning(piece.value());
  } else if (json::Is(reasoning, json::Kind::kObject)) {
    for (const char* name : {"text", "content", "summary"}) {
      Append(Channel::kReasoning, json::Member(reasoning, name));
    }
  } else {
    Append(Channel::kReasoning, reasoning);
  }
}

void OpenAiChatReader::TakeImages(std::string_view images) {
  if (!json::Is(images, json::Kind::kArray)) return;
  for (json::Cursor image(images); image.Next();) TakeOtherPart(image.value());
}

// Content other than text. An image with an address becomes an image part; anything else is kept as
// the provider sent it.
void OpenAiChatReader::TakeOtherPart(std::string_view part) {
  finished_ = false;
  channels_.SwitchTo(Channel::kNone, writer_);
  std::string_view url;
  if (json::Is(part, json::Kind::kObject)) {
    url = json::Member(part, "image_url");
    if (json::Is(url, json::Kind::kObject)) url = json::Member(url, "url");
  }
  if (json::HasText(url)) {
    ImageUrlPart image;
    image.url = json::DecodeString(url);
    return writer_.Other(std::move(image));
  }
  std::string name = json::Is(part, json::Kind::kObject)
                         ? json::StringOr(json::Member(part, "type"), "content")
                         : "content";
  std::string data;
  json::AppendCompact(part, data);
  writer_.Other(CustomPart{CustomName(name), std::move(data), ""});
}

// {"type":"thinking","thinking":"…","signature":"…"} and {"type":"redacted_thinking","data":"…"}
void OpenAiChatReader::TakeThinkingBlocks(std::string_view blocks, bool with_text) {
  if (!json::Is(blocks, json::Kind::kArray)) return;
  for (json::Cursor block(blocks); block.Next();) {
    if (!json::Is(block.value(), json::Kind::kObject)) continue;
    if (json::HasText(json::Member(block.value(), "data"))) {
      std::string json;
      json::AppendCompact(block.value(), json);
      writer_.RedactedReasoning(std::move(json));
      continue;
    }
    if (with_text) Append(Channel::kReasoning, json::Member(block.value(), "thinking"));
    writer_.Signature(json::StringOr(json::Member(block.value(), "signature"), ""));
  }
}

// Opaque strings beside the text. The provider checks them in the next turn.
void OpenAiChatReader::TakeSignatures(const json::Object& delta) {
  for (const char* name :
       {"signature", "reasoning_signature", "thinking_signature", "thought_signature"}) {
    writer_.Signature(json::StringOr(delta.Member(name), ""));
  }
  for (const char* name :
       {"reasoning_opaque", "reasoning_encrypted_content", "encrypted_content"}) {
    const std::string_view opaque = delta.Member(name);
    if (!json::HasText(opaque)) continue;
    std::string json = "{\"";
    json.append(name).append("\":").append(opaque) += '}';
    writer_.RedactedReasoning(std::move(json));
  }
}

// The words of the audio are text. The sound comes in pieces, each encoded in base64 by itself.
void OpenAiChatReader::TakeAudio(std::string_view audio) {
  if (!json::Is(audio, json::Kind::kObject)) return;
  for (json::Cursor member(audio); member.Next();) {
    if (member.key() == "\"transcript\"") {
      Append(Channel::kContent, member.value());
    } else if (member.key() == "\"data\"") {
      if (json::HasText(member.value())) audio_data_.emplace_back(member.value());
    } else if (HasContent(member.value()) || json::Is(member.value(), json::Kind::kNumber)) {
      audio_fields_.append(member.key()).append(":");
      json::AppendCompact(member.value(), audio_fields_);
      audio_fields_ += ',';
    }
  }
}

// Fields that a gateway adds. The provider wants some of them back, so the last value of each is
// kept.
void OpenAiChatReader::TakeExtras(const json::Object& holder) {
  constexpr std::string_view kThoughtFlag = "{\"google\":{\"thought\":true}}";
  for (const char* name : {"extra_content", "provider_specific_fields", "provider_metadata"}) {
    const std::string_view extra = holder.Member(name);
    if (!json::Is(extra, json::Kind::kObject) && !json::Is(extra, json::Kind::kArray)) continue;
    std::string json;
    json::AppendCompact(extra, json);
    if (json.size() > 2 && json != kThoughtFlag) extras_[name] = std::move(json);
  }
}

// Writes what belongs to the reply as a whole.
void OpenAiChatReader::WriteRest() {
  if (std::optional<BinaryPart> sound = LargeSound(audio_data_)) {
    // The provider knows the sound by its id.
    if (!audio_fields_.empty()) sound->extra = '{' + audio_fields_;
    if (!audio_fields_.empty()) sound->extra.back() = '}';
    writer_.Other(*std::move(sound));
  } else if (!audio_data_.empty() || !audio_fields_.empty()) {
    std::string data = "{" + std::exchange(audio_fields_, {}) + "\"data\":[";
    for (const std::string& piece : audio_data_) data.append(piece) += ',';
    if (!audio_data_.empty()) data.pop_back();
    writer_.Other(CustomPart{"audio", data + "]}", ""});
  }
  for (std::string& source : sources_) writer_.Other(CustomPart{"source", std::move(source), ""});
  if (extras_.empty()) return;
  std::string data = "{";
  for (const auto& [name, json] : extras_)
    data.append("\"").append(name).append("\":").append(json) += ',';
  data.back() = '}';
  writer_.Other(CustomPart{"provider_extra", std::move(data), ""});
}

// Addresses and the like that the text refers to. Each of them is kept once, and written at the
// end.
void OpenAiChatReader::TakeSources(const json::Object& holder) {
  for (const char* name : {"citations", "annotations", "search_results"}) {
    const std::string_view list = holder.Member(name);
    if (!json::Is(list, json::Kind::kArray)) continue;
    for (json::Cursor source(list); source.Next();) {
      const bool address = json::Is(source.value(), json::Kind::kString);
      std::string data = address ? "{\"url\":" : "";
      json::AppendCompact(source.value(), data);
      if (address) data += '}';
      if (known_sources_.insert(data).second) sources_.push_back(std::move(data));
    }
  }
}

void OpenAiChatReader::TakeContent(std::string_view content) {
  if (!json::Is(content, json::Kind::kArray)) return Append(Channel::kContent, content);
  for (json::Cursor part(content); part.Next();) TakeContentPart(part.value());
}

// Some servers send content as a list: {"type":"text","text":"…"} or, for reasoning,
// {"type":"thinking","thinking":[{"type":"text","text":"…"}]}.
void OpenAiChatReader::TakeContentPart(std::string_view part) {
  if (!json::Is(part, json::Kind::kObject)) return;
  const std::string_view thinking = json::Member(part, "thinking");
  const std::string_view text = json::Member(part, "text");
  const bool other = text.empty() && thinking.empty() && json::HasText(json::Member(part, "type"));
  if (other) return TakeOtherPart(part);
  Append(Channel::kContent, text);
  if (!json::Is(thinking, json::Kind::kArray)) return Append(Channel::kReasoning, thinking);
  for (json::Cursor piece(thinking); piece.Next();) {
    if (!json::Is(piece.value(), json::Kind::kObject)) continue;
    Append(Channel::kReasoning, json::Member(piece.value(), "text"));
  }
}

void OpenAiChatReader::TakeReasoningDetails(std::string_view details, bool with_text) {
  for (json::Cursor detail(details); detail.Next();) {
    if (!json::Is(detail.value(), json::Kind::kObject)) continue;
    const std::string type = json::StringOr(json::Member(detail.value(), "type"), "");
    if (type == "reasoning.encrypted") {
      std::string json;
      json::AppendCompact(detail.value(), json);
      writer_.RedactedReasoning(std::move(json));
      continue;
    }
    const std::string_view key = type == "reasoning.summary" ? "summary" : "text";
    if (with_text) Append(Channel::kReasoning, json::Member(detail.value(), key));
    writer_.Signature(json::StringOr(json::Member(detail.value(), "signature"), ""));
  }
}

}  // namespace millrace
