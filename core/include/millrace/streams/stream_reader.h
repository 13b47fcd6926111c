#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "millrace/base/status.h"
#include "millrace/model/mutation.h"
#include "millrace/model/part.h"
#include "millrace/model/usage.h"

namespace millrace {

enum class StreamFormat {
  kOpenAiChat,
  kOpenAiResponses,
  kAnthropic,
  kAiSdk,  // UI message stream, version 1
  kAgUi,
  kNdjson,  // in the shape of Ollama's replies
  kText,
};
// By their names in the package: "openai-chat", "openai-responses", "anthropic", "ai-sdk", "ag-ui",
// "ndjson", "text".
std::optional<StreamFormat> StreamFormatFromName(std::string_view name);
std::string_view StreamFormatName(StreamFormat format);

// How a stream ended.
struct StreamOutcome {
  Status status;              // kProtocol, kNetwork, kHttp, kAborted; OK: ended by itself
  std::string provider_type;  // type or code of an error that the provider sent; "" if none
  std::optional<Usage> usage;
  std::int64_t skipped_lines = 0;  // lines or events that could not be parsed
};

// Where a reader is in its reply, as the provider and the connection count.
struct StreamPosition {
  std::string response_id;               // the provider's own name for the reply; "" if none came
  std::optional<std::int64_t> sequence;  // the last event's `sequence_number`
  // The first and the last `id:` of server-sent events; "" if none came.
  std::string first_event_id;
  std::string last_event_id;
  // Of the connection: those after them begin an event.
  std::uint64_t bytes = 0;
};

// The content of a file that came in the reply. Base64 of this many characters or more is a file:
// an image or a sound is kept beside the messages and not in a row of them.
inline constexpr std::size_t kFileBase64Bytes = std::size_t{64} * 1024;
struct StreamFile {
  std::string media_type;
  std::string bytes;
};

// Turns the bytes of one reply into mutations of its message. The bytes may come in any pieces.
//
//   Push* ──▶ Finish            the body ended
//        ├──▶ Fail(status)      the host reports an abort, a network error or an HTTP error
//        └──▶ (done() is true)  the reply ended by itself, or the provider sent an error: the rest
//                               of the body does not matter, and the source may be cancelled
//
// After each of these, a file may wait to be stored (file() is not null). What comes after it in
// the reply waits too, so that parts stay in their order: call FileStored until no file waits.
//
// ENSURES: however the stream ends, the last mutation is one Finish (I4). If there is a usage, it
// comes right before it, as a custom part "usage". From then on done() is true and every call is a
// no-op. The same bytes give the same mutations however they are split; only the borders between
// appends may differ. The cost is linear in the bytes. The longest event bounds the memory, and an
// event of more than 32 MiB ends the reply with kProtocol.
class StreamReader {
 public:
  virtual ~StreamReader() = default;

  // Each of these appends to `out` what the reader knows so far.
  virtual void Push(std::string_view bytes, std::vector<Mutation>& out) = 0;
  virtual void Finish(std::vector<Mutation>& out) = 0;
  // A `status` with code kAborted finishes the message as canceled, any other as error.
  virtual void Fail(Status status, std::vector<Mutation>& out) = 0;

  // The file that waits; valid until the next call.
  virtual const StreamFile* file() const { return nullptr; }
  // The file that waits is stored as this blob. "": it could not be; it stays in the message.
  virtual void FileStored(const std::string& /*blob*/, std::vector<Mutation>& /*out*/) {}

  // The connection was cut, and another one goes on where this one was, or a little before. What
  // came of an event that is not whole is forgotten.
  virtual void NewConnection() = 0;
  virtual const StreamPosition& position() const = 0;
  // A new reader goes on where another one was.
  virtual void ContinueFrom(const StreamPosition& position) = 0;
  // Whether a new reader of the same message could go on from this position: nothing is held back
  // here, and nothing is known here that the parts do not say.
  virtual bool rests() const { return false; }

  bool done() const { return done_; }
  // The reply has ended, and at most token counts are still expected. So the host need not wait
  // long for the end of the body. It turns false again if content comes all the same.
  virtual bool ending() const { return done_; }
  // REQUIRES: Finish or Fail was called, or done()
  const StreamOutcome& outcome() const { return outcome_; }

 protected:
  bool done_ = false;
  StreamOutcome outcome_;
};

// `parts`: when a reply is continued, those that its message has already. What the stream says of
// them goes on there, and nothing that is new takes the id of one of them.
std::unique_ptr<StreamReader> MakeStreamReader(StreamFormat format,
                                               const std::vector<Part>& parts = {});

}  // namespace millrace
