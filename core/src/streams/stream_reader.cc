#include "millrace/streams/stream_reader.h"

#include <array>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "streams/file_holder.h"
#include "streams/openai_chat_reader.h"
#include "streams/text_reader.h"

namespace millrace {
namespace {

// All formats. A new format is one line here and one value of StreamFormat.
struct Format {
  StreamFormat format;
  std::string_view name;
  std::unique_ptr<StreamReader> (*make)(std::set<std::string>&& known_calls);
};

constexpr std::array kFormats = {
    Format{StreamFormat::kOpenAiChat, "openai-chat",
           [](std::set<std::string>&& known_calls) -> std::unique_ptr<StreamReader> {
             return std::make_unique<OpenAiChatReader>(std::move(known_calls));
           }},
    Format{StreamFormat::kText, "text",
           [](std::set<std::string>&& /*known_calls*/) -> std::unique_ptr<StreamReader> {
             return std::make_unique<TextReader>();
           }},
};

}  // namespace

std::optional<StreamFormat> StreamFormatFromName(std::string_view name) {
  for (const Format& format : kFormats) {
    if (format.name == name) return format.format;
  }
  return std::nullopt;
}

std::unique_ptr<StreamReader> MakeStreamReader(StreamFormat format,
                                               std::set<std::string> known_calls) {
  for (const Format& each : kFormats) {
    if (each.format == format) {
      return std::make_unique<FileHolder>(each.make(std::move(known_calls)));
    }
  }
  return nullptr;
}

}  // namespace millrace
