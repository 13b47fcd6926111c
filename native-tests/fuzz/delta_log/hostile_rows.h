#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "millrace/base/status.h"
#include "storage/sqlite/connection.h"

namespace millrace {

// Rows for the table `deltas`, made of arbitrary bytes, with any type in any column. The bytes of a
// row:
//
//   one byte per column, whose low 4 bits are the kind of value (see hostile_rows.cc); then the
//   bytes that the values take, in the order of the columns
class HostileRows {
 public:
  explicit HostileRows(std::string_view bytes) : bytes_(bytes) {}

  bool more() const { return !bytes_.empty(); }
  // Inserts the next row, with the id after the last one. Leaves out a row that names the seq of
  // the sound message.
  void InsertNext(Connection& connection, std::int64_t sound_seq);

 private:
  std::uint8_t Byte();
  std::int64_t Number(std::uint8_t kind);
  void BindValue(Query& insert, std::uint8_t kind);

  std::string_view bytes_;
  std::string texts_[6];  // bound; they must outlive the query
  std::size_t used_ = 0;
};

}  // namespace millrace
