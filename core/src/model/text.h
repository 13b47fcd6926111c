#pragma once

#include <string>

#include "millrace/base/utf8.h"

namespace millrace {

// Makes `text` valid UTF-8, as all text of the model is. Copies nothing if it is valid already.
inline void MakeValid(std::string& text) {
  if (!IsValidUtf8(text)) text = ToValidUtf8(text);
}

}  // namespace millrace
