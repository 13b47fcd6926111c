#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "js_value.h"
#include "millrace/model/json_text.h"

namespace millrace::wasm {

// Values as one JSON text. JSON has no bytes, so they are in `bytes`, and the text has their index
// there.
struct JsonText {
  std::string json;
  val bytes = val::array();
  std::int64_t bytes_count = 0;
};

// Writes one object at the end of a text: its constructor opens the object, and its destructor
// closes it. It has the setters of ObjectWriter. REQUIRES: of two writers on one text, the later
// one is destroyed first.
class JsonWriter : public OptionalFields<JsonWriter> {
 public:
  explicit JsonWriter(JsonText& text) : text_(text) { text_.json.push_back('{'); }
  ~JsonWriter() { text_.json.push_back('}'); }
  JsonWriter(const JsonWriter&) = delete;
  JsonWriter& operator=(const JsonWriter&) = delete;

  JsonWriter& Set(Key key, std::string_view text) {
    json::AppendString(text, Begin(key));
    return *this;
  }
  JsonWriter& Set(Key key, const char* text) { return Set(key, std::string_view(text)); }
  JsonWriter& Set(Key key, std::int64_t number) {
    json::AppendInt(number, Begin(key));
    return *this;
  }
  // JavaScript writes it: the core formats no floating point.
  JsonWriter& Set(Key key, double number) {
    return SetJson(key, JsonOf(val(number)).value_or("0"));
  }
  JsonWriter& Set(Key key, bool flag) { return SetJson(key, flag ? "true" : "false"); }
  JsonWriter& SetBytes(Key key, std::string_view bytes) {
    Push(text_.bytes, BytesToJs(bytes));
    return Set(key, text_.bytes_count++);
  }
  JsonWriter& SetJson(Key key, std::string_view json) {
    Begin(key).append(json);
    return *this;
  }
  // `describe(writer)` fills the object.
  template <typename Describe>
  JsonWriter& SetObject(Key key, const Describe& describe) {
    Begin(key);
    JsonWriter object(text_);
    describe(object);
    return *this;
  }
  template <typename T, typename Describe>
  JsonWriter& SetEach(Key key, const std::vector<T>& items, const Describe& describe) {
    Begin(key).push_back('[');
    for (const T& item : items) {
      if (&item != &items.front()) text_.json.push_back(',');
      JsonWriter object(text_);
      describe(item, object);
    }
    text_.json.push_back(']');
    return *this;
  }

 private:
  // Writes the key; returns the text, ready for the property's value.
  std::string& Begin(Key key) {
    std::string& json = text_.json;
    if (json.back() != '{') json.push_back(',');
    return json.append("\"").append(key.literal()).append("\":");
  }

  JsonText& text_;
};

}  // namespace millrace::wasm
