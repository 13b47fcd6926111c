#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "millrace/base/status.h"
#include "storage/sqlite/connection.h"

namespace millrace {

// Rows for the table `deltas`, made of arbitrary bytes: any type in any column. One row is
//
//   a byte per column, its low 4 bits the kind of value (see hostile_rows.cc); then what the
//   values take, in the order of the columns
class HostileRows {
 public:
  explicit HostileRows(std::string_view bytes) : bytes_(bytes) {}

  bool more() const { return !bytes_.empty(); }
  // Inserts the next row; its id follows on the last one. The sound message gets none: one that
  // names its seq is left out.
  void InsertNext(Connection& connection, std::int64_t sound_seq);

 private:
  std::uint8_t Byte();
  std::int64_t Number(std::uint8_t kind);
  void BindValue(Query& insert, std::uint8_t kind);

  std::string_view bytes_;
  std::string texts_[6];  // bound; they outlive the query
  std::size_t used_ = 0;
};

}  // namespace millrace
