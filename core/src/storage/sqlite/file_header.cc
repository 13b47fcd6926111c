#include "storage/sqlite/file_header.h"

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace millrace {
namespace {

// https://www.sqlite.org/fileformat.html, "The Database Header". Numbers are big-endian.
constexpr std::string_view kMagic("SQLite format 3\0", 16);
constexpr std::size_t kReadVersion = 19;   // 1: a rollback journal, 2: a write-ahead log
constexpr std::size_t kLargestRoot = 52;   // 4 bytes; 0: no auto-vacuum
constexpr std::size_t kTextEncoding = 59;  // 0: nothing is stored yet, 1: UTF-8, 2 and 3: UTF-16

}  // namespace

FileHeader DecodeFileHeader(const FileHeaderBytes& bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  FileHeader header;
  header.is_sqlite = text.starts_with(kMagic);
  header.write_ahead_log = bytes[kReadVersion] == std::byte{2};
  header.utf16 = bytes[kTextEncoding] > std::byte{1};
  header.auto_vacuum = std::any_of(bytes.begin() + kLargestRoot, bytes.begin() + kLargestRoot + 4,
                                   [](std::byte each) { return each != std::byte{0}; });
  return header;
}

}  // namespace millrace
