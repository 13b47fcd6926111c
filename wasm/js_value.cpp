#include "js_value.h"

#include <cmath>

using millrace::wasm::JsHandle;

// Defined in library_millrace.js.
extern "C" {
JsHandle millrace_text(const char* data, std::size_t size);
JsHandle millrace_bytes(const char* data, std::size_t size);
JsHandle millrace_parse_json(const char* data, std::size_t size);
void millrace_set_text(JsHandle object, const char* key, const char* data, std::size_t size);
void millrace_set_number(JsHandle object, const char* key, double value);
void millrace_set_value(JsHandle object, const char* key, JsHandle value);
void millrace_push(JsHandle array, JsHandle value);
JsHandle millrace_join(JsHandle string, const char* data, std::size_t size);
int millrace_kind(JsHandle object, const char* key);
JsHandle millrace_other_field(JsHandle object, const char* const* keys, int count);
JsHandle millrace_get(JsHandle object, const char* key);
double millrace_get_number(JsHandle object, const char* key);
std::size_t millrace_length(JsHandle object, const char* key);
std::size_t millrace_read_text(JsHandle object, const char* key, char* into);
void millrace_read_bytes(JsHandle object, const char* key, char* into);
JsHandle millrace_element(JsHandle array, std::size_t index);
JsHandle millrace_stringify(JsHandle value);
int millrace_call(JsHandle function, JsHandle first, JsHandle second);
}

