#pragma once

#include <string_view>

#include "js_value.h"
#include "millrace/base/time.h"
#include "millrace/messages/store.h"

namespace millrace::wasm {

// Makes the call of that name (calls.cpp has the table of them; `Calls` in web/src/calls.ts is the
// same table with the types of the package) and tells `done`, (error | null, value?) => void, once:
// now or later. An argument that is not as the call needs it is kInvalidArgument.
void Answer(Store& store, TimeMs now, std::string_view name, const val& arguments, const val& done);

}  // namespace millrace::wasm
