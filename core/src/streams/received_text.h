#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace millrace {

// Remembers a text that came in pieces, without keeping it, for providers that send all of it once
// more at its end. Linear, and of constant size.
class ReceivedText {
 public:
  void Take(std::string_view piece);
  // What of `whole` has not come. nullopt if `whole` does not begin with what came.
  std::optional<std::string_view> RestOf(std::string_view whole) const;

 private:
  static constexpr std::uint64_t kEmptyHash = 0xCBF29CE484222325U;

  std::size_t size_ = 0;
  std::uint64_t hash_ = kEmptyHash;
};

}  // namespace millrace
