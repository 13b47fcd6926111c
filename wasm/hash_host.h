#pragma once

#include <memory>
#include <string_view>

#include "js_value.h"
#include "millrace/base/sha256.h"

namespace millrace::wasm {

// The SHA-256 of bytes that come piece by piece (CoreHash in web/src/core-module.ts).
class HashHost {
 public:
  static std::shared_ptr<HashHost> Open() { return std::make_shared<HashHost>(); }

  // `bytes`: a Uint8Array.
  void Update(const val& bytes) { hash_.Update(BytesOf(bytes)); }
  // In hexadecimal. No other call may follow.
  val Digest() { return ToJs(std::string_view(hash_.Digest())); }

 private:
  Sha256 hash_;
};

val ToJs(const std::shared_ptr<HashHost>& hash);  // a CoreHash

}  // namespace millrace::wasm
