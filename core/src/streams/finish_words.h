#pragma once

#include <string_view>

#include "millrace/model/mutation.h"
#include "millrace/model/part.h"

namespace millrace {

// The meaning of a provider's finish word. Gateways pass on the words of other providers, in upper
// or lower case. kUnknown for a word that no known provider uses.
FinishReason ReasonOfWord(std::string_view word);

// The finish of a reply that ended with `word`. The details say more where the reason cannot: a
// word that nobody knows, or that the provider only paused.
Finish FinishOfWord(std::string_view word);

// Whether a reply that ended for this reason is not whole.
inline bool IsCut(FinishReason reason) {
  return reason == FinishReason::kMaxTokens || reason == FinishReason::kContentFilter ||
         reason == FinishReason::kInterrupted;
}

// The finish of a stream that ended without one. `came`: it had some content.
Finish NoFinish(bool came);

}  // namespace millrace
