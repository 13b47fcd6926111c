#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "millrace/model/mutation.h"
#include "millrace/model/part.h"
#include "millrace/streams/sse_framer.h"
#include "millrace/streams/stream_reader.h"

namespace millrace {

class ReplayMatch;

// Reads a reply over several connections, each of which may be cut anywhere (I5). Every event
// counts once, whatever the next connection brings:
//
//   new connection ─▶ kOpening ─┬─ its first event has an id or a number after the last one ─┐
//                               ├─ it is of a durable stream, at a known offset ─────────────┼▶
//                               │      kReading: the reader goes on
//                               └─ nothing says where it is ─▶ kProbing: read beside the reader
//                                                                 ├─ all came again ─▶ kReading:
//                                                                 │     the parts are written anew
//                                                                 └─ anything else ──▶ kReading:
//                                                                       the reader goes on
//
// A message that is gone on with after a crash is the same, with a reader that knows only the parts
// and the point that was saved with them.
//
// Durable Streams are understood as they come: plain bodies, whose head says at which offset the
// next one begins, and server-sent events of the kinds `data` and `control`.
class ResumableReader {
 public:
  // `parts`: those that the message has. `point`: what Point() had returned when they were saved;
  // "": a new reply begins.
  ResumableReader(StreamFormat format, std::vector<Part> parts, std::string_view point);
  ~ResumableReader();

  // As in StreamReader.
  void Push(std::string_view bytes, std::vector<Mutation>& out);
  void Finish(std::vector<Mutation>& out);
  void Fail(Status status, std::vector<Mutation>& out);
  const StreamFile* file() const { return active().file(); }
  void FileStored(const std::string& blob, std::vector<Mutation>& out);
  bool done() const { return reader_->done(); }
  bool ending() const { return reader_->ending(); }
  const StreamOutcome& outcome() const { return reader_->outcome(); }

  // The connection is over, and another one begins. `parts`: those that the message has by now.
  void Reconnect(std::vector<Part> parts);
  // Of the head of a response: it is one of a durable stream, and the next one begins at `offset`.
  // `closed`: there is no next one.
  void EndsAtOffset(std::string offset, bool closed);
  // The body came whole. True if the reply goes on in another one, which is read as a part of the
  // same connection.
  bool EndOfBody();

  // What a later connection needs, as a JSON object: see Message::resume. `for_later`: for a reader
  // that will know the parts only. It says less then if this reader knows more than they do; the
  // provider is to begin again.
  std::string Point(bool for_later) const;

 private:
  enum class Mode { kOpening, kReading, kProbing };
  // Content from `start` on, in bytes of this connection, is what the stream has at `offset`. What
  // an earlier connection brought has a negative start.
  struct Segment {
    std::string offset;  // "": the beginning
    std::int64_t start = 0;
  };

  const StreamReader& active() const { return probe_ ? *probe_ : *reader_; }
  void ReadPoint(std::string_view point);
  // The reply begins behind all parts that are there.
  void BeginBehindAll();
  // What parts_ had when the reply began.
  std::vector<Part> PartsBefore() const;
  void Begin();
  void StartAtOffset();
  void LearnFrames(std::vector<Mutation>& out);
  void ReadBody(std::string_view bytes, std::vector<Mutation>& out);
  void ReadFrames(std::vector<Mutation>& out);
  void TakeControl(std::string_view json);
  // Bytes without the frames of a durable stream.
  void ReadContent(std::string_view bytes, std::vector<Mutation>& out);
  void Open(std::string_view bytes, std::vector<Mutation>& out);
  // nullopt: it takes more bytes to tell.
  std::optional<bool> GoesOn(std::string_view bytes);
  void GoOn(std::vector<Mutation>& out);
  void Probe(std::string_view bytes, std::vector<Mutation>& out);
  void Judge(std::vector<Mutation>& out);
  void FinishReader(std::vector<Mutation>& out);
  bool is_durable() const { return frames_ || !next_offset_.empty(); }
  // Where the content ends that came, and where the last whole event of it ends; as in Segment.
  std::int64_t received() const;
  std::int64_t whole() const;
  void DropSegments();

  const StreamFormat format_;
  std::vector<Part> parts_;  // of the message, when the connection began
  std::size_t from_ = 0;     // how many of them are from before this reply
  // The reply may go on in a text that was there: bytes of parts_[from_] from before it.
  std::size_t kept_ = 0;
  bool knows_parts_only_ = false;  // reader_ is one of a message that was stored
  std::unique_ptr<StreamReader> reader_;
  Mode mode_ = Mode::kReading;
  bool ended_ = false;  // nothing more comes

  std::string held_;       // what came while the mode was another one
  std::string beginning_;  // of the body, while frames_unknown_
  SseFramer first_;        // finds the first event, while opening
  std::unique_ptr<StreamReader> probe_;
  std::unique_ptr<ReplayMatch> match_;
  std::vector<Mutation> probed_;
  std::size_t judged_ = 0;  // how many of probed_

  // ---- durable streams
  bool frames_unknown_ = true;
  std::optional<SseFramer> frames_;
  std::string next_offset_;  // of the head; "": none
  // Those in which an event may still be incomplete, and the newest one.
  std::vector<Segment> segments_{Segment()};
  std::int64_t content_ = 0;  // bytes of this connection
  std::int64_t known_ = 0;    // how many of them came before
  std::int64_t base_ = 0;     // where the reader's own count begins
  bool at_offset_ = false;    // the connection is to begin at the newest segment, which starts at 0
  bool closed_ = false;
};

}  // namespace millrace
