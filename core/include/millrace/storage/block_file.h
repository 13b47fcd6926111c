#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "millrace/base/status.h"

namespace millrace {

// The five functions that a host supplies for one file. The VFS is ours; the medium is the host's.
// Synchronous; confined to one thread. Offsets and sizes are in bytes.
class BlockFile {
 public:
  virtual ~BlockFile() = default;

  // Reads up to into.size() bytes at `offset`. Returns how many it read (fewer at the end).
  virtual Result<std::size_t> Read(std::uint64_t offset, std::span<std::byte> into) = 0;
  // Writes all of `from` and grows the file if needed. kQuotaExceeded: there was no room (a part
  // may have been written). kIo: anything else.
  virtual Status Write(std::uint64_t offset, std::span<const std::byte> from) = 0;
  virtual Status Truncate(std::uint64_t size) = 0;
  // When it returns OK, everything written before survives power loss.
  virtual Status Sync() = 0;
  virtual Result<std::uint64_t> Size() = 0;
};

// The files of one database. All three must outlive the connection that uses them.
struct DatabaseFiles {
  std::unique_ptr<BlockFile> database;
  std::unique_ptr<BlockFile> wal;
  std::unique_ptr<BlockFile> journal;
};

// A file in memory, for the storage 'memory' and for tests.
std::unique_ptr<BlockFile> MakeMemoryBlockFile();
DatabaseFiles MakeMemoryFiles();

}  // namespace millrace
