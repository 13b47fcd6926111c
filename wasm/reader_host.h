#pragma once

#include <memory>
#include <vector>

#include "js_value.h"
#include "millrace/model/mutation.h"
#include "millrace/streams/resumable_reader.h"

namespace millrace::wasm {

// A stream reader (CoreReader in web/src/core-module.ts).
//
// Each of Feed, Finish and Fail returns the new mutations, an array of WireMutation.
class ReaderHost {
 public:
  // `parts`: those that the message has already. `point`: the JSON text that was saved with them;
  // undefined: a new reply begins. `merges`: neighbouring deltas become one. Null for a format that
  // the core does not know.
  static std::shared_ptr<ReaderHost> Open(const val& format, const val& parts, const val& point,
                                          const val& merges);

  ReaderHost(StreamFormat format, std::vector<Part> parts, std::string_view point, bool merges)
      : reader_(format, std::move(parts), point), merges_(merges) {}

  val Feed(const val& bytes);
  val Finish();
  val Fail(const val& error);
  bool Ending() const { return reader_.ending(); }
  void Reconnect(const val& parts);
  void EndsAtOffset(const val& offset, const val& closed);
  bool EndOfBody() { return reader_.EndOfBody(); }
  val Point(const val& for_later) const;
  val File() const;
  val FileStored(const val& blob);
  bool Done() const { return reader_.done(); }
  // A StreamEnd, without its message. REQUIRES: Done()
  val End() const;

 private:
  val Written(std::vector<Mutation> mutations) const;

  ResumableReader reader_;
  const bool merges_;
};

val ToJs(const std::shared_ptr<ReaderHost>& reader);  // a CoreReader

}  // namespace millrace::wasm
