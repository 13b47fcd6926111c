#include <algorithm>
#include <array>
#include <cstring>
#include <utility>
#include <vector>

#include "millrace/storage/block_file.h"
#include "storage/pieces.h"

namespace millrace {
namespace {

// Growing never copies the existing content, and a chunk that was never written takes no memory. 64
// KiB is 16 pages, so a store of a few MB is some dozens of allocations.
constexpr std::size_t kChunkBytes = std::size_t{64} * 1024;

// A file in memory, made of chunks of equal size. A chunk that was never written is null and reads
// as 0.
// Invariant: every byte at or past size_ inside a chunk is 0.
class MemoryBlockFile final : public BlockFile {
 public:
  Result<std::size_t> Read(std::uint64_t offset, std::span<std::byte> into) override {
    if (offset >= size_) return std::size_t{0};
    const auto count =
        static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), size_ - offset));
    ForEachPiece<kChunkBytes>(
        offset, count,
        [&](std::size_t chunk, std::size_t at, std::size_t done, std::size_t length) {
          if (chunks_[chunk] == nullptr) {
            std::memset(into.data() + done, 0, length);
          } else {
            std::memcpy(into.data() + done, chunks_[chunk]->data() + at, length);
          }
        });
    return count;
  }

  Status Write(std::uint64_t offset, std::span<const std::byte> from) override {
    const std::uint64_t end = offset + from.size();
    if (end > size_) {
      chunks_.resize(BlocksFor<kChunkBytes>(end));
      size_ = end;
    }
    ForEachPiece<kChunkBytes>(
        offset, from.size(),
        [&](std::size_t chunk, std::size_t at, std::size_t done, std::size_t length) {
          if (chunks_[chunk] == nullptr) chunks_[chunk] = std::make_unique<Chunk>();
          std::memcpy(chunks_[chunk]->data() + at, from.data() + done, length);
        });
    return Status::Ok();
  }

  Status Truncate(std::uint64_t size) override {
    chunks_.resize(BlocksFor<kChunkBytes>(size));
    const auto kept = static_cast<std::size_t>(size % kChunkBytes);
    if (size < size_ && kept != 0 && chunks_.back() != nullptr) {
      std::memset(chunks_.back()->data() + kept, 0, kChunkBytes - kept);
    }
    size_ = size;
    return Status::Ok();
  }

  Status Sync() override { return Status::Ok(); }
  Result<std::uint64_t> Size() override { return size_; }

 private:
  using Chunk = std::array<std::byte, kChunkBytes>;

  std::vector<std::unique_ptr<Chunk>> chunks_;
  std::uint64_t size_ = 0;
};

}  // namespace

std::unique_ptr<BlockFile> MakeMemoryBlockFile() { return std::make_unique<MemoryBlockFile>(); }

DatabaseFiles MakeMemoryFiles() {
  return {MakeMemoryBlockFile(), MakeMemoryBlockFile(), MakeMemoryBlockFile()};
}

}  // namespace millrace
