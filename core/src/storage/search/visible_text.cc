#include "storage/search/visible_text.h"

#include <variant>

namespace millrace {

std::string VisibleText(const Message& message) {
  std::string text;
  for (const Part& part : message.parts) {
    const auto* each = std::get_if<TextPart>(&part);
    if (each == nullptr || each->text.empty()) continue;
    if (!text.empty()) text += '\n';
    text += each->text;
  }
  return text;
}

}  // namespace millrace
