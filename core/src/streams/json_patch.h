#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace millrace {

// Limits of ApplyJsonPatch. A result that exceeds one of them is an error.
inline constexpr std::size_t kMaxPatchedBytes = std::size_t{4} * 1024 * 1024;
inline constexpr std::size_t kMaxPatchedDepth = 128;  // as deep as an event may nest

// What a JSON Patch (RFC 6902) makes of `document`: compact JSON. nullopt if an operation fails, or
// is none: then nothing is applied. `patch`: an array of operations. Of duplicate members of an
// object the last one counts, and the others are lost where the object changes.
// Each operation costs O(document), and the sum of these costs is bounded, so a long patch of a
// large document fails. Does not recurse.
// REQUIRES: json::Depth accepted both.
std::optional<std::string> ApplyJsonPatch(std::string_view document, std::string_view patch);

}  // namespace millrace
