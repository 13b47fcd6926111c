#pragma once

#include <memory>

#include "millrace/base/status.h"
#include "millrace/base/time.h"
#include "millrace/storage/import_source.h"
#include "storage/sqlite/read_guard.h"

namespace millrace {

// The content of a Millrace database with any schema up to ours. Its tables `sessions`, `messages`
// and `deltas` are readable in the same way since version 1, and its search index is not used.
Result<std::unique_ptr<ImportSource>> OpenMillraceSource(GuardedConnection file, TimeMs now);

}  // namespace millrace
