#include "storage/vfs/wal_block_file.h"

namespace millrace {
namespace {

// https://sqlite.org/fileformat2.html#walformat
constexpr std::size_t kFrameHeaderBytes = 24;

}  // namespace

Result<std::size_t> WalBlockFile::Read(std::uint64_t offset, std::span<std::byte> into) {
  if (Status status = WriteHeader(); !status.ok()) return status;
  return file_->Read(offset, into);
}

Status WalBlockFile::Write(std::uint64_t offset, std::span<const std::byte> from) {
  const bool continues = offset == end_;
  end_ = offset + from.size();
  if (!continues) {
    if (Status status = WriteHeader(); !status.ok()) return status;
    return file_->Write(offset, from);
  }
  if (frame_.empty() && from.size() == kFrameHeaderBytes) {
    frame_.assign(from.begin(), from.end());
    frame_at_ = offset;
    return Status::Ok();
  }
  if (frame_.empty()) return file_->Write(offset, from);
  frame_.insert(frame_.end(), from.begin(), from.end());
  return WriteHeader();
}

Status WalBlockFile::Truncate(std::uint64_t size) {
  if (Status status = WriteHeader(); !status.ok()) return status;
  return file_->Truncate(size);
}

Status WalBlockFile::Sync() {
  if (Status status = WriteHeader(); !status.ok()) return status;
  return file_->Sync();
}

Result<std::uint64_t> WalBlockFile::Size() {
  if (Status status = WriteHeader(); !status.ok()) return status;
  return file_->Size();
}

// Writes the held header, and the page if one was put behind it.
Status WalBlockFile::WriteHeader() {
  if (frame_.empty()) return Status::Ok();
  Status status = file_->Write(frame_at_, frame_);
  frame_.clear();
  return status;
}

}  // namespace millrace
