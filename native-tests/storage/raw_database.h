#pragma once

#include <memory>
#include <string>

#include "millrace/storage/block_file.h"

namespace millrace {

// The database that `sql` makes, as one file in memory. It uses plain SQLite: no limits, no
// defence, `writable_schema` allowed. Statements that fail are left out.
std::shared_ptr<BlockFile> RawDatabase(const std::string& sql);
// The same on an existing file.
void RunRaw(const std::shared_ptr<BlockFile>& file, const std::string& sql);

}  // namespace millrace
