#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "millrace/base/status.h"
#include "millrace/storage/block_file.h"

namespace millrace {

// The file of the write-ahead log, handed one write for each frame. SQLite writes a frame in two
// pieces, its header (24 bytes) and its page; a call into a browser costs more than what it
// carries, and a window's commit is one frame.
//
//   Write(header) ──▶ held ──Write(page), right behind it──▶ one write of both
//                      └──── anything else ────────────────▶ the header first, by itself
//
// A group commit goes further: all frames of several transactions become one write.
//
//   Hold ──▶ what is written is gathered in memory ──HandOver──▶ one write of all
//
// Invariants:
//  1. Only a header that continues the last write is held, which is where SQLite appends a frame.
//     It rewrites headers elsewhere (after a large transaction); nothing follows those, so they are
//     not held: when a commit ends, no header is.
//  2. A header that is held was reported as written. If it cannot be written then, the page's
//     write, or whatever else came next, fails in its place, and it is forgotten: SQLite rolls
//     back, and writes the frame again with the next commit.
//  3. What a group gathered is part of the file for whoever reads, and is never forgotten: SQLite
//     has committed it. If it cannot be handed over, whatever needs it in the file fails until it
//     can. Nothing is written before it.
class WalBlockFile final : public BlockFile {
 public:
  explicit WalBlockFile(std::unique_ptr<BlockFile> file) : file_(std::move(file)) {}

  // Begins a group. Its size is bounded by whoever ends it.
  void Hold() { holding_ = true; }
  // Ends it, and hands over what it gathered, and what an earlier one could not. No write, and OK,
  // where there is nothing.
  Status HandOver();

  Result<std::size_t> Read(std::uint64_t offset, std::span<std::byte> into) override;
  Status Write(std::uint64_t offset, std::span<const std::byte> from) override;
  Status Truncate(std::uint64_t size) override;
  Status Sync() override;
  Result<std::uint64_t> Size() override;

 private:
  Status WriteHeld();
  Status WriteHeader();
  Status WriteGroup();
  Status Gather(std::uint64_t offset, std::span<const std::byte> from);

  std::unique_ptr<BlockFile> file_;
  std::vector<std::byte> frame_;    // not empty: a header is held; then there is no group
  std::uint64_t frame_at_ = 0;      // where it belongs
  std::uint64_t end_ = UINT64_MAX;  // of the last write, held or not
  bool holding_ = false;
  std::vector<std::byte> group_;  // not empty: to be written before anything else
  std::uint64_t group_at_ = 0;    // where it belongs
};

}  // namespace millrace
