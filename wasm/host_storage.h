#pragma once

#include <memory>
#include <string>

#include "indexeddb_blocks.h"
#include "js_value.h"
#include "millrace/storage/storage.h"

namespace millrace::wasm {

// The storage for the files that JavaScript passes in (CoreFiles in web/src/core-module.ts):
// without files in memory, with `commit` in IndexedDB, otherwise in OPFS. `place`: see
// SqliteOptions. `in_turn` brings what the
// storage completes later into the core.
Result<std::unique_ptr<Storage>> OpenHostStorage(const val& files, std::string place,
                                                 InTurn in_turn);

}  // namespace millrace::wasm
