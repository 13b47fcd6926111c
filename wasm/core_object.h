#pragma once

#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

#include "js_value.h"

// Objects of the core as JavaScript has them: each kind has a table of methods.
namespace millrace::wasm {

// `call` gets the object (nullptr: the module itself) and an array of the arguments.
struct CoreMethod {
  const char* name;
  JsHandle (*call)(void* object, JsHandle arguments);
};

// Defined in library_millrace.js.
extern "C" {
JsHandle millrace_core_object(const CoreMethod* methods, std::size_t count, void* object);
void millrace_export(const CoreMethod* methods, std::size_t count);
}

// ---- an argument, as the type that a method takes

template <typename T>
T ArgumentAs(val argument);
template <>
inline val ArgumentAs(val argument) {
  return argument;
}
template <>
inline double ArgumentAs(val argument) {
  return NumberOf(argument);
}
template <>
inline int ArgumentAs(val argument) {
  return static_cast<int>(NumberOf(argument));
}

// ---- a result, as the value that JavaScript gets

inline val ResultToJs(val result) { return result; }
inline val ResultToJs(bool result) { return val(result); }
template <typename T>
val ResultToJs(const std::shared_ptr<T>& object) {
  return object == nullptr ? val::null() : ToJs(object);
}

// ---- a member function, or a function of the module, as the `call` of a method

template <typename Out, typename... In, typename Function, std::size_t... kIndex>
JsHandle CallWith(const val& arguments, const Function& function, std::index_sequence<kIndex...>) {
  if constexpr (std::is_void_v<Out>) {
    function(ArgumentAs<std::decay_t<In>>(ElementOf(arguments, kIndex))...);
    return kUndefined;
  } else {
    return ResultToJs(function(ArgumentAs<std::decay_t<In>>(ElementOf(arguments, kIndex))...))
        .give_ownership();
  }
}

template <auto kFunction>
struct MethodOf;

template <typename Out, typename... In, Out (*kFunction)(In...)>
struct MethodOf<kFunction> {
  static JsHandle Call(void* /*module*/, JsHandle arguments) {
    return CallWith<Out, In...>(val::take_ownership(arguments), kFunction,
                                std::index_sequence_for<In...>());
  }
};

template <typename T, typename Out, typename... In, Out (T::*kFunction)(In...)>
struct MethodOf<kFunction> {
  static JsHandle Call(void* object, JsHandle arguments) {
    T& host = **static_cast<std::shared_ptr<T>*>(object);
    return CallWith<Out, In...>(
        val::take_ownership(arguments),
        [&host](In... in) -> Out { return (host.*kFunction)(std::forward<In>(in)...); },
        std::index_sequence_for<In...>());
  }
};

template <typename T, typename Out, typename... In, Out (T::*kFunction)(In...) const>
struct MethodOf<kFunction> {
  static JsHandle Call(void* object, JsHandle arguments) {
    const T& host = **static_cast<std::shared_ptr<T>*>(object);
    return CallWith<Out, In...>(
        val::take_ownership(arguments),
        [&host](In... in) -> Out { return (host.*kFunction)(std::forward<In>(in)...); },
        std::index_sequence_for<In...>());
  }
};

template <auto kFunction>
constexpr CoreMethod Method(const char* name) {
  return {name, MethodOf<kFunction>::Call};
}

// Gives up JavaScript's share of the object.
template <typename T>
constexpr CoreMethod Delete() {
  return {"delete", [](void* object, JsHandle arguments) {
            val::take_ownership(arguments);
            delete static_cast<std::shared_ptr<T>*>(object);
            return kUndefined;
          }};
}

// A new object of JavaScript, which shares the ownership until its `delete`. `methods` is a table
// that stays where it is.
template <typename T, std::size_t kCount>
val CoreObject(const CoreMethod (&methods)[kCount], const std::shared_ptr<T>& object) {
  return val::take_ownership(millrace_core_object(methods, kCount, new std::shared_ptr<T>(object)));
}

}  // namespace millrace::wasm
