#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "millrace/storage/block_file.h"

namespace millrace {

// A file in memory, made of blocks. It knows what changed since the last Accept and can go back.
//
// Blocks are shared, and copied before their first change, so a saved state costs only what
// changed.
// Invariants:
//   1. For each block changed since Accept, before_ holds its content at that time. Blocks in
//      before_ are never written to.
//   2. Every byte at or past size() is 0. A block that was never written is null and reads as 0.
class BlockImage {
 public:
  // One page of SQLite, and one record in IndexedDB.
  static constexpr std::size_t kBlockBytes = 4096;
  using Block = std::array<std::byte, kBlockBytes>;

  std::size_t Read(std::uint64_t offset, std::span<std::byte> into) const;
  void Write(std::uint64_t offset, std::span<const std::byte> from);
  void Truncate(std::uint64_t size);
  std::uint64_t size() const { return size_; }

  bool changed() const { return !before_.empty() || size_ != size_before_; }
  // The changed blocks that are still part of the file, in ascending order.
  std::vector<std::size_t> ChangedBlocks() const;
  const Block& At(std::size_t index) const;

  // From now on RollBack goes back to the present content.
  void Accept();
  void RollBack();
  // The file as RollBack would make it. The copy and this file do not see each other's changes.
  BlockImage Before() const;

 private:
  using SharedBlock = std::shared_ptr<Block>;

  // Returns the block, ready to be written to.
  Block& Change(std::size_t index);

  std::vector<SharedBlock> blocks_;
  std::uint64_t size_ = 0;
  std::map<std::size_t, SharedBlock> before_;
  std::uint64_t size_before_ = 0;
};

// The files of one database.
struct BlockImages {
  BlockImage database;
  BlockImage wal;
  BlockImage journal;

  bool changed() const { return database.changed() || wal.changed() || journal.changed(); }
  void Accept();
  void RollBack();
  BlockImages Before() const;
};

// The images as files, which keep the images alive and change them.
DatabaseFiles FilesOf(const std::shared_ptr<BlockImages>& images);

}  // namespace millrace
