#pragma once

#include <string>

#include "millrace/base/utf8.h"

namespace millrace {

// Makes `text` what all text of the model is: valid UTF-8. Copies nothing when it is.
inline void MakeValid(std::string& text) {
  if (!IsValidUtf8(text)) text = ToValidUtf8(text);
}

}  // namespace millrace
