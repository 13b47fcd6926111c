#pragma once

#include <optional>

#include "js_value.h"
#include "millrace/base/status.h"
#include "value_codec.h"

// Completions of the core as calls of a JavaScript callback, (error | null, value?) => void.
namespace millrace::wasm {

inline void CallBack(const val& done, const Status& status) {
  CallJs(done, status.ok() ? val::null() : ToJs(status), val::undefined());
}

template <typename T>
void CallBack(const val& done, const Result<T>& result) {
  if (!result.ok()) return CallBack(done, result.status());
  CallJs(done, val::null(), ToJs(*result));
}

// A missing value is no error: the callback gets undefined.
template <typename T>
void CallBack(const val& done, const Result<std::optional<T>>& result) {
  if (!result.ok()) return CallBack(done, result.status());
  CallJs(done, val::null(), *result ? ToJs(**result) : val::undefined());
}

// A core completion (Done, DoneMessage, DoneSession) that calls `done`.
inline auto Completion(const val& done) {
  return [done](const auto& outcome) { CallBack(done, outcome); };
}

}  // namespace millrace::wasm
