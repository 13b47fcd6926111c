#include "fuzz/delta_log/hostile_rows.h"

#include <algorithm>
#include <limits>

namespace millrace {
namespace {

// The columns of a row: seq, version, merged, at, part, body.
constexpr std::size_t kColumns = 6;

}  // namespace

std::uint8_t HostileRows::Byte() {
  if (bytes_.empty()) return 0;
  const auto byte = static_cast<std::uint8_t>(bytes_.front());
  bytes_.remove_prefix(1);
  return byte;
}

// Kinds of values. 0..5: that number, as in real rows. 6: one byte, signed. 7: eight bytes. 8, 9:
// the ends of the range. 10: NULL. 11: a fraction. 12: text. 13: a blob. 14: text that looks like a
// number. 15: 2^32.
std::int64_t HostileRows::Number(std::uint8_t kind) {
  if (kind < 6) return kind;
  if (kind == 6) return static_cast<std::int8_t>(Byte());
  if (kind == 8) return std::numeric_limits<std::int64_t>::max();
  if (kind == 9) return std::numeric_limits<std::int64_t>::min();
  if (kind == 15) return std::int64_t{1} << 32U;
  std::uint64_t number = 0;
  for (int i = 0; i < 8; ++i) number = number << 8U | Byte();
  return static_cast<std::int64_t>(number);
}

void HostileRows::BindValue(Query& insert, std::uint8_t kind) {
  if (kind == 10) {
    insert.BindNull();
  } else if (kind == 11) {
    insert.Bind(static_cast<double>(Byte()) + 0.5);
  } else if (kind >= 12 && kind <= 14) {
    const std::size_t length = std::min<std::size_t>(Byte(), bytes_.size());
    std::string& text = texts_[used_++];
    text = kind == 14 ? std::to_string(length) : std::string(bytes_.substr(0, length));
    if (kind != 14) bytes_.remove_prefix(length);
    insert.Bind(std::string_view(text));
  } else {
    insert.Bind(Number(kind));
  }
}

void HostileRows::InsertNext(Connection& connection, std::int64_t sound_seq) {
  std::uint8_t kinds[kColumns];
  for (std::uint8_t& kind : kinds) kind = Byte() & 15U;
  used_ = 0;
  // A blob is a text with a changed type, because Query cannot bind blobs.
  std::string sql =
      "INSERT INTO deltas(seq, version, merged, at, part, body) SELECT * FROM (SELECT ";
  const char* const names[kColumns] = {" AS s", ",", ",", ",", ",", ","};
  for (std::size_t i = 0; i < kColumns; ++i) {
    if (i > 0) sql += names[i];
    sql += kinds[i] == 13 ? "CAST(? AS BLOB)" : "?";
    if (i == 0) sql += names[0];
  }
  sql += ") WHERE CAST(s AS INTEGER) IS NOT " + std::to_string(sound_seq);
  Query insert = connection.Prepare(sql);
  for (const std::uint8_t kind : kinds) BindValue(insert, kind);
  (void)insert.Run();
}

}  // namespace millrace
