#pragma once

#include <cstdint>

#include "millrace/base/status.h"
#include "storage/sqlite/connection.h"

namespace millrace {

// The format of the database file.
//
//   application_id  kApplicationId: how a Millrace file is told from any other SQLite file
//   user_version    the schema's version: the number of migrations applied
//
// Both are written in the transaction that makes the tables, before the file is switched to WAL: so
// the header of every Millrace file tells what it is, whatever its WAL holds.

// "MRce". Part of users' files: never changed.
inline constexpr std::int64_t kApplicationId = 0x4d526365;
// Grows by one with each entry of kMigrations (schema.cc).
inline constexpr std::int64_t kSchemaVersion = 5;

// Recognises the file, or takes an empty one; brings it to kSchemaVersion in one
// transaction; sets up the connection. Writes nothing to a file it refuses.
// kNewerSchema; kCorrupt: another program's file, a schema that no version of Millrace made, or no
// SQLite file; kQuotaExceeded, kIo.
Status PrepareDatabase(Connection& connection);

}  // namespace millrace
