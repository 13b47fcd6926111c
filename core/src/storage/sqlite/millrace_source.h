#pragma once

#include <memory>

#include "millrace/base/status.h"
#include "millrace/base/time.h"
#include "millrace/storage/import_source.h"
#include "storage/sqlite/read_guard.h"

namespace millrace {

// The content of a Millrace database of any schema up to ours: its tables `sessions`, `messages`
// and `deltas` have been the same since version 1, and its index is not looked at.
Result<std::unique_ptr<ImportSource>> OpenMillraceSource(GuardedConnection file, TimeMs now);

}  // namespace millrace
