#pragma once

#include <cstdint>
#include <memory>

#include "millrace/base/status.h"
#include "millrace/storage/block_file.h"
#include "storage/sqlite/read_guard.h"

namespace millrace {

// A SQLite file of unknown content whose schema was checked, behind a guard.
struct ImportedFile {
  GuardedConnection file;
  std::int64_t schema = 0;  // the version of a file of Millrace; 0: of Crush
  // It was written with a write-ahead log. Its newest content may be in that log, beside the file.
  bool write_ahead_log = false;
};

// Finds out what kind of file it is, and checks its schema. Its rows may be read from then on.
// Fails like OpenImportSource.
Result<ImportedFile> OpenImportedFile(std::shared_ptr<BlockFile> file);

// `status` of such a file. If something is missing in it, that may be in the log: then the result
// says so.
Status NameTheLog(const Status& status, bool write_ahead_log);

}  // namespace millrace
