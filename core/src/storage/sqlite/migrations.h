#pragma once

#include <array>

#include "millrace/base/status.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/schema.h"

namespace millrace {

struct Migration {
  const char* sql;
  Status (*then)(Connection&);  // what SQL cannot do, in the same transaction; or nullptr
};

// Entry n takes the file from version n to n + 1. Never edit a released entry: files contain its
// statements word for word, and schema_check compares them.
extern const std::array<Migration, kSchemaVersion> kMigrations;

}  // namespace millrace
