#include "streams/finish_words.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "streams/provider_error.h"

namespace millrace {
namespace {

using FinishWord = std::pair<std::string_view, FinishReason>;

// OpenAI's own words come first, then those of Anthropic, Google, Cohere, Mistral and the servers
// around them.
constexpr std::array kWords = {
    FinishWord("stop", FinishReason::kEndTurn),
    FinishWord("length", FinishReason::kMaxTokens),
    FinishWord("tool_calls", FinishReason::kToolUse),
    FinishWord("function_call", FinishReason::kToolUse),
    FinishWord("content_filter", FinishReason::kContentFilter),
    FinishWord("end_turn", FinishReason::kEndTurn),
    FinishWord("stop_sequence", FinishReason::kEndTurn),
    FinishWord("complete", FinishReason::kEndTurn),
    FinishWord("completed", FinishReason::kEndTurn),
    FinishWord("finish", FinishReason::kEndTurn),
    FinishWord("finished", FinishReason::kEndTurn),
    FinishWord("max_tokens", FinishReason::kMaxTokens),
    FinishWord("max_output_tokens", FinishReason::kMaxTokens),
    FinishWord("model_length", FinishReason::kMaxTokens),
    FinishWord("model_context_window_exceeded", FinishReason::kMaxTokens),
    FinishWord("tool_use", FinishReason::kToolUse),
    FinishWord("tool_call", FinishReason::kToolUse),
    FinishWord("tool-calls", FinishReason::kToolUse),
    FinishWord("content-filter", FinishReason::kContentFilter),
    FinishWord("content_filtered", FinishReason::kContentFilter),
    FinishWord("safety", FinishReason::kContentFilter),
    FinishWord("recitation", FinishReason::kContentFilter),
    FinishWord("blocklist", FinishReason::kContentFilter),
    FinishWord("prohibited_content", FinishReason::kContentFilter),
    FinishWord("refusal", FinishReason::kContentFilter),
    FinishWord("interrupted", FinishReason::kInterrupted),
    // The turn ended, and the provider goes on with it when it is sent back.
    FinishWord("pause_turn", FinishReason::kEndTurn),
    FinishWord("compaction", FinishReason::kEndTurn),
};

}  // namespace

FinishReason ReasonOfWord(std::string_view word) {
  std::string lower(word);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  const auto* found = std::find_if(kWords.begin(), kWords.end(),
                                   [&](const FinishWord& known) { return known.first == lower; });
  return found == kWords.end() ? FinishReason::kUnknown : found->second;
}

Finish FinishOfWord(std::string_view word) {
  Finish finish{ReasonOfWord(word), "", ""};
  if (finish.reason == FinishReason::kUnknown) {
    finish.details.append("finish reason: ").append(Excerpt(word));
  } else if (word == "pause_turn" || word == "compaction") {
    finish.details = word;
  }
  return finish;
}

Finish NoFinish(bool came) {
  return {
      FinishReason::kUnknown, "",
      came ? "stream ended without a finish" : "stream ended without a finish: the body is empty"};
}

}  // namespace millrace
