#pragma once

#include <string_view>

namespace millrace {

// Which protocol the event of a stream looks like that is none of the one asked for; "" for nothing
// known. For the message of an error only. REQUIRES: `object` is a JSON object.
std::string_view FormatItLooksLike(std::string_view object);

}  // namespace millrace
