#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "millrace/model/part.h"

namespace millrace {

// Appends the stored form of `part` to `out`: O(its size).
void AppendPart(const Part& part, std::string& out);

// Decodes one element of the stored array. REQUIRES: valid UTF-8 that json::Depth accepted; `depth`
// is what Depth returned for the text around it.
Part DecodeElement(std::string_view element, std::size_t depth);

}  // namespace millrace
