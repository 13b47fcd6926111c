#pragma once

#include <memory>

#include "js_value.h"
#include "millrace/streams/line_framer.h"
#include "millrace/streams/sse_framer.h"

namespace millrace::wasm {

// Cuts a body into events (CoreFramer in web/src/core-module.ts), for a function of the page that
// maps them.
//
// Feed and Finish return the events that are whole by then: an array of {data, name, id}, without
// what is empty.
class FramerHost {
 public:
  // `kind`: "sse", or "ndjson" for one event a line. Null for another kind.
  static std::shared_ptr<FramerHost> Open(const val& kind);

  explicit FramerHost(bool lines) : by_line_(lines) {}

  val Feed(const val& bytes);
  val Finish();
  // An event is too long: nothing more comes.
  bool TooLong() const { return by_line_ ? lines_.too_long() : events_.too_long(); }

 private:
  val Read();

  const bool by_line_;
  LineFramer lines_;
  SseFramer events_;
};

val ToJs(const std::shared_ptr<FramerHost>& framer);  // a CoreFramer

}  // namespace millrace::wasm
