#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "millrace/base/status.h"
#include "millrace/storage/block_file.h"

namespace millrace {

// The file of the write-ahead log, with one write for each frame. SQLite writes a frame in two
// pieces: its header (24 bytes) and its page. A call into a browser costs more than the bytes it
// carries, and a window's commit is one frame.
//
//   Write(header) ──▶ held ──Write(page), right behind it──▶ one write of both
//                      └──── anything else ────────────────▶ the header first, by itself
//
// Invariants:
//  1. Only a header that continues the last write is held: that is where SQLite appends a frame.
//     It also rewrites headers elsewhere (after a large transaction). No page follows those, so
//     they are not held. So no header is held when a commit ends.
//  2. A held header was reported as written. If it cannot be written later, the next operation
//     (the write of the page, or another one) fails instead, and the header is forgotten. SQLite
//     rolls back, and writes the frame again with the next commit.
class WalBlockFile final : public BlockFile {
 public:
  explicit WalBlockFile(std::unique_ptr<BlockFile> file) : file_(std::move(file)) {}

  Result<std::size_t> Read(std::uint64_t offset, std::span<std::byte> into) override;
  Status Write(std::uint64_t offset, std::span<const std::byte> from) override;
  Status Truncate(std::uint64_t size) override;
  Status Sync() override;
  Result<std::uint64_t> Size() override;

 private:
  Status WriteHeader();

  std::unique_ptr<BlockFile> file_;
  std::vector<std::byte> frame_;    // not empty: it holds a header
  std::uint64_t frame_at_ = 0;      // the place of the frame in the file
  std::uint64_t end_ = UINT64_MAX;  // the end of the last write, held or not
};

}  // namespace millrace
