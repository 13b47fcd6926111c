#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "millrace/base/status.h"
#include "millrace/model/mutation.h"
#include "millrace/model/usage.h"

namespace millrace {

enum class StreamFormat { kOpenAiChat, kText };
std::optional<StreamFormat> StreamFormatFromName(std::string_view name);  // "openai-chat", "text"

// How a stream ended.
struct StreamOutcome {
  Status status;              // kProtocol, kNetwork, kHttp, kAborted; OK: ended by itself
  std::string provider_type;  // of an error the provider sent: its own type or code, "" if none
  std::optional<Usage> usage;
  std::int64_t skipped_lines = 0;  // lines or events that could not be parsed
};

// Turns the bytes of one reply, in whatever pieces they come, into mutations of its message.
//
//   Push* ──▶ Finish            the body ended
//        ├──▶ Fail(status)      abort, network or HTTP error: the host's word
//        └──▶ (done() is true)  the reply ended by itself, or the provider sent an error: the rest
//                               of the body is of no interest, and the source may be cancelled
//
// ENSURES: whichever way it ends, the last mutation is one Finish (I4), with the usage, as a
// custom part "usage", right before it; done() is true from then on, and every call a no-op. The
// same bytes give the same mutations however they are split, but for where one append ends and
// the next begins. Cost is linear in the bytes; memory is bounded by the longest event, and an
// event of more than 32 MiB ends the reply with kProtocol.
class StreamReader {
 public:
  virtual ~StreamReader() = default;

  // Each appends to `out` what the reader can say so far.
  virtual void Push(std::string_view bytes, std::vector<Mutation>& out) = 0;
  virtual void Finish(std::vector<Mutation>& out) = 0;
  // `status` of code kAborted finishes as canceled, any other as error.
  virtual void Fail(Status status, std::vector<Mutation>& out) = 0;

  bool done() const { return done_; }
  // The reply has ended, and at most counts of tokens are expected: a host need not wait long for
  // the end of the body. False again if content comes all the same.
  virtual bool ending() const { return done_; }
  // REQUIRES: done()
  const StreamOutcome& outcome() const { return outcome_; }

 protected:
  bool done_ = false;
  StreamOutcome outcome_;
};

// `known_calls`: the ids of the tool calls that the message has already, where its reply is gone on
// with: a call that comes without an id gets none of these.
std::unique_ptr<StreamReader> MakeStreamReader(StreamFormat format,
                                               std::set<std::string> known_calls = {});

}  // namespace millrace
