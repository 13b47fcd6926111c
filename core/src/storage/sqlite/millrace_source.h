#pragma once

#include <cstdint>
#include <memory>

#include "millrace/base/status.h"
#include "millrace/base/time.h"
#include "millrace/storage/import_source.h"
#include "storage/sqlite/read_guard.h"

namespace millrace {

// The content of a Millrace database whose schema has this version, ours or an older one. Its
// search index is not used.
Result<std::unique_ptr<ImportSource>> OpenMillraceSource(GuardedConnection file,
                                                         std::int64_t schema, TimeMs now);

}  // namespace millrace
