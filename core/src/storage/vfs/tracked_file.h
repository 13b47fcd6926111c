#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "millrace/base/status.h"
#include "millrace/storage/block_file.h"

namespace millrace {

// One file of the database as the VFS uses it: a BlockFile that counts the bytes written to it and
// knows which of them are not synced yet.
//
// Invariants:
//  1. A Sync that returns OK covers every write since the file was opened, and everything that an
//     earlier life of the file wrote: what a dead process left unsynced counts as dirty.
//  2. A failed sync proves nothing about the next one. Some systems drop the dirty mark of pages
//     they could not write, so that a second sync succeeds without them. Therefore the range of a
//     failed sync is written (and cut off) again before the next attempt.
class TrackedFile {
 public:
  explicit TrackedFile(std::unique_ptr<BlockFile> file) : file_(std::move(file)) {}

  Result<std::size_t> Read(std::uint64_t offset, std::span<std::byte> into);
  Status Write(std::uint64_t offset, std::span<const std::byte> from);
  Status Truncate(std::uint64_t size);
  // Free if nothing was written since the last sync.
  Status Sync();
  Result<std::uint64_t> Size();

  // Bytes passed to BlockFile::Write since opening, including failed writes.
  std::int64_t bytes_written() const { return bytes_written_; }

 private:
  Status RewriteUnsynced();

  std::unique_ptr<BlockFile> file_;
  std::int64_t bytes_written_ = 0;
  bool dirty_ = true;
  bool truncated_ = false;  // since the last sync that returned OK
  bool sync_failed_ = false;
  // The range that may not be synced. Past the end of the file it means nothing.
  std::uint64_t dirty_begin_ = 0;
  std::uint64_t dirty_end_ = UINT64_MAX;
};

}  // namespace millrace
