#pragma once

#include <utility>

namespace millrace::wasm {

// The number of a JavaScript value in the table of library_millrace.js. The first four are always
// there.
using JsHandle = unsigned;
constexpr JsHandle kUndefined = 0;
constexpr JsHandle kNull = 1;
constexpr JsHandle kTrue = 2;
constexpr JsHandle kFalse = 3;
constexpr JsHandle kFirstCounted = 4;

// Defined in library_millrace.js.
extern "C" {
void millrace_retain(JsHandle handle);
void millrace_release(JsHandle handle);
JsHandle millrace_object();
JsHandle millrace_array();
JsHandle millrace_number(double number);
}

// A JavaScript value, which lives as long as a val has its handle. It is small and unchecked, like
// a built-in type; js_value.h reads and writes what it stands for.
class val {
 public:
  val() = default;  // undefined
  explicit val(bool flag) : handle_(flag ? kTrue : kFalse) {}
  explicit val(double number) : handle_(millrace_number(number)) {}

  static val undefined() { return val(); }
  static val null() { return take_ownership(kNull); }
  static val object() { return take_ownership(millrace_object()); }
  static val array() { return take_ownership(millrace_array()); }
  // The handle was counted for the caller.
  static val take_ownership(JsHandle handle) {
    val value;
    value.handle_ = handle;
    return value;
  }

  val(const val& other) : handle_(other.handle_) {
    if (handle_ >= kFirstCounted) millrace_retain(handle_);
  }
  val(val&& other) noexcept : handle_(std::exchange(other.handle_, kUndefined)) {}
  val& operator=(val other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~val() {
    if (handle_ >= kFirstCounted) millrace_release(handle_);
  }

  JsHandle as_handle() const { return handle_; }
  // The handle, which the caller must release.
  JsHandle give_ownership() { return std::exchange(handle_, kUndefined); }

 private:
  JsHandle handle_ = kUndefined;
};

}  // namespace millrace::wasm
