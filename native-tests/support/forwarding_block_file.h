#pragma once

#include <memory>
#include <utility>

#include "millrace/storage/block_file.h"

namespace millrace {

// Passes every call on to another file, which it shares. Subclasses may change one of the calls.
class ForwardingBlockFile : public BlockFile {
 public:
  explicit ForwardingBlockFile(std::shared_ptr<BlockFile> file) : file_(std::move(file)) {}

  Result<std::size_t> Read(std::uint64_t offset, std::span<std::byte> into) override {
    return file_->Read(offset, into);
  }
  Status Write(std::uint64_t offset, std::span<const std::byte> from) override {
    return file_->Write(offset, from);
  }
  Status Truncate(std::uint64_t size) override { return file_->Truncate(size); }
  Status Sync() override { return file_->Sync(); }
  Result<std::uint64_t> Size() override { return file_->Size(); }

 private:
  std::shared_ptr<BlockFile> file_;
};

}  // namespace millrace
