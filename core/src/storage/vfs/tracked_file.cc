#include "storage/vfs/tracked_file.h"

#include <algorithm>
#include <vector>

namespace millrace {

Result<std::size_t> TrackedFile::Read(std::uint64_t offset, std::span<std::byte> into) {
  return file_->Read(offset, into);
}

Status TrackedFile::Write(std::uint64_t offset, std::span<const std::byte> from) {
  dirty_ = true;
  dirty_begin_ = std::min(dirty_begin_, offset);
  dirty_end_ = std::max(dirty_end_, offset + from.size());
  bytes_written_ += static_cast<std::int64_t>(from.size());
  return file_->Write(offset, from);
}

Status TrackedFile::Truncate(std::uint64_t size) {
  dirty_ = true;
  truncated_ = true;
  return file_->Truncate(size);
}

Status TrackedFile::Sync() {
  if (!dirty_) return Status::Ok();
  if (sync_failed_) {
    if (Status status = RewriteUnsynced(); !status.ok()) return status;
  }
  if (Status status = file_->Sync(); !status.ok()) {
    sync_failed_ = true;
    return status;
  }
  dirty_ = false;
  truncated_ = false;
  sync_failed_ = false;
  dirty_begin_ = UINT64_MAX;
  dirty_end_ = 0;
  return Status::Ok();
}

Result<std::uint64_t> TrackedFile::Size() { return file_->Size(); }

Status TrackedFile::RewriteUnsynced() {
  constexpr std::size_t kPieceBytes = std::size_t{64} * 1024;
  Result<std::uint64_t> size = file_->Size();
  if (!size.ok()) return size.status();
  const std::uint64_t end = std::min(dirty_end_, *size);
  std::vector<std::byte> piece(kPieceBytes);
  for (std::uint64_t at = dirty_begin_; at < end;) {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(kPieceBytes, end - at));
    Result<std::size_t> got = file_->Read(at, std::span(piece).first(wanted));
    if (!got.ok()) return got.status();
    if (*got == 0) return {Code::kIo, "a file of the store ended while it was being rewritten"};
    bytes_written_ += static_cast<std::int64_t>(*got);
    if (Status status = file_->Write(at, std::span(piece).first(*got)); !status.ok()) return status;
    at += *got;
  }
  return truncated_ ? file_->Truncate(*size) : Status::Ok();
}

}  // namespace millrace
