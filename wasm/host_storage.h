#pragma once

#include <memory>

#include "indexeddb_blocks.h"
#include "js_value.h"
#include "millrace/storage/storage.h"

namespace millrace::wasm {

// The storage that belongs to the files JavaScript hands over (CoreFiles in
// web/src/core-module.ts): none: in memory; with `commit`: in IndexedDB; else in OPFS.
// `in_turn` carries what the storage completes later into the core.
Result<std::unique_ptr<Storage>> OpenHostStorage(const val& files, InTurn in_turn);

}  // namespace millrace::wasm
