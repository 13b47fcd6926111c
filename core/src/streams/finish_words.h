#pragma once

#include <string_view>

#include "millrace/model/part.h"

namespace millrace {

// The meaning of a provider's finish word. Gateways pass on the words of other providers, in upper
// or lower case. kUnknown for a word that no known provider uses.
FinishReason ReasonOfWord(std::string_view word);

}  // namespace millrace
