#pragma once

#include <cstdint>
#include <memory>

#include "millrace/base/status.h"
#include "millrace/storage/block_file.h"
#include "storage/sqlite/connection.h"

namespace millrace {

// Makes `into` a copy of what is committed: one plain SQLite file in rollback-journal mode,
// complete by itself. Returns its size. The old content of `into` is lost, even on an error. The
// file is not synced.
Result<std::uint64_t> ExportDatabase(Connection& connection,
                                     const std::shared_ptr<BlockFile>& into);

}  // namespace millrace
