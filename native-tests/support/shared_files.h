#pragma once

#include <memory>
#include <utility>

#include "millrace/storage/block_file.h"
#include "millrace/storage/sqlite_storage.h"

namespace millrace {

// Three files in memory that outlive the database that has them open: opening again finds what was
// written, as after the death of the process.
class SharedFiles {
 public:
  DatabaseFiles Open() {
    return {std::make_unique<Shared>(database_), std::make_unique<Shared>(wal_),
            std::make_unique<Shared>(journal_)};
  }

 private:
  class Shared : public BlockFile {
   public:
    explicit Shared(std::shared_ptr<BlockFile> file) : file_(std::move(file)) {}
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

  std::shared_ptr<BlockFile> database_ = MakeMemoryBlockFile();
  std::shared_ptr<BlockFile> wal_ = MakeMemoryBlockFile();
  std::shared_ptr<BlockFile> journal_ = MakeMemoryBlockFile();
};

}  // namespace millrace
