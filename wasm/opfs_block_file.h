#pragma once

#include <emscripten/val.h>

#include <string>

#include "millrace/storage/block_file.h"

namespace millrace::wasm {

// A file of the browser's private file system, over an open FileSystemSyncAccessHandle, or over any
// object with its five calls: the files of exports and imports.
//
// Bytes go straight between wasm memory and the file. Every count is checked: a full disk is no
// exception there but a wrong count, and each browser has its own.
// Ownership: the Worker opened the handle and closes it, after the store is closed.
class OpfsBlockFile : public BlockFile {
 public:
  // `name` is for messages.
  OpfsBlockFile(emscripten::val handle, std::string name);

  Result<std::size_t> Read(std::uint64_t offset, std::span<std::byte> into) override;
  Status Write(std::uint64_t offset, std::span<const std::byte> from) override;
  Status Truncate(std::uint64_t size) override;
  Status Sync() override;
  Result<std::uint64_t> Size() override;

 private:
  // `count` is what a call returned instead of a proper count.
  Status Failure(const char* what, double count) const;

  emscripten::val handle_;
  std::string name_;
};

}  // namespace millrace::wasm
