#pragma once

#include <string>
#include <string_view>

namespace millrace {

// The text of deltas that come as JSON strings, one after another.
//
// Some providers cut a text between the two halves of a surrogate pair: one delta ends with
// \ud83d, the next begins with \ude00. Such a half is held back until the other comes; one that
// stays alone becomes U+FFFD.
class DeltaText {
 public:
  // The text that `value`, a JSON string, completes.
  std::string Take(std::string_view value);
  // What is still held back, as U+FFFD; "" if nothing is.
  std::string Finish();

 private:
  std::string held_;  // the escape of a high surrogate, or ""
};

}  // namespace millrace
