#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "millrace/base/status.h"

namespace millrace {

// The longest metadata of a message or a session, in bytes. It is sent and saved as a whole.
inline constexpr std::size_t kMaxMetadataBytes = std::size_t{1024} * 1024;

// What a JSON Merge Patch (RFC 7396) makes of `target`. Both are JSON texts of objects; `target`
// may be "". Members that the patch does not name stay as they are, character by character: order,
// escapes, numbers of any size. "": no member is left. O(size of both).
// kInvalidArgument: the patch is no JSON object, nests too deep, or the result is too long.
Result<std::string> MergePatch(std::string_view target, std::string_view patch);

// Metadata that comes as a whole: the patch of nothing, so without null members.
inline Result<std::string> CheckMetadata(std::string_view json) {
  return json.empty() ? Result<std::string>(std::string()) : MergePatch("", json);
}

// The same of two texts of Millrace's own: without a limit, and a broken `target` counts as empty.
std::string MergeObjects(std::string_view target, std::string_view patch);

// A JSON object with a member for each one that `before` and `after` do not have alike, and `value`
// (a text) as its value. "": they have the same members. Order does not count.
std::string ChangedMembers(std::string_view before, std::string_view after, std::string_view value);

// CheckMetadata for a file of unknown content: what is no metadata is left out.
std::string MetadataOrNone(std::string_view json);

}  // namespace millrace
