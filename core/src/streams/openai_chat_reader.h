#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/json_object.h"
#include "streams/reply_channels.h"
#include "streams/sse_json_reader.h"
#include "streams/tool_calls.h"

namespace millrace {

// OpenAI Chat Completions, in the dialects of OpenAI and of the many servers that imitate it.
//
//   event ─▶ {"choices":[{"delta":{…}}]}    text, reasoning, refusal, tool calls
//         ├▶ {"choices":[{"message":{…}}]}  the same, from a server that did not stream
//         ├▶ {"usage":{…}}                  token counts so far: the last ones count
//         ├▶ {"error":…} and the like       ends the reply: done()
//         └▶ [DONE]                         ends it if a finish reason came, else changes nothing
//
// The finish reason does not end the reply, because usage comes after it. So the Finish waits for
// [DONE] or the end of the body.
class OpenAiChatReader final : public SseJsonReader {
 public:
  explicit OpenAiChatReader(const std::vector<Part>& parts = {},
                            std::size_t max_event_bytes = kMaxEventBytes)
      : SseJsonReader("a chat completion stream", max_event_bytes), calls_(parts) {}

  bool ending() const override { return done_ || finished_; }
  // Of calls, finishes and what is written at the end, the parts say too little.
  bool rests() const override {
    return channels_.rests() && calls_.empty() && !has_finish() && !outcome_.usage &&
           sources_.empty() && extras_.empty() && audio_fields_.empty() && audio_data_.empty();
  }

 private:
  using Channel = ReplyChannels::Channel;

  bool TakeObject(std::string_view name, std::string_view object) override;
  bool TakeWord(std::string_view data) override;
  bool has_finish() const override { return !finish_reason_.empty(); }
  void EndCleanly() override;
  void End(bool cut, millrace::Finish finish, Status status) override;

  void TakeUsage(std::string_view usage);
  void TakeChoices(std::string_view choices);
  bool IsOurs(const json::Object& choice);
  void TakeReasoning(std::string_view reasoning);
  void TakeImages(std::string_view images);
  void TakeOtherPart(std::string_view part);
  void TakeSources(const json::Object& holder);
  void TakeThinkingBlocks(std::string_view blocks, bool with_text);
  void TakeSignatures(const json::Object& delta);
  void TakeAudio(std::string_view audio);
  void TakeExtras(const json::Object& holder);
  void WriteRest();
  void TakeChoice(std::string_view choice);
  void TakeDelta(const json::Object& delta);
  void TakeContent(std::string_view content);
  void TakeContentPart(std::string_view part);
  void TakeReasoningDetails(std::string_view details, bool with_text);
  void TakeToolCalls(std::string_view calls);
  void TakeToolCall(std::string_view call);

  // Appends a JSON string. Ignores "" and any other value.
  void Append(Channel channel, std::string_view value);

  ReplyChannels channels_;
  ToolCalls calls_;

  std::string finish_reason_;  // the last one; "" if none came
  bool finished_ = false;      // no content came after it
  bool refused_ = false;
  bool saw_delta_ = false;
  bool saw_done_ = false;               // [DONE]
  std::optional<std::int64_t> choice_;  // the number of the choice that is read
  std::int64_t chunks_ = 0;
  bool counts_chunks_ = true;         // so far, each choice had the number of its chunk
  std::vector<std::string> sources_;  // JSON; known_sources_ has the same ones
  std::set<std::string> known_sources_;
  std::map<std::string, std::string> extras_;  // the last value of each name, as JSON
  std::string audio_fields_;                   // members of a JSON object, without the data
  std::vector<std::string> audio_data_;        // JSON strings
};

}  // namespace millrace
