#include "streams/provider_error.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "millrace/base/utf8.h"
#include "model/json.h"
#include "model/json_values.h"

namespace millrace {
namespace {

constexpr std::size_t kMaxExcerpt = 2000;  // bytes: a screen of text

// A string or a number, because codes may be either; "" for anything else.
std::string Word(std::string_view value) {
  switch (json::KindOf(value)) {
    case json::Kind::kString:
      return json::DecodeString(value);
    case json::Kind::kNumber:
      return std::string(value);
    default:
      return "";
  }
}

}  // namespace

bool IsProviderError(std::string_view error) {
  return json::Is(error, json::Kind::kObject) || json::HasText(error);
}

ProviderError ReadProviderError(std::string_view error) {
  ProviderError read;
  std::string code;
  if (json::KindOf(error) == json::Kind::kObject) {
    for (json::Cursor member(error); member.Next();) {
      if (member.key() == "\"message\"") read.message = Excerpt(Word(member.value()));
      if (member.key() == "\"type\"") read.type = Excerpt(Word(member.value()));
      if (member.key() == "\"code\"") code = Excerpt(Word(member.value()));
    }
  } else {
    read.message = Excerpt(Word(error));
  }
  if (read.type.empty()) read.type = std::move(code);
  if (read.message.empty()) read.message = "the provider reported an error";
  std::string compact;
  json::AppendCompact(error, compact);
  read.details = Excerpt(compact);
  return read;
}

std::string Excerpt(std::string_view text) {
  if (text.size() <= kMaxExcerpt) return ToValidUtf8(text);
  // Cuts at a whole code point: trailing bytes are 10xxxxxx.
  std::size_t size = kMaxExcerpt;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) --size;
  return ToValidUtf8(text.substr(0, size)) + "…";
}

}  // namespace millrace
