#pragma once

#include <cstdint>
#include <string_view>

#include "millrace/base/status.h"
#include "storage/sqlite/connection.h"

namespace millrace {

// The SQL of `writers`: who writes each unfinished message.
//
//   writers   seq       the message
//             replica   the copy of the store, see Replica
//             tab       the client of that copy; "" for one that has no name
class WriterTable {
 public:
  // `connection` must outlive it.
  explicit WriterTable(Connection& connection) : connection_(connection) {}

  // In place of an earlier writer.
  Status Put(std::int64_t seq, std::string_view replica, std::string_view tab);
  // Nobody writes it any more.
  Status Delete(std::int64_t seq);

 private:
  Connection& connection_;
};

}  // namespace millrace
