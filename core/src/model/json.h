#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "millrace/model/json_text.h"

// JSON as the codec needs it: values stay slices of the stored text until a field is read.
//
// Why there is no document tree: the codec keeps everything that this version does not know
// verbatim, including numbers of any size. No input costs stack, or more than linear time, however
// deep it is or however many keys it has. And the delta log, the hot path, is written and read
// without a tree.
//
// All functions except Depth, IsString and IsObject trust their input. REQUIRES: `Depth` accepted
// it, or the text around it. All text is UTF-8.
namespace millrace::json {

// How deep the arrays and objects of `text` nest (0: a scalar); nullopt if it is not JSON (RFC
// 8259; white space around it is allowed). Does not recurse.
std::optional<std::size_t> Depth(std::string_view text);

// Whether `text` is JSON of a string, without white space around it.
bool IsString(std::string_view text);

// Whether `text` is JSON of an object, in valid UTF-8.
bool IsObject(std::string_view text);

enum class Kind { kNull, kBool, kNumber, kString, kArray, kObject };

Kind KindOf(std::string_view value);

// Walks the elements of an array or the members of an object, in order, duplicates included.
//
//   for (Cursor cursor(value); cursor.Next();) Use(cursor.key(), cursor.value());
class Cursor {
 public:
  // REQUIRES: `container` is an array or an object.
  explicit Cursor(std::string_view container);

  // Moves to the next element; false if there is none.
  bool Next();

  // With its quotes and escapes; "" in an array.
  std::string_view key() const { return key_; }
  std::string_view value() const { return value_; }

 private:
  std::string_view TakeValue();
  void SkipSpace();

  std::string_view rest_;  // begins at the next comma, element or closing bracket
  bool object_;
  std::string_view key_;
  std::string_view value_;
};

// The text of a string value. An escaped surrogate without its other half becomes U+FFFD.
std::string DecodeString(std::string_view value);
// nullopt for a number with a fraction or an exponent, or outside of int64.
std::optional<std::int64_t> DecodeInt(std::string_view value);

// Appends `value` to `out` without white space between its tokens.
void AppendCompact(std::string_view value, std::string& out);

}  // namespace millrace::json
