#pragma once

#include <string>

#include "millrace/model/message.h"

namespace millrace {

// What a person sees of a message: its text parts, on a line each.
std::string VisibleText(const Message& message);

}  // namespace millrace
