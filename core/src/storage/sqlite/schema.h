#pragma once

#include <cstdint>

#include "millrace/base/status.h"
#include "storage/sqlite/connection.h"

namespace millrace {

// The format of the database file.
//
//   application_id  kApplicationId: distinguishes a Millrace file from any other SQLite file
//   user_version    the schema's version: the number of migrations applied
//
// Both are written in the transaction that makes the tables, before the file is switched to WAL. So
// the header of every Millrace file says what it is, whatever is in its WAL.

// "MRce". It is in users' files and never changes.
inline constexpr std::int64_t kApplicationId = 0x4d526365;
// Grows by one with each entry of kMigrations (migrations.cc).
inline constexpr std::int64_t kSchemaVersion = 10;
// The first version whose messages have parents and notes.
inline constexpr std::int64_t kSchemaWithTree = 7;
// The first version that knows of blobs.
inline constexpr std::int64_t kSchemaWithBlobs = 8;
// The first version whose copies have names, and whose exports can have the content of blobs.
inline constexpr std::int64_t kSchemaWithReplica = 9;

// Checks the file, or accepts an empty one. Brings it to kSchemaVersion in one transaction and sets
// up the connection. Writes nothing to a file it refuses. kNewerSchema. kCorrupt: another program's
// file, a schema that no version of Millrace made, or no SQLite file. kQuotaExceeded, kIo.
Status PrepareDatabase(Connection& connection);

}  // namespace millrace