namespace millrace::wasm {
namespace {

// The largest integer that a JavaScript number holds exactly.
constexpr double kMaxSafeInteger = 9007199254740991.0;

// REQUIRES: the value is a string. If `key` is nullptr, reads the object itself.
std::string ReadText(JsHandle object, const char* key) {
  // A JavaScript code unit takes at most three bytes of UTF-8. Texts are read into one buffer that
  // is kept, so that the result has exactly the size it needs.
  static std::string buffer;
  constexpr std::size_t kKeptBuffer = 1 << 20;
  const std::size_t bound = 3 * millrace_length(object, key);
  if (buffer.size() < bound) buffer.resize(bound);
  std::string text(buffer.data(), millrace_read_text(object, key, buffer.data()));
  if (buffer.size() > kKeptBuffer) std::string().swap(buffer);
  return text;
}

std::string ReadBytes(JsHandle object, const char* key) {
  std::string bytes(millrace_length(object, key), '\0');
  millrace_read_bytes(object, key, bytes.data());
  return bytes;
}

}  // namespace

val ToJs(std::string_view text) {
  return val::take_ownership(millrace_text(text.data(), text.size()));
}

val BytesToJs(std::string_view bytes) {
  return val::take_ownership(millrace_bytes(bytes.data(), bytes.size()));
}

val JsonToJs(std::string_view json) {
  return val::take_ownership(millrace_parse_json(json.data(), json.size()));
}

ObjectWriter& ObjectWriter::Set(Key key, std::string_view text) {
  millrace_set_text(object_.as_handle(), key.literal(), text.data(), text.size());
  return *this;
}

ObjectWriter& ObjectWriter::Set(Key key, double number) {
  millrace_set_number(object_.as_handle(), key.literal(), number);
  return *this;
}

ObjectWriter& ObjectWriter::Set(Key key, bool flag) { return Set(key, val(flag)); }

ObjectWriter& ObjectWriter::Set(Key key, const val& value) {
  SetProperty(object_, key, value);
  return *this;
}

void SetProperty(const val& object, Key key, const val& value) {
  millrace_set_value(object.as_handle(), key.literal(), value.as_handle());
}

void Push(const val& array, const val& value) {
  millrace_push(array.as_handle(), value.as_handle());
}

val Joined(const val& string, std::string_view text) {
  return val::take_ownership(millrace_join(string.as_handle(), text.data(), text.size()));
}

Kind KindOf(const val& value) {
  return static_cast<Kind>(millrace_kind(value.as_handle(), nullptr));
}

double NumberOf(const val& number) { return millrace_get_number(number.as_handle(), nullptr); }

std::string StringOf(const val& string) { return ReadText(string.as_handle(), nullptr); }

std::string BytesOf(const val& bytes) { return ReadBytes(bytes.as_handle(), nullptr); }

val PropertyOf(const val& object, Key key) {
  return val::take_ownership(millrace_get(object.as_handle(), key.literal()));
}

std::size_t LengthOf(const val& array) { return millrace_length(array.as_handle(), nullptr); }

val ElementOf(const val& array, std::size_t index) {
  return val::take_ownership(millrace_element(array.as_handle(), index));
}

std::optional<std::string> JsonOf(const val& value) {
  const val json = val::take_ownership(millrace_stringify(value.as_handle()));
  if (KindOf(json) != Kind::kString) return std::nullopt;
  return StringOf(json);
}

ObjectReader::ObjectReader(val object, const char* what) : object_(std::move(object)), what_(what) {
  if (KindOf(object_) != Kind::kObject) {
    status_ = InvalidArgument(std::string(what) + " must be an object");
  }
}

std::string ObjectReader::String(Key key) {
  auto text = MaybeString(key);
  if (!text) Fail(key, "is missing");
  return std::move(text).value_or(std::string());
}

std::optional<std::string> ObjectReader::MaybeString(Key key) {
  switch (KindAt(key)) {
    case Kind::kString:
      return ReadText(object_.as_handle(), key.literal());
    case Kind::kAbsent:
      return std::nullopt;
    default:
      Fail(key, "must be a string");
      return std::nullopt;
  }
}

std::optional<std::string> ObjectReader::MaybeIdOrNull(Key key) {
  std::optional<std::string> id = MaybeString(key);
  if (id && id->empty()) Fail(key, "must not be empty: null stands for none");
  if (!id && ok() && PropertyOf(object_, key).as_handle() == kNull) id.emplace();
  return id;
}

std::optional<bool> ObjectReader::MaybeBool(Key key) {
  const Kind kind = KindAt(key);
  if (kind == Kind::kAbsent) return std::nullopt;
  if (kind == Kind::kBoolean) return millrace_get_number(object_.as_handle(), key.literal()) != 0;
  Fail(key, "must be true or false");
  return std::nullopt;
}

std::optional<double> ObjectReader::MaybeNumber(Key key) {
  const Kind kind = KindAt(key);
  if (kind == Kind::kAbsent) return std::nullopt;
  if (kind == Kind::kNumber) {
    const double number = millrace_get_number(object_.as_handle(), key.literal());
    if (std::isfinite(number)) return number;
  }
  Fail(key, "must be a number");
  return std::nullopt;
}

std::optional<std::int64_t> ObjectReader::MaybeInteger(Key key) {
  const auto number = MaybeNumber(key);
  if (!number) return std::nullopt;
  if (std::trunc(*number) != *number || std::fabs(*number) > kMaxSafeInteger) {
    Fail(key, "must be an integer");
    return std::nullopt;
  }
  return static_cast<std::int64_t>(*number);
}

std::optional<std::int64_t> ObjectReader::MaybeAmount(Key key) {
  const auto amount = MaybeInteger(key);
  if (amount && *amount < 0) Fail(key, "must not be negative");
  return amount;
}

std::string ObjectReader::Id(Key key) {
  std::string id = String(key);
  if (id.empty()) Fail(key, "must not be empty");
  return id;
}

std::int64_t ObjectReader::Integer(Key key) {
  const auto number = MaybeInteger(key);
  if (!number) Fail(key, "is missing");
  return number.value_or(0);
}

std::optional<std::size_t> ObjectReader::MaybeCount(Key key) {
  const auto number = MaybeInteger(key);
  if (!number) return std::nullopt;
  if (*number < 1) {
    Fail(key, "must be a whole number from 1 on");
    return std::nullopt;
  }
  constexpr std::int64_t kMost = SIZE_MAX;
  return static_cast<std::size_t>(*number < kMost ? *number : kMost);
}

std::string ObjectReader::Bytes(Key key) {
  if (KindAt(key) == Kind::kBytes) return ReadBytes(object_.as_handle(), key.literal());
  Fail(key, "must be a Uint8Array");
  return {};
}

std::string ObjectReader::JsonOrEmpty(Key key) {
  if (KindAt(key) == Kind::kAbsent) return {};
  const auto json = JsonOf(PropertyOf(object_, key));
  if (!json) Fail(key, "must be a value that JSON can hold");
  return json.value_or(std::string());
}

val ObjectReader::Object(Key key) {
  if (KindAt(key) == Kind::kObject) {
    return PropertyOf(object_, key);
  }
  Fail(key, "must be an object");
  return val::object();
}

std::optional<val> ObjectReader::MaybeObject(Key key) {
  if (KindAt(key) == Kind::kAbsent) return std::nullopt;
  return Object(key);
}

val ObjectReader::Array(Key key) {
  const Kind kind = KindAt(key);
  if (kind == Kind::kArray) {
    return PropertyOf(object_, key);
  }
  if (kind != Kind::kAbsent) Fail(key, "must be an array");
  return val::array();
}

void ObjectReader::Fail(Key key, std::string_view problem) {
  FailAt(key.literal() + std::string(" "), problem);
}

void ObjectReader::FailInside(Key key, const Status& why) {
  FailAt(key.literal() + std::string(": "), why.message());
}

void ObjectReader::FailInside(Key key, std::size_t index, const Status& why) {
  FailAt(key.literal() + ("[" + std::to_string(index) + "]: "), why.message());
}

void ObjectReader::FailAt(const std::string& place, std::string_view problem) {
  if (!status_.ok()) return;
  status_ = InvalidArgument(std::string(what_) + "." + place + std::string(problem));
}

void ObjectReader::RefuseOthers() {
  if (!status_.ok()) return;
  const val other = val::take_ownership(
      millrace_other_field(object_.as_handle(), asked_.data(), static_cast<int>(asked_count_)));
  if (KindOf(other) == Kind::kString) {
    status_ = InvalidArgument(std::string(what_) + " has no " + StringOf(other));
  }
}

Kind ObjectReader::KindAt(Key key) {
  if (!status_.ok()) return Kind::kAbsent;
  if (asked_count_ < kMostFields) asked_[asked_count_++] = key.literal();
  return static_cast<Kind>(millrace_kind(object_.as_handle(), key.literal()));
}

bool CallJs(const val& function, const val& first, const val& second) {
  return millrace_call(function.as_handle(), first.as_handle(), second.as_handle()) != 0;
}

}  // namespace millrace::wasm
