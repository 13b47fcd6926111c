#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "millrace/base/status.h"
#include "millrace/model/header_fields.h"
#include "val.h"

namespace millrace::wasm {

// A property name. It must be a literal, because JavaScript remembers the name by the literal's
// address.
class Key {
 public:
  template <std::size_t kSize>
  // Implicit, so that a literal can be used as a name.
  consteval Key(const char (&literal)[kSize])  // NOLINT(google-explicit-constructor)
      : literal_(literal) {}

  // The name of a field in a table, which has it as a literal.
  explicit constexpr Key(const HeaderField& field) : literal_(field.property) {}

  const char* literal() const { return literal_; }

 private:
  const char* literal_;
};

// ---- C++ to JavaScript; all of these copy

val ToJs(std::string_view text);
val BytesToJs(std::string_view bytes);  // a Uint8Array
// `undefined` if the text is not JSON.
val JsonToJs(std::string_view json);

// The setters that leave out a property without a value: it is absent, never null.
template <typename Writer>
class OptionalFields {
 public:
  Writer& SetUnlessEmpty(Key key, std::string_view text) {
    return text.empty() ? self() : self().Set(key, text);
  }
  Writer& SetIf(Key key, bool flag) { return flag ? self().Set(key, true) : self(); }
  Writer& SetIfAny(Key key, const std::optional<std::int64_t>& number) {
    return number ? self().Set(key, *number) : self();
  }

 private:
  Writer& self() { return static_cast<Writer&>(*this); }
};

// Builds one plain object.
class ObjectWriter : public OptionalFields<ObjectWriter> {
 public:
  ObjectWriter() : object_(val::object()) {}

  ObjectWriter& Set(Key key, std::string_view text);
  ObjectWriter& Set(Key key, const char* text) { return Set(key, std::string_view(text)); }
  ObjectWriter& Set(Key key, double number);
  ObjectWriter& Set(Key key, std::int64_t number) { return Set(key, static_cast<double>(number)); }
  ObjectWriter& Set(Key key, bool flag);
  ObjectWriter& Set(Key key, const val& value);
  ObjectWriter& SetBytes(Key key, std::string_view bytes) { return Set(key, BytesToJs(bytes)); }
  ObjectWriter& SetJson(Key key, std::string_view json) { return Set(key, JsonToJs(json)); }
  // An array of objects; `describe(item, writer)` fills each of them.
  template <typename T, typename Describe>
  ObjectWriter& SetEach(Key key, const std::vector<T>& items, const Describe& describe);

  val Take() { return std::move(object_); }

 private:
  val object_;
};

void SetProperty(const val& object, Key key, const val& value);
void Push(const val& array, const val& value);
// `string` with `text` appended.
val Joined(const val& string, std::string_view text);

template <typename T, typename Describe>
ObjectWriter& ObjectWriter::SetEach(Key key, const std::vector<T>& items,
                                    const Describe& describe) {
  const val array = val::array();
  for (const T& item : items) {
    ObjectWriter object;
    describe(item, object);
    Push(array, object.Take());
  }
  return Set(key, array);
}

// ---- JavaScript to C++

enum class Kind { kAbsent, kString, kNumber, kBoolean, kFunction, kArray, kBytes, kObject, kOther };

Kind KindOf(const val& value);
// REQUIRES: the value is of the kind in the function's name.
double NumberOf(const val& number);  // any value, as Number() makes it one
std::string StringOf(const val& string);
std::string BytesOf(const val& bytes);
val PropertyOf(const val& object, Key key);
std::size_t LengthOf(const val& array);
val ElementOf(const val& array, std::size_t index);
// The value as JSON text; nullopt if it has none.
std::optional<std::string> JsonOf(const val& value);

// Reads the properties of one object from outside. It keeps the first error in status(), and later
// reads give empty values. So a caller reads everything and checks once. Undefined and null count
// as absent.
class ObjectReader {
 public:
  // `what` names the object in error messages; a literal.
  ObjectReader(val object, const char* what);

  std::string String(Key key);
  std::string StringOrEmpty(Key key) { return MaybeString(key).value_or(std::string()); }
  std::optional<std::string> MaybeString(Key key);
  // The id of something else. Unset: undefined. "": null, which stands for none.
  std::optional<std::string> MaybeIdOrNull(Key key);
  bool BoolOrFalse(Key key) { return MaybeBool(key).value_or(false); }
  std::optional<bool> MaybeBool(Key key);
  std::int64_t Integer(Key key);
  std::optional<std::int64_t> MaybeInteger(Key key);  // within +-2^53
  std::optional<double> MaybeNumber(Key key);         // finite
  std::optional<std::size_t> MaybeCount(Key key);     // an integer, 1 or more
  // An amount that can be added up: 0 or more.
  std::optional<std::int64_t> MaybeAmount(Key key);
  std::string Id(Key key);  // not empty
  std::string Bytes(Key key);
  // The property's value as JSON text; "" if it is absent.
  std::string JsonOrEmpty(Key key);
  val Object(Key key);
  std::optional<val> MaybeObject(Key key);
  val Array(Key key);  // an empty one if absent

  // Refuses a property that no call above asked for, and names the one that was probably meant. A
  // property that is silently ignored would be lost. Call it after everything was read.
  void RefuseOthers();

  bool ok() const { return status_.ok(); }
  const Status& status() const { return status_; }
  // Notes what is wrong with the property: "<what>.<key> <problem>".
  void Fail(Key key, std::string_view problem);
  // The same for a value inside it: "<what>.<key>: <why>", "<what>.<key>[<index>]: <why>".
  void FailInside(Key key, const Status& why);
  void FailInside(Key key, std::size_t index, const Status& why);

 private:
  void FailAt(const std::string& place, std::string_view problem);
  // Every read begins here.
  Kind KindAt(Key key);

  // More fields than any object has that is read with this class.
  static constexpr std::size_t kMostFields = 16;

  val object_;
  const char* what_;
  std::array<const char*, kMostFields> asked_;
  std::size_t asked_count_ = 0;
  Status status_;
};

// ---- calls

// Calls a JavaScript function. Returns false if it threw; the console then shows the exception.
bool CallJs(const val& function, const val& first, const val& second);

}  // namespace millrace::wasm
