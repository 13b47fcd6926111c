#pragma once

#include <memory>

#include "millrace/storage/block_file.h"

namespace millrace {

// Wraps a file that still belongs to its owner, for a database that wants to own its files.
enum class Access { kReadWrite, kReadOnly };
std::unique_ptr<BlockFile> BorrowFile(std::shared_ptr<BlockFile> file, Access access);

}  // namespace millrace
