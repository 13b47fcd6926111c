#include "streams/usage_fields.h"

#include "model/json.h"
#include "model/json_values.h"

namespace millrace {

std::optional<std::int64_t> TokenCount(std::string_view object, std::string_view key) {
  if (!json::Is(object, json::Kind::kObject)) return std::nullopt;
  const std::string_view value = json::Member(object, key);
  if (!json::Is(value, json::Kind::kNumber)) return std::nullopt;
  const std::optional<std::int64_t> count = json::DecodeInt(value);
  return count && *count >= 0 ? count : std::nullopt;
}

std::optional<Usage> ReadUsage(std::string_view object) {
  if (!json::Is(object, json::Kind::kObject)) return std::nullopt;
  const std::optional<std::int64_t> input = TokenCount(object, "inputTokens");
  const std::optional<std::int64_t> output = TokenCount(object, "outputTokens");
  if (!input && !output) return std::nullopt;
  Usage usage;
  usage.input_tokens = input.value_or(0);
  usage.output_tokens = output.value_or(0);
  usage.cached_input_tokens = TokenCount(object, "cachedInputTokens");
  usage.reasoning_tokens = TokenCount(object, "reasoningTokens");
  if (!usage.cached_input_tokens) {
    usage.cached_input_tokens =
        TokenCount(json::Member(object, "inputTokenDetails"), "cacheReadTokens");
  }
  if (!usage.reasoning_tokens) {
    usage.reasoning_tokens =
        TokenCount(json::Member(object, "outputTokenDetails"), "reasoningTokens");
  }
  return Bounded(usage);
}

}  // namespace millrace
