#include "storage/sqlite/read_guard.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace millrace {
namespace {

constexpr int kLargestSchemaRow = 64 << 10;
constexpr int kLargestRow = 256 << 20;

// `sqlite_stat1` is left out: SQLite reads it by itself, before anything could check it.
bool MayRead(std::string_view table) {
  constexpr std::array<std::string_view, 9> kReadable = {
      "sessions", "messages",    "parents",       "message_notes", "deltas",
      "blobs",    "blob_pieces", "sqlite_schema", "sqlite_master"};
  return std::find(kReadable.begin(), kReadable.end(), table) != kReadable.end() ||
         table.starts_with("pragma_");
}

// The functions that our own queries call.
bool MayCall(std::string_view function) {
  return function == "count" || function == "min" || function == "coalesce";
}

int Authorize(void* /*data*/, int action, const char* first, const char* second,
              const char* /*database*/, const char* /*trigger*/) {
  bool allowed = false;
  switch (action) {
    case SQLITE_SELECT:
    case SQLITE_PRAGMA:  // ours: a schema cannot contain one
      allowed = true;
      break;
    case SQLITE_READ:
      allowed = MayRead(first);
      break;
    case SQLITE_FUNCTION:
      allowed = MayCall(second);
      break;
    default:
      break;
  }
  return allowed ? SQLITE_OK : SQLITE_DENY;
}

}  // namespace

Result<ReadGuard> ReadGuard::Start(Connection& connection) {
  ReadGuard guard(connection);
  // integrity_check would evaluate the file's CHECK constraints, and a damaged page is noticed when
  // it is read. Both settings stay on after the guard, because our own stores have no CHECK
  // constraints.
  const Status status =
      connection.Execute("PRAGMA ignore_check_constraints=ON; PRAGMA cell_size_check=ON");
  if (!status.ok()) return status;
  return guard;
}

ReadGuard::ReadGuard(Connection& connection)
    : connection_(&connection),
      largest_row_(sqlite3_limit(connection.handle(), SQLITE_LIMIT_LENGTH, kLargestSchemaRow)) {
  connection.meter().CountOn(true);
  sqlite3_set_authorizer(connection.handle(), &Authorize, nullptr);
}

ReadGuard::ReadGuard(ReadGuard&& other) noexcept
    : connection_(std::exchange(other.connection_, nullptr)), largest_row_(other.largest_row_) {}

ReadGuard::~ReadGuard() {
  if (connection_ == nullptr) return;
  connection_->meter().CountOn(false);
  sqlite3_set_authorizer(connection_->handle(), nullptr, nullptr);
  sqlite3_limit(connection_->handle(), SQLITE_LIMIT_LENGTH, largest_row_);
}

void ReadGuard::AllowRows() {
  sqlite3_limit(connection_->handle(), SQLITE_LIMIT_LENGTH, kLargestRow);
}

}  // namespace millrace
