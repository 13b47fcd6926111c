#pragma once

#include <memory>
#include <string>

#include "millrace/storage/block_file.h"

namespace millrace {

// A database that `sql` makes, as one file in memory, with SQLite as anyone else has it: no limit,
// no defence, `writable_schema` allowed. What of `sql` fails is left out.
std::shared_ptr<BlockFile> RawDatabase(const std::string& sql);
// The same on a file that is there.
void RunRaw(const std::shared_ptr<BlockFile>& file, const std::string& sql);

}  // namespace millrace
