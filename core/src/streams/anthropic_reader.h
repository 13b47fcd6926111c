#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/json_object.h"
#include "streams/anthropic_blocks.h"
#include "streams/sse_json_reader.h"

namespace millrace {

// Anthropic Messages.
//
//   message_start ─▶ content_block_start, _delta…, _stop (by index)… ─▶ message_delta ─▶
//   message_stop
//                        text, thinking, tool calls, results             stop reason,      done()
//                                                                        usage
//   ping   ignored anywhere          error   ends the reply anywhere: done()
//
// A whole message, {"type":"message","content":[…]}, is read like its blocks. If the body ends
// without message_stop, the stop reason counts if it came.
//
// Usage: the counts are totals so far. The provider counts input that was cached apart from the
// rest. Usage has all input together: input_tokens + cache_read_input_tokens +
// cache_creation_input_tokens. What was read from the cache is also its cached_input_tokens.
class AnthropicReader final : public SseJsonReader {
 public:
  explicit AnthropicReader(const std::vector<Part>& parts = {},
                           std::size_t max_event_bytes = kMaxEventBytes)
      : SseJsonReader("an Anthropic message stream", max_event_bytes), blocks_(parts, writer_) {}

  bool ending() const override { return done_ || finished_; }

 private:
  bool TakeObject(std::string_view name, std::string_view object) override;
  bool TakeWord(std::string_view data) override;
  bool has_finish() const override { return !stop_reason_.empty(); }
  void EndCleanly() override;
  void End(bool cut, millrace::Finish finish, Status status) override;

  bool TakeEvent(std::string_view type, std::string_view event);
  void TakeBlockEvent(std::string_view type, const json::Object& event);
  void TakeMessage(std::string_view message);
  void TakeError(std::string_view event);
  // From a message or from the delta of a message.
  void TakeStop(std::string_view holder);
  void TakeUsage(std::string_view holder);

  AnthropicBlocks blocks_;
  std::string stop_reason_;  // "" if none came
  std::string explanation_;  // of a refusal
  bool finished_ = false;    // no content came after the stop reason
  bool saw_stop_ = false;    // message_stop or [DONE]
  std::optional<std::int64_t> input_;
  std::optional<std::int64_t> cache_read_;
  std::optional<std::int64_t> cache_creation_;
};

}  // namespace millrace
