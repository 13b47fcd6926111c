#pragma once

#include <cstdint>

#include "millrace/base/status.h"
#include "storage/sqlite/connection.h"

namespace millrace {

// What a file may have in its schema (contract S8). Both functions read only the schema; no table
// of the file is touched before they return OK. Call them under a ReadGuard.
//
//   Of Millrace: exactly the statements of our migrations up to `version`, and what SQLite adds to
//   them by itself. Nothing else, not even an index.
//   Of another program: ordinary tables and indexes of ordinary columns. Triggers, checks and
//   defaults are allowed, as in Crush: they run when a file is written, and this one never is.
//
// kInvalidArgument: something else is in it; kCorrupt, kIo.
Status CheckMillraceSchema(Connection& connection, std::int64_t version);
Status CheckForeignSchema(Connection& connection);

}  // namespace millrace
