#pragma once

#include <functional>
#include <memory>

#include "millrace/base/status.h"
#include "millrace/storage/block_image.h"
#include "millrace/storage/sqlite_storage.h"
#include "millrace/storage/storage.h"

namespace millrace {

// Saves what changed in `images` since their last Accept, all of it or nothing, then calls `ended`
// once, during the call or later. Never called again before `ended`, but for a checkpoint at the
// end whose outcome nobody waits for.
using SaveBlocks = std::function<void(const BlockImages& images, Durability durability,
                                      std::function<void(Status)> ended)>;

// SQLite on files in memory, of which each commit is saved before it counts: for a medium that only
// ever answers later, such as IndexedDB. `images` hold what is saved. What opening creates or
// migrates is saved with the first commit. Fails like OpenSqliteStorage.
//
// bytes_written() counts the blocks handed over, whole as they are. Close leaves everything as it
// was saved when a commit is under way, or one could not be undone.
Result<std::unique_ptr<Storage>> OpenBlockImageStorage(BlockImages images, SaveBlocks save,
                                                       SqliteOptions options);

}  // namespace millrace
