#pragma once

#include "js_value.h"
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
    ObjectWriter usage;
    usage.Set("inputTokens", outcome.usage->input_tokens)
        .Set("outputTokens", outcome.usage->output_tokens);
    out.Set("usage", usage.Take());
  }
  out.Set("skippedLines", outcome.skipped_lines);
  return out;
}

}  // namespace millrace::wasm
