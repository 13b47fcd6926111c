#pragma once

#include <memory>

#include "millrace/base/status.h"
#include "millrace/base/time.h"
#include "millrace/storage/import_source.h"
#include "storage/sqlite/read_guard.h"

namespace millrace {

// The content of a Crush database, of any of its versions: columns that an older one lacks are
// empty. Its parts are stored as ours are. Its times are seconds, in columns and in parts alike.
// kInvalidArgument: it lacks what makes a message or a session.
Result<std::unique_ptr<ImportSource>> OpenCrushSource(GuardedConnection file, TimeMs now);

}  // namespace millrace
