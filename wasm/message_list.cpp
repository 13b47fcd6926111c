#include <cstddef>
#include <vector>

#include "json_writer.h"
#include "message_shape.h"
#include "value_codec.h"

namespace millrace::wasm {
namespace {

// The text is handed over in pieces of about this many bytes. So the core's memory, which never
// shrinks, need not hold the list a second time.
constexpr std::size_t kPiece = 64 * std::size_t{1024};

}  // namespace

val ToJs(const std::vector<Message>& messages) {
  val json = ToJs("");
  JsonText text;
  char separator = '[';
  for (const Message& message : messages) {
    text.json.push_back(separator);
    separator = ',';
    {
      JsonWriter object(text);
      Describe(message, object);
    }
    if (text.json.size() < kPiece) continue;
    json = Joined(json, text.json);
    text.json.clear();
  }
  text.json.append(messages.empty() ? "[]" : "]");
  ObjectWriter list;
  list.Set("json", Joined(json, text.json)).Set("bytes", text.bytes);
  return list.Take();
}

}  // namespace millrace::wasm
