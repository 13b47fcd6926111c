#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace millrace {

// How many blocks of `kBytes` a file of `size` bytes has.
template <std::size_t kBytes>
std::size_t BlocksFor(std::uint64_t size) {
  return static_cast<std::size_t>((size + kBytes - 1) / kBytes);
}

// Calls piece(block, offset in the block, bytes done before, bytes) for each block of the range.
// The file consists of blocks of `kBytes`.
template <std::size_t kBytes, typename Piece>
void ForEachPiece(std::uint64_t offset, std::size_t count, const Piece& piece) {
  for (std::size_t done = 0; done < count;) {
    const auto block = static_cast<std::size_t>((offset + done) / kBytes);
    const auto at = static_cast<std::size_t>((offset + done) % kBytes);
    const std::size_t length = std::min(count - done, kBytes - at);
    piece(block, at, done, length);
    done += length;
  }
}

}  // namespace millrace
