#pragma once

#include <string>

#include "millrace/model/message.h"

namespace millrace {

// The text of a message that a person sees: each text part on a line of its own.
std::string VisibleText(const Message& message);

}  // namespace millrace
