#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/json_object.h"
#include "streams/responses_items.h"
#include "streams/sse_json_reader.h"

namespace millrace {

// OpenAI Responses.
//
//   response.created ─▶ for each item: output_item.added ─▶ deltas and their ends ─▶
//   output_item.done
//     ─▶ response.completed, .incomplete, .failed or .cancelled: done()
//   error   ends the reply anywhere: done()
//
// A whole response, {"object":"response","output":[…]}, is read like its items. So is the output
// that the last event repeats: what came before is not written again.
//
// The events are numbered. If the numbers of a server rise, an event with a number that was there
// before is one sent again, and is ignored.
class OpenAiResponsesReader final : public SseJsonReader {
 public:
  explicit OpenAiResponsesReader(const std::vector<Part>& parts = {},
                                 std::size_t max_event_bytes = kMaxEventBytes)
      : SseJsonReader("an OpenAI Responses stream", max_event_bytes), items_(parts, writer_) {}

  void ContinueFrom(const StreamPosition& position) override;
  bool rests() const override { return items_.rests(); }

 private:
  bool TakeObject(std::string_view name, std::string_view object) override;
  bool TakeWord(std::string_view data) override;
  // The finish ends the reply at once.
  bool has_finish() const override { return false; }
  void EndCleanly() override;
  void End(bool cut, millrace::Finish finish, Status status) override;

  void NoteResponse(std::string_view response);
  bool WasSeen(const json::Object& event);
  void TakeEvent(std::string_view type, const json::Object& event);
  // Each returns false if the event is none of its kind.
  bool TakeTextEvent(std::string_view type, const json::Object& event);
  bool TakeCallEvent(std::string_view type, const json::Object& event);
  bool TakeItemEvent(std::string_view type, const json::Object& event);
  void TakeError(std::string_view event);
  // `status`: "completed" and so on, or a status that is no end.
  void TakeResponse(std::string_view status, std::string_view response);
  void TakeUsage(std::string_view response);
  void EndIncomplete(std::string_view response);

  ResponsesItems items_;
  bool saw_done_ = false;  // [DONE]
  std::optional<std::int64_t> last_number_;
  enum { kNotKnown, kRising, kUseless } numbers_ = kNotKnown;
};

}  // namespace millrace
