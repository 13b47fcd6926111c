#pragma once

#include <functional>
#include <memory>

#include "millrace/storage/block_image_storage.h"
#include "val.h"

namespace millrace::wasm {

// Runs a function inside a turn of the store.
using InTurn = std::function<void(const std::function<void()>&)>;

// A commit under way in IndexedDB (CoreCommit in web/src/core-module.ts). JavaScript calls Done
// once and then releases it.
class BlockCommit {
 public:
  BlockCommit(std::function<void(Status)> ended, InTurn in_turn)
      : ended_(std::move(ended)), in_turn_(std::move(in_turn)) {}

  // `error`: null, or { code, message }.
  void Done(const val& error);

 private:
  std::function<void(Status)> ended_;
  InTurn in_turn_;
};

val ToJs(const std::shared_ptr<BlockCommit>& commit);  // a CoreCommit

// Reads the content of `files`, which has `database`, `wal` and `journal`.
Result<BlockImages> LoadImages(const val& files);

// Saves through `commit(change, pending)`, a function of `files` that begins one transaction.
SaveBlocks SaveThrough(const val& files, InTurn in_turn);

}  // namespace millrace::wasm
