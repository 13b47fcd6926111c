#pragma once

#include <memory>
#include <string>

#include "millrace/base/status.h"
#include "millrace/storage/block_file.h"

namespace millrace {

// A BlockFile over a file of the operating system, which is created if it is missing. kIo.
Result<std::unique_ptr<BlockFile>> OpenPosixBlockFile(const std::string& path);

// `path`, `path`-wal and `path`-journal: the names that SQLite's own programs use.
Result<DatabaseFiles> OpenPosixFiles(const std::string& path);

}  // namespace millrace
