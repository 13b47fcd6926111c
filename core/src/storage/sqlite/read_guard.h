#pragma once

#include <memory>

#include "millrace/base/status.h"
#include "storage/sqlite/connection.h"

namespace millrace {

// For reading a file of which nothing is known yet (contract S8). For the life of a guard its
// connection
//
//   - reads the tables of a store, the schema and pragmas, and does nothing else: it writes nothing
//     and calls no function but count() and min();
//   - takes no more steps, all statements together, than a sound file of this size could need;
//   - takes no row for its schema that is longer than a schema needs (until AllowRows).
//
// So nothing that the file brings is ever run, and the work is bounded by the file's size. What a
// connection of ours is never able to do, and how deep and wide a statement may be, is set by
// Connection::Open for its whole life.
class ReadGuard {
 public:
  static Result<ReadGuard> Start(Connection& connection);
  ReadGuard(ReadGuard&&) noexcept;
  ReadGuard& operator=(ReadGuard&&) = delete;
  ~ReadGuard();

  // From now on rows may be as long as an imported message can be: the schema has been checked.
  void AllowRows();

 private:
  explicit ReadGuard(Connection& connection);

  Connection* connection_;  // nullptr: moved from
  int largest_row_;         // what the connection's limit was before
};

// The guard is declared last: it goes first.
struct GuardedConnection {
  std::unique_ptr<Connection> connection;
  ReadGuard guard;
};

}  // namespace millrace
