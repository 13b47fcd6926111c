#include "millrace/storage/block_image.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "storage/pieces.h"

namespace millrace {
namespace {

constexpr BlockImage::Block kZeros{};

// One of the images as a file.
class ImageFile final : public BlockFile {
 public:
  ImageFile(std::shared_ptr<BlockImages> images, BlockImage BlockImages::*which)
      : images_(std::move(images)), image_((*images_).*which) {}

  Result<std::size_t> Read(std::uint64_t offset, std::span<std::byte> into) override {
    return image_.Read(offset, into);
  }
  Status Write(std::uint64_t offset, std::span<const std::byte> from) override {
    image_.Write(offset, from);
    return Status::Ok();
  }
  Status Truncate(std::uint64_t size) override {
    image_.Truncate(size);
    return Status::Ok();
  }
  Status Sync() override { return Status::Ok(); }
  Result<std::uint64_t> Size() override { return image_.size(); }

 private:
  std::shared_ptr<BlockImages> images_;
  BlockImage& image_;
};

}  // namespace

std::size_t BlockImage::Read(std::uint64_t offset, std::span<std::byte> into) const {
  if (offset >= size_) return 0;
  const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), size_ - offset));
  ForEachPiece<kBlockBytes>(
      offset, count, [&](std::size_t index, std::size_t at, std::size_t done, std::size_t length) {
        std::memcpy(into.data() + done, At(index).data() + at, length);
      });
  return count;
}

void BlockImage::Write(std::uint64_t offset, std::span<const std::byte> from) {
  const std::uint64_t end = offset + from.size();
  if (end > size_) {
    blocks_.resize(BlocksFor<kBlockBytes>(end));
    size_ = end;
  }
  ForEachPiece<kBlockBytes>(
      offset, from.size(),
      [&](std::size_t index, std::size_t at, std::size_t done, std::size_t length) {
        std::memcpy(Change(index).data() + at, from.data() + done, length);
      });
}

void BlockImage::Truncate(std::uint64_t size) {
  const std::size_t kept = BlocksFor<kBlockBytes>(size);
  for (std::size_t i = kept; i < blocks_.size(); ++i) before_.try_emplace(i, blocks_[i]);
  blocks_.resize(kept);
  const auto tail = static_cast<std::size_t>(size % kBlockBytes);
  if (size < size_ && tail != 0) {
    Block& last = Change(kept - 1);
    std::fill(last.begin() + static_cast<std::ptrdiff_t>(tail), last.end(), std::byte{0});
  }
  size_ = size;
}

std::vector<std::size_t> BlockImage::ChangedBlocks() const {
  std::vector<std::size_t> changed;
  changed.reserve(before_.size());
  for (const auto& [index, block] : before_) {
    if (index < blocks_.size()) changed.push_back(index);
  }
  return changed;
}

const BlockImage::Block& BlockImage::At(std::size_t index) const {
  return blocks_[index] == nullptr ? kZeros : *blocks_[index];
}

BlockImage::Block& BlockImage::Change(std::size_t index) {
  SharedBlock& block = blocks_[index];
  const bool first_change = before_.try_emplace(index, block).second;
  if (block == nullptr) {
    block = std::make_shared<Block>(kZeros);
  } else if (first_change) {
    block = std::make_shared<Block>(*block);
  }
  return *block;
}

void BlockImage::Accept() {
  before_.clear();
  size_before_ = size_;
}

void BlockImage::RollBack() {
  blocks_.resize(BlocksFor<kBlockBytes>(size_before_));
  for (auto& [index, block] : before_) {
    if (index < blocks_.size()) blocks_[index] = std::move(block);
  }
  before_.clear();
  size_ = size_before_;
}

BlockImage BlockImage::Before() const {
  BlockImage before = *this;
  before.RollBack();
  return before;
}

void BlockImages::Accept() {
  database.Accept();
  wal.Accept();
  journal.Accept();
}

void BlockImages::RollBack() {
  database.RollBack();
  wal.RollBack();
  journal.RollBack();
}

BlockImages BlockImages::Before() const {
  return {database.Before(), wal.Before(), journal.Before()};
}

DatabaseFiles FilesOf(const std::shared_ptr<BlockImages>& images) {
  return {std::make_unique<ImageFile>(images, &BlockImages::database),
          std::make_unique<ImageFile>(images, &BlockImages::wal),
          std::make_unique<ImageFile>(images, &BlockImages::journal)};
}

}  // namespace millrace
