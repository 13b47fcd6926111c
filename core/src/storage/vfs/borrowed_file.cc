#include "storage/vfs/borrowed_file.h"

#include <utility>

namespace millrace {
namespace {

class BorrowedFile final : public BlockFile {
 public:
  BorrowedFile(std::shared_ptr<BlockFile> file, Access access)
      : file_(std::move(file)), access_(access) {}

  Result<std::size_t> Read(std::uint64_t offset, std::span<std::byte> into) override {
    return file_->Read(offset, into);
  }
  Status Write(std::uint64_t offset, std::span<const std::byte> from) override {
    return writable() ? file_->Write(offset, from) : Refusal();
  }
  Status Truncate(std::uint64_t size) override {
    return writable() ? file_->Truncate(size) : Refusal();
  }
  Status Sync() override { return writable() ? file_->Sync() : Status::Ok(); }
  Result<std::uint64_t> Size() override { return file_->Size(); }

 private:
  bool writable() const { return access_ == Access::kReadWrite; }
  static Status Refusal() { return {Code::kIo, "the file is only there to be read"}; }

  std::shared_ptr<BlockFile> file_;
  Access access_;
};

}  // namespace

std::unique_ptr<BlockFile> BorrowFile(std::shared_ptr<BlockFile> file, Access access) {
  return std::make_unique<BorrowedFile>(std::move(file), access);
}

}  // namespace millrace
