#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "millrace/base/time.h"
#include "millrace/model/part.h"

namespace millrace {

// A file beside the messages (contract D5). Its content is the host's; the core knows what there
// is, which messages name it, and when nobody needs it any more.
struct BlobInfo {
  std::string id;  // the SHA-256 of the content, in lower-case hexadecimal
  std::int64_t size = 0;
  std::string media_type;
  TimeMs created_at = 0;  // when it was put for the first time
  friend bool operator==(const BlobInfo&, const BlobInfo&) = default;
};

// How long a blob stays that no message names, from its last put or from when that was first seen.
inline constexpr DurationMs kBlobGraceMs = DurationMs{60} * 60 * 1000;

// The blobs that the parts name, in their order; a name may come twice.
std::vector<std::string> BlobsNamedBy(const std::vector<Part>& parts);

}  // namespace millrace
