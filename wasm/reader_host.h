#pragma once

#include <memory>
#include <vector>

#include "js_value.h"
#include "millrace/model/mutation.h"
#include "millrace/streams/stream_reader.h"

namespace millrace::wasm {

// A stream reader (CoreReader in web/src/core-module.ts).
//
// Each of Feed, Finish and Fail returns the new mutations, an array of WireMutation.
class ReaderHost {
 public:
  // `parts`: those that the message has already. `merges`: neighbouring deltas become one. Null for
  // a format that the core does not know.
  static std::shared_ptr<ReaderHost> Open(const val& format, const val& parts, const val& merges);

  ReaderHost(std::unique_ptr<StreamReader> reader, bool merges)
      : reader_(std::move(reader)), merges_(merges) {}

  val Feed(const val& bytes);
  val Finish();
  val Fail(const val& error);
  bool Ending() const { return reader_->ending(); }
  val File() const;
  val FileStored(const val& blob);
  bool Done() const { return reader_->done(); }
  // A StreamEnd, without its message. REQUIRES: Done()
  val End() const;

 private:
  val Written(std::vector<Mutation> mutations) const;

  std::unique_ptr<StreamReader> reader_;
  const bool merges_;
};

val ToJs(const std::shared_ptr<ReaderHost>& reader);  // a CoreReader

}  // namespace millrace::wasm
