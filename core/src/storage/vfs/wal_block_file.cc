#include "storage/vfs/wal_block_file.h"

#include <algorithm>

namespace millrace {
namespace {

// https://sqlite.org/fileformat2.html#walformat
constexpr std::size_t kFrameHeaderBytes = 24;

}  // namespace

Status WalBlockFile::HandOver() {
  holding_ = false;
  return WriteHeld();
}

Result<std::size_t> WalBlockFile::Read(std::uint64_t offset, std::span<std::byte> into) {
  if (Status status = WriteHeader(); !status.ok()) return status;
  Result<std::size_t> got = file_->Read(offset, into);
  if (!got.ok()) return got;
  const std::uint64_t begin = std::max(offset, group_at_);
  const std::uint64_t end = std::min(offset + into.size(), group_at_ + group_.size());
  if (begin >= end) return got;
  const auto from = static_cast<std::size_t>(begin - group_at_);
  const auto to = static_cast<std::size_t>(begin - offset);
  const auto size = static_cast<std::size_t>(end - begin);
  std::copy_n(group_.data() + from, size, into.data() + to);
  return std::max(*got, static_cast<std::size_t>(end - offset));
}

Status WalBlockFile::Write(std::uint64_t offset, std::span<const std::byte> from) {
  const bool continues = offset == end_;
  end_ = offset + from.size();
  if (holding_) return Gather(offset, from);
  if (Status status = WriteGroup(); !status.ok()) return status;
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

// The group is one piece of the file: SQLite appends frames, and writes again those of a
// transaction that it rolled back.
Status WalBlockFile::Gather(std::uint64_t offset, std::span<const std::byte> from) {
  if (offset < group_at_ || offset > group_at_ + group_.size()) {
    if (Status status = WriteGroup(); !status.ok()) return status;
  }
  if (group_.empty()) group_at_ = offset;
  const auto at = static_cast<std::size_t>(offset - group_at_);
  group_.resize(std::max(group_.size(), at + from.size()));
  std::copy_n(from.data(), from.size(), group_.data() + at);
  return Status::Ok();
}

Status WalBlockFile::Truncate(std::uint64_t size) {
  if (Status status = WriteHeld(); !status.ok()) return status;
  return file_->Truncate(size);
}

Status WalBlockFile::Sync() {
  if (Status status = WriteHeld(); !status.ok()) return status;
  return file_->Sync();
}

Result<std::uint64_t> WalBlockFile::Size() {
  if (Status status = WriteHeld(); !status.ok()) return status;
  return file_->Size();
}

Status WalBlockFile::WriteHeld() {
  if (Status status = WriteGroup(); !status.ok()) return status;
  return WriteHeader();
}

Status WalBlockFile::WriteHeader() {
  if (frame_.empty()) return Status::Ok();
  Status status = file_->Write(frame_at_, frame_);
  frame_.clear();
  return status;
}

Status WalBlockFile::WriteGroup() {
  if (group_.empty()) return Status::Ok();
  Status status = file_->Write(group_at_, group_);
  if (status.ok()) group_.clear();
  return status;
}

}  // namespace millrace
