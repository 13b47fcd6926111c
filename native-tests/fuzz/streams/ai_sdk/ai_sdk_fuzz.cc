// Any bytes, in any pieces: no crash, one finish at the end, and the pieces make no difference.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "fuzz/streams/check_stream.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  millrace::CheckStream(millrace::StreamFormat::kAiSdk,
                        {reinterpret_cast<const char*>(data), size});
  return 0;
}
