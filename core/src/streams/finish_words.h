#pragma once

#include <string_view>

#include "millrace/model/part.h"

namespace millrace {

// What a provider's finish word means. Gateways let the words of other providers through, in any
// case. kUnknown for a word that nobody is known to use.
FinishReason ReasonOfWord(std::string_view word);

}  // namespace millrace
