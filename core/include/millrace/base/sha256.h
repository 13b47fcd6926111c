#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace millrace {

// The SHA-256 (FIPS 180-4) of bytes that come piece by piece.
class Sha256 {
 public:
  void Update(std::string_view bytes);
  // In lower-case hexadecimal. No call may follow.
  std::string Digest();

 private:
  static constexpr std::size_t kBlock = 64;
  void Transform(const unsigned char* block);

  std::array<std::uint32_t, 8> state_ = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                         0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<unsigned char, kBlock> block_ = {};
  std::uint64_t size_ = 0;  // bytes so far; size_ % kBlock of them wait in block_
};

}  // namespace millrace
