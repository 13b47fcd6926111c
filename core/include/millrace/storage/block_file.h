#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "millrace/base/status.h"

namespace millrace {

// The five functions a host supplies for one file (design: the VFS is ours, the medium is the
// host's). Synchronous; confined to one thread. Offsets and sizes are bytes.
class BlockFile {
 public:
  virtual ~BlockFile() = default;

  // Reads up to into.size() bytes at `offset`; returns how many there were (fewer at the end).
  virtual Result<std::size_t> Read(std::uint64_t offset, std::span<std::byte> into) = 0;
  // Writes all of `from`, growing the file where needed. kQuotaExceeded: there was no room (a
  // part may have been written). kIo: anything else.
  virtual Status Write(std::uint64_t offset, std::span<const std::byte> from) = 0;
  virtual Status Truncate(std::uint64_t size) = 0;
  // Everything written before survives power loss when it returns OK.
  virtual Status Sync() = 0;
  virtual Result<std::uint64_t> Size() = 0;
};

// The files of one database. All three outlive the connection that uses them.
struct DatabaseFiles {
  std::unique_ptr<BlockFile> database;
  std::unique_ptr<BlockFile> wal;
  std::unique_ptr<BlockFile> journal;
};

// Files in memory: for Storage 'memory' and for tests.
std::unique_ptr<BlockFile> MakeMemoryBlockFile();
DatabaseFiles MakeMemoryFiles();

}  // namespace millrace
