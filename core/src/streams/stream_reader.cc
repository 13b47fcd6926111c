#include "millrace/streams/stream_reader.h"

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "streams/openai_chat_reader.h"
#include "streams/text_reader.h"

namespace millrace {

std::optional<StreamFormat> StreamFormatFromName(std::string_view name) {
  if (name == "openai-chat") return StreamFormat::kOpenAiChat;
  if (name == "text") return StreamFormat::kText;
  return std::nullopt;
}

std::unique_ptr<StreamReader> MakeStreamReader(StreamFormat format,
                                               std::set<std::string> known_calls) {
  switch (format) {
    case StreamFormat::kOpenAiChat:
      return std::make_unique<OpenAiChatReader>(std::move(known_calls));
    case StreamFormat::kText:
      return std::make_unique<TextReader>();
  }
  return nullptr;
}

}  // namespace millrace
