#pragma once

#include <string_view>

namespace millrace {

// Guesses the protocol of an event that is not of the expected one; "" if it looks like none we
// know. Only for error messages. REQUIRES: `object` is a JSON object.
std::string_view FormatItLooksLike(std::string_view object);

}  // namespace millrace
