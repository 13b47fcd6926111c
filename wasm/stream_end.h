#pragma once

#include "js_value.h"
#include "message_shape.h"
#include "millrace/streams/stream_reader.h"
#include "value_codec.h"

namespace millrace::wasm {

// How a stream ended: a StreamEnd of web/src/core-module.ts, without its message.
inline ObjectWriter EndToJs(const StreamOutcome& outcome) {
  ObjectWriter out;
  if (!outcome.status.ok()) {
    ObjectWriter error;
    error.Set("code", CodeName(outcome.status.code()))
        .Set("message", outcome.status.message())
        .SetUnlessEmpty("providerType", outcome.provider_type);
    out.Set("error", error.Take());
  }
  if (outcome.usage) {
    out.SetJson("usage", UsageJson(*outcome.usage));
  }
  out.Set("skippedLines", outcome.skipped_lines);
  return out;
}

// The file that waits to be stored: {mediaType, bytes}, or undefined.
inline val FileToJs(const StreamReader& reader) {
  const StreamFile* file = reader.file();
  if (file == nullptr) return val::undefined();
  ObjectWriter out;
  out.Set("mediaType", file->media_type).SetBytes("bytes", file->bytes);
  return out.Take();
}

}  // namespace millrace::wasm
