#pragma once

#include <memory>

#include "millrace/base/status.h"
#include "storage/sqlite/connection.h"

namespace millrace {

// For reading a file of unknown content (contract S8). While a guard exists its connection
//
//   - reads the tables of a store, the schema and pragmas, and does nothing else: it writes nothing
//     and calls no function but count() and min();
//   - takes no more steps, all statements together, than a sound file of this size could need;
//   - accepts no row that is longer than a schema needs (until AllowRows).
//
// So nothing in the file is ever run, and the file's size bounds the work. Connection::Open sets
// the limits that hold for the whole life of a connection: what it can never do, and how deep and
// wide a statement may be.
class ReadGuard {
 public:
  static Result<ReadGuard> Start(Connection& connection);
  ReadGuard(ReadGuard&&) noexcept;
  ReadGuard& operator=(ReadGuard&&) = delete;
  ~ReadGuard();

  // The schema has been checked: from now on rows may be as long as an imported message can be.
  void AllowRows();

 private:
  explicit ReadGuard(Connection& connection);

  Connection* connection_;  // nullptr: moved from
  int largest_row_;         // the limit of the connection before the guard
};

// The guard is the last member, so that it is destroyed first.
struct GuardedConnection {
  std::unique_ptr<Connection> connection;
  ReadGuard guard;
};

}  // namespace millrace
