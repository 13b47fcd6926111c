#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace millrace {

// Makes statements of a schema out of bytes: what SQLite would read in `sqlite_schema` of a hostile
// file. They are written there as text, so nothing evaluates them before the file is opened.
class SchemaDamage {
 public:
  // The first byte says how many objects are rewritten or added. Often it is none.
  explicit SchemaDamage(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  // The SQL to run on the database; empty if nothing is rewritten. Call it once.
  std::string Sql();
  // The bytes that remain after it.
  std::span<const std::uint8_t> rest() const { return bytes_; }

 private:
  std::uint8_t Next();
  std::string_view Pick(std::span<const std::string_view> among);
  std::string Statement();
  std::string Table();
  std::string Column();
  std::string Expression(int depth);

  std::span<const std::uint8_t> bytes_;
};

}  // namespace millrace
