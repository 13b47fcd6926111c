#pragma once

#include <memory>

#include "millrace/base/status.h"
#include "millrace/base/time.h"
#include "millrace/storage/import_source.h"
#include "storage/sqlite/read_guard.h"

namespace millrace {

// The content of a Crush database of any version; columns that an older version lacks are empty.
// Its parts have the same stored form as ours. Its times are in seconds, both in columns and in
// parts. kInvalidArgument: a column that a message or a session needs is missing.
Result<std::unique_ptr<ImportSource>> OpenCrushSource(GuardedConnection file, TimeMs now);

}  // namespace millrace
