#pragma once

#include <memory>

#include "millrace/storage/block_file.h"
#include "support/forwarding_block_file.h"

namespace millrace {

// Three files in memory that outlive the database that has them open. Opening again finds what was
// written, as after the death of the process.
class SharedFiles {
 public:
  DatabaseFiles Open() {
    return {std::make_unique<ForwardingBlockFile>(database_),
            std::make_unique<ForwardingBlockFile>(wal_),
            std::make_unique<ForwardingBlockFile>(journal_)};
  }

 private:
  std::shared_ptr<BlockFile> database_ = MakeMemoryBlockFile();
  std::shared_ptr<BlockFile> wal_ = MakeMemoryBlockFile();
  std::shared_ptr<BlockFile> journal_ = MakeMemoryBlockFile();
};

}  // namespace millrace
