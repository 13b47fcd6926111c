#pragma once

#include <functional>
#include <memory>

#include "millrace/base/status.h"
#include "millrace/storage/block_image.h"
#include "millrace/storage/sqlite_storage.h"
#include "millrace/storage/storage.h"

namespace millrace {

// Saves what changed in `images` since their last Accept, all of it or nothing, then calls `ended`
// once, during the call or later. It is not called again before `ended`, except for a checkpoint
// while closing, whose outcome nobody waits for.
using SaveBlocks = std::function<void(const BlockImages& images, Durability durability,
                                      std::function<void(Status)> ended)>;

// SQLite on files in memory, for a medium that can only answer later, such as IndexedDB. A commit
// counts only once its changes are saved there. `images` hold the saved state. What opening creates
// or migrates is saved with the first commit. Fails like OpenSqliteStorage.
//
// bytes_written() counts the blocks handed over, each as a whole block. Close changes nothing in
// the saved state if a commit is under way or a failed one could not be undone.
Result<std::unique_ptr<Storage>> OpenBlockImageStorage(BlockImages images, SaveBlocks save,
                                                       SqliteOptions options);

}  // namespace millrace
