// The parts codec: any bytes decode or are refused, and decoded parts are stored unchanged from
// then on.
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/require.h"
#include "millrace/base/utf8.h"
#include "millrace/model/codec.h"
#include "millrace/model/part.h"
#include "model/json.h"

namespace millrace {
namespace {

// Whether the reference parser differs from ours on `text`: it refuses numbers beyond a double and
// escaped halves of surrogate pairs, skips a byte order mark, and treats a NUL as the end.
bool IsDisputed(std::string_view text) {
  return text.starts_with("\xEF") || text.find_first_of("eE") != std::string_view::npos ||
         text.find("\\u") != std::string_view::npos || text.find('\0') != std::string_view::npos ||
         text.size() > 300;
}

void CheckGrammar(std::string_view text) {
  if (!IsValidUtf8(text) || IsDisputed(text)) return;
  Require(json::Depth(text).has_value() == nlohmann::json::accept(text),
          "the grammar is that of the reference parser");
}

void CheckParts(std::string_view text) {
  const Result<std::vector<Part>> parts = DecodeParts(text);
  if (!parts.ok()) return;
  const std::string stored = EncodeParts(*parts);
  Require(IsValidUtf8(stored), "stored text is UTF-8");
  const Result<std::vector<Part>> again = DecodeParts(stored);
  Require(again.ok() && *again == *parts, "stored parts read back as they were");
  Require(EncodeParts(*again) == stored, "and are stored the same");
  for (const Part& part : *parts) {
    Part normal = part;
    Require(NormalizePart(normal).ok() && normal == part, "a decoded part is normal");
  }
}

}  // namespace
}  // namespace millrace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  millrace::CheckGrammar(text);
  millrace::CheckParts(text);
  return 0;
}
