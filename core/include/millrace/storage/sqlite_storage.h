#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "millrace/base/status.h"
#include "millrace/base/time.h"
#include "millrace/storage/block_file.h"
#include "millrace/storage/storage.h"

namespace millrace {

struct SqliteOptions {
  // The host's clock, for CommitOutcome::took_ms and for how long a page of a search may take;
  // without one commits report 0, and a page takes as long as it takes.
  std::function<TimeMs()> clock;
};

// Opens (and where it is new, creates; where it is older, migrates) the SQLite database in `files`.
// kNewerSchema: written by a newer version; kCorrupt: not a Millrace database or damaged, the
// files are left as they are; kQuotaExceeded, kIo.
Result<std::unique_ptr<Storage>> OpenSqliteStorage(DatabaseFiles files, SqliteOptions options = {});

// "3.54.1"
std::string_view SqliteVersion();

}  // namespace millrace
