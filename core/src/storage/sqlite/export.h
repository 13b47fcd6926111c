#pragma once

#include <cstdint>
#include <memory>

#include "millrace/base/status.h"
#include "millrace/storage/block_file.h"
#include "storage/sqlite/connection.h"

namespace millrace {

// Makes `into` a copy of what is committed: one plain SQLite file, in rollback-journal mode, that
// needs no other file beside it. Returns its size. What was in `into` is gone, also on an error;
// it is not synced.
Result<std::uint64_t> ExportDatabase(Connection& connection,
                                     const std::shared_ptr<BlockFile>& into);

}  // namespace millrace
