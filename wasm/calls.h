#pragma once

#include <string_view>

#include "js_value.h"
#include "millrace/base/time.h"
#include "millrace/messages/store.h"

namespace millrace::wasm {

// Makes the call with this name. calls.cpp has the table of calls; `Calls` in web/src/calls.ts is
// the same table with the types of the package. `done`, (error | null, value?) => void, is called
// once, now or later. kInvalidArgument: an argument is not as the call needs it.
void Answer(Store& store, TimeMs now, std::string_view name, const val& arguments, const val& done);

}  // namespace millrace::wasm
