#pragma once

#include <string>
#include <string_view>

namespace millrace {

// The text of deltas that come as JSON strings, one after another.
//
// Some providers cut a text between the two halves of a surrogate pair: one delta ends with \ud83d,
// the next begins with \ude00. The first half is held back until the second comes. A half that
// stays alone becomes U+FFFD.
class DeltaText {
 public:
  // Returns the text that is complete after `value`, a JSON string.
  std::string Take(std::string_view value);
  // Returns what is still held back, as U+FFFD; "" if nothing is.
  std::string Finish();
  bool empty() const { return held_.empty(); }

 private:
  std::string held_;  // the escape of a high surrogate, or ""
};

}  // namespace millrace
