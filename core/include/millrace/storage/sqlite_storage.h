#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "millrace/base/status.h"
#include "millrace/base/time.h"
#include "millrace/storage/block_file.h"
#include "millrace/storage/storage.h"

namespace millrace {

struct SqliteOptions {
  // The host's clock. It measures CommitOutcome::took_ms and limits the time of a page of a search.
  // Without a clock, commits report 0 and a page has no time limit.
  std::function<TimeMs()> clock;
  // Where the host keeps the files, for example an origin and a name. Files that are opened in
  // another place than before were copied there, so the copy gets a name of its own.
  std::string place;
};

// Opens the SQLite database in `files`. Creates it if it is new and migrates it if it is older.
// kNewerSchema: a newer version wrote it. kCorrupt: damaged or not a Millrace database; the files
// stay as they are. kQuotaExceeded, kIo.
Result<std::unique_ptr<Storage>> OpenSqliteStorage(DatabaseFiles files, SqliteOptions options = {});

// For example "3.54.1".
std::string_view SqliteVersion();

}  // namespace millrace
