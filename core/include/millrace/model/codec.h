#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "millrace/base/status.h"
#include "millrace/model/mutation.h"
#include "millrace/model/part.h"
#include "millrace/model/patch.h"

namespace millrace {

// The stored form of parts: [{"type":"text","data":{"text":"…"}}, …]. The fields of each type are
// listed in core/src/model/part_fields.h. The output is valid UTF-8 JSON without white space.
// O(size).
std::string EncodeParts(const std::vector<Part>& parts);
// An element that cannot be decoded becomes a CustomPart that keeps it verbatim. kCorrupt only if
// `json` is not a JSON array at all.
Result<std::vector<Part>> DecodeParts(std::string_view json);

// The same for one part (an element of the array).
std::string EncodePart(const Part& part);
Result<Part> DecodePart(std::string_view json);

// Brings a part from outside to the form that it has after a round trip through the store: valid
// UTF-8, `extra` and custom data as compact JSON, and a known type instead of a custom part of that
// type. A decoded part already has this form. O(size); copies nothing in the common case.
// kInvalidArgument: `extra` is not a JSON object or too deep, or custom data is not JSON.
Status NormalizePart(Part& part);

// A row of the delta log: the ops of a patch as a JSON array. Versions and time are columns.
std::string EncodePatchOps(const std::vector<PatchOp>& ops);
// kCorrupt for anything that EncodePatchOps does not write; the message says which element.
Result<std::vector<PatchOp>> DecodePatchOps(std::string_view json);

}  // namespace millrace
