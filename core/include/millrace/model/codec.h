#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "millrace/base/status.h"
#include "millrace/model/mutation.h"
#include "millrace/model/part.h"
#include "millrace/model/patch.h"

namespace millrace {

// The stored form of parts: [{"type":"text","data":{"text":"…"}}, …]. See
// core/src/model/part_fields.h for the fields of each type. Output is valid UTF-8 JSON without
// white space. O(size).
std::string EncodeParts(const std::vector<Part>& parts);
// An element that cannot be decoded becomes a CustomPart, verbatim. kCorrupt only when `json` is
// no JSON array at all.
Result<std::vector<Part>> DecodeParts(std::string_view json);

// The same for one part (an element of the array).
std::string EncodePart(const Part& part);
Result<Part> DecodePart(std::string_view json);

// Brings a part that came from outside to the form it has after a round trip through the store:
// valid UTF-8, `extra` and custom data as compact JSON, a custom part that is a known type as that
// type. A part that was decoded is normal already. O(size), copies nothing in the common case.
// kInvalidArgument: `extra` is no JSON object, custom data is no JSON, or `extra` is too deep.
Status NormalizePart(Part& part);

// A row of the delta log: the ops of a patch, a JSON array. Versions and time are columns.
std::string EncodePatchOps(const std::vector<PatchOp>& ops);
// kCorrupt, saying which element, for anything EncodePatchOps does not write.
Result<std::vector<PatchOp>> DecodePatchOps(std::string_view json);

}  // namespace millrace
