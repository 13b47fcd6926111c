#pragma once

#include <string>

#include "millrace/storage/block_file.h"
#include "val.h"

namespace millrace::wasm {

// A file over a JavaScript object with the five calls of a FileSystemSyncAccessHandle. That is such
// a handle of a file in the browser's private file system, the file of an export or import, or a
// file loaded from IndexedDB.
//
// Bytes go directly between wasm memory and the file. Every count is checked: a full disk is not an
// exception but a wrong count, and each browser has its own.
// Ownership: the Worker opened the handle, and closes it after the store is closed.
class HandleBlockFile : public BlockFile {
 public:
  // `name` is for error messages.
  HandleBlockFile(val handle, std::string name);

  Result<std::size_t> Read(std::uint64_t offset, std::span<std::byte> into) override;
  Status Write(std::uint64_t offset, std::span<const std::byte> from) override;
  Status Truncate(std::uint64_t size) override;
  Status Sync() override;
  Result<std::uint64_t> Size() override;

 private:
  // `count`: what a call returned instead of a proper count.
  Status Failure(const char* what, double count) const;

  val handle_;
  std::string name_;
};

}  // namespace millrace::wasm
