#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "model/json_object.h"
#include "streams/reply_channels.h"
#include "streams/sse_json_reader.h"
#include "streams/tool_calls.h"

namespace millrace {

// JSON lines in the shape of Ollama's replies. Servers that put each line into a server-sent event
// are read too.
//
//   line ─▶ {"message":{"content","thinking","tool_calls","images"}}   of /api/chat
//        ├▶ {"response","thinking","image"}                            of /api/generate
//        ├▶ {"done":true,"done_reason",…}                              counts of tokens; done()
//        └▶ {"error"}                                                  ends the reply: done()
//
// A tool call comes whole, in one line. Its arguments are an object.
class NdjsonReader final : public SseJsonReader {
 public:
  explicit NdjsonReader(const std::vector<Part>& parts = {},
                        std::size_t max_event_bytes = kMaxEventBytes)
      : SseJsonReader("a stream of JSON lines", max_event_bytes), calls_(parts) {}

 private:
  using Channel = ReplyChannels::Channel;

  bool TakeObject(std::string_view name, std::string_view object) override;
  bool TakeWord(std::string_view data) override;
  bool has_finish() const override { return false; }
  void EndCleanly() override;
  void End(bool cut, millrace::Finish finish, Status status) override;

  // `text`: the name of the member that has it.
  void TakeMessage(const json::Object& message, std::string_view text);
  void TakeToolCalls(std::string_view calls);
  void TakeImage(std::string_view image);
  void TakeEnd(std::string_view object);

  ReplyChannels channels_;
  ToolCalls calls_;
  std::string context_;  // JSON that the provider wants back, or ""
};

}  // namespace millrace
