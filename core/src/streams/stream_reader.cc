#include "millrace/streams/stream_reader.h"

#include <array>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "streams/ag_ui_reader.h"
#include "streams/ai_sdk_reader.h"
#include "streams/anthropic_reader.h"
#include "streams/file_holder.h"
#include "streams/ndjson_reader.h"
#include "streams/openai_chat_reader.h"
#include "streams/openai_responses_reader.h"
#include "streams/text_reader.h"

namespace millrace {
namespace {

// All formats. A new format is one line here and one value of StreamFormat.
struct Format {
  StreamFormat format;
  std::string_view name;
  std::unique_ptr<StreamReader> (*make)(const std::vector<Part>& parts);
};

template <typename Reader>
std::unique_ptr<StreamReader> Make(const std::vector<Part>& parts) {
  return std::make_unique<Reader>(parts);
}

constexpr std::array kFormats = {
    Format{StreamFormat::kOpenAiChat, "openai-chat", Make<OpenAiChatReader>},
    Format{StreamFormat::kAiSdk, "ai-sdk", Make<AiSdkReader>},
    Format{StreamFormat::kAgUi, "ag-ui", Make<AgUiReader>},
    Format{StreamFormat::kOpenAiResponses, "openai-responses", Make<OpenAiResponsesReader>},
    Format{StreamFormat::kAnthropic, "anthropic", Make<AnthropicReader>},
    Format{StreamFormat::kNdjson, "ndjson", Make<NdjsonReader>},
    Format{StreamFormat::kText, "text", Make<TextReader>},
};

}  // namespace

std::optional<StreamFormat> StreamFormatFromName(std::string_view name) {
  for (const Format& format : kFormats) {
    if (format.name == name) return format.format;
  }
  return std::nullopt;
}

std::string_view StreamFormatName(StreamFormat format) {
  for (const Format& each : kFormats) {
    if (each.format == format) return each.name;
  }
  return "";
}

std::unique_ptr<StreamReader> MakeStreamReader(StreamFormat format,
                                               const std::vector<Part>& parts) {
  for (const Format& each : kFormats) {
    if (each.format == format) {
      return std::make_unique<FileHolder>(each.make(parts));
    }
  }
  return nullptr;
}

}  // namespace millrace
