#pragma once

#include <array>
#include <cstddef>

#include "millrace/base/status.h"

namespace millrace {

// What the first bytes of a file say, before SQLite is asked to open it.
struct FileHeader {
  bool is_sqlite = false;
  // It was written with a write-ahead log. Its newest content may be in that log, beside the file.
  bool write_ahead_log = false;
  // Text is stored in UTF-16. SQLite is compiled without it here, and would take the bytes for
  // UTF-8.
  bool utf16 = false;
  // Freed pages move to the end. SQLite is compiled without that here: it can read such a file, but
  // would write one that other programs take for damaged.
  bool auto_vacuum = false;
};

// The first bytes of a file; zeros where it is shorter.
using FileHeaderBytes = std::array<std::byte, 100>;
FileHeader DecodeFileHeader(const FileHeaderBytes& bytes);

// `File`: has the Read of a BlockFile.
template <typename File>
Result<FileHeader> ReadFileHeader(File& file) {
  FileHeaderBytes bytes{};
  const auto got = file.Read(0, bytes);
  if (!got.ok()) return got.status();
  return DecodeFileHeader(bytes);
}

}  // namespace millrace
