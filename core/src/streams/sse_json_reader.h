#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "millrace/streams/sse_framer.h"
#include "millrace/streams/stream_reader.h"
#include "streams/provider_error.h"
#include "streams/reply_writer.h"

namespace millrace {

// The base of readers of JSON objects that come as server-sent events. It handles the framing and
// the usual mistakes of servers. The derived reader knows what an object means.
//
//   bytes ─▶ SseFramer ─┬─ event ──────▶ TakeWord, else TakeObject for each JSON object in it
//                       └─ stray line ─▶ TakeObject, an error, or part of one JSON body
//   the end ──────────────────────────▶ EndCleanly, or an error when nothing was understood
//
// A body of plain JSON instead of an event stream is read like its events, even if it has many
// lines. Lines and events that cannot be read are skipped and counted.
class SseJsonReader : public StreamReader {
 public:
  void Push(std::string_view bytes, std::vector<Mutation>& out) final;
  void Finish(std::vector<Mutation>& out) final;
  void Fail(Status status, std::vector<Mutation>& out) final;
  void NewConnection() final;
  const StreamPosition& position() const final { return position_; }
  void ContinueFrom(const StreamPosition& position) override;

 protected:
  // `protocol` names the expected body in messages ("a chat completion stream"); a literal.
  SseJsonReader(std::string_view protocol, std::size_t max_event_bytes)
      : protocol_(protocol), max_event_bytes_(max_event_bytes), framer_(max_event_bytes) {}

  // ---- what a format defines
  // `name` is the name of the event, or "". Returns false if the object is not of this protocol.
  // REQUIRES: valid UTF-8 that json::Depth accepted.
  virtual bool TakeObject(std::string_view name, std::string_view object) = 0;
  // Takes data that is not JSON but has a meaning, such as [DONE]. Returns false if it has none.
  virtual bool TakeWord(std::string_view data) = 0;
  // The reply's finish was read: an error after it has not cut the reply.
  virtual bool has_finish() const = 0;
  // The body ended by itself.
  virtual void EndCleanly() = 0;
  // Writes the end and sets done_. `cut`: the reply stopped in the middle.
  virtual void End(bool cut, millrace::Finish finish, Status status) = 0;

  void EndWithError(ProviderError error);
  // True if something of this protocol came.
  bool recognized() const { return recognized_; }

  ReplyWriter writer_;
  // The derived reader knows the names and numbers of its protocol.
  StreamPosition position_;

 private:
  void ReadEvents();
  // False: it is the last event of the connection before.
  bool TakeId(std::string_view id);
  void TakeEvent(std::string_view name, std::string_view data);
  void TakeStray(SseFramer::Item line);
  // False if `text` is not a JSON object. Also false if it is not of this protocol and did not come
  // as an event.
  bool TakeJson(std::string_view name, std::string_view text, bool is_event);
  void TakeErrorLine(std::string_view error);
  void EndOfBody();

  const std::string_view protocol_;
  const std::size_t max_event_bytes_;
  SseFramer framer_;
  std::string repeated_id_;  // of the event that a new connection may send once more
  bool recognized_ = false;
  bool foreign_ = false;         // something else came
  std::string_view looks_like_;  // the format of what came instead
  std::string strays_;           // until recognized_: lines that may be one JSON body
};

}  // namespace millrace
