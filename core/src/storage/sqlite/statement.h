#pragma once

#include <sqlite3.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "millrace/base/ids.h"
#include "millrace/base/status.h"

namespace millrace {

class Connection;

// Finalises a prepared statement. The connection's cache owns the statements.
struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using StatementHandle = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

// The parameter of a LIMIT. SQLite treats a negative one as no limit.
std::int64_t LimitParameter(std::optional<std::size_t> limit);

// One execution of a prepared statement. Bind the parameters in their order, then call Run, or Next
// for each row. The first error is remembered and returned by Run or Next, so a chain of calls
// needs only one check. The destructor resets the statement.
//
// REQUIRES: at most one Query of the same SQL text at a time; bound texts must outlive the Query.
class Query {
 public:
  // `statement` is null if `failed` is not OK.
  Query(Connection& connection, sqlite3_stmt* statement, Status failed)
      : connection_(&connection), statement_(statement), failed_(std::move(failed)) {}
  ~Query();
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  Query& Bind(std::int64_t value);
  Query& Bind(double value);
  Query& Bind(std::string_view value);
  Query& BindBytes(std::string_view value);  // as a blob
  Query& BindNull();
  Query& Bind(std::optional<std::int64_t> value) { return value ? Bind(*value) : BindNull(); }
  template <typename Tag>
  Query& Bind(const Id<Tag>& id) {
    return Bind(std::string_view(id.value));
  }
  // An empty id is stored as NULL.
  template <typename Tag>
  Query& BindOptional(const Id<Tag>& id) {
    return id.empty() ? BindNull() : Bind(id);
  }

  // Moves to the next row; false after the last one.
  Result<bool> Next();
  // Executes the statement to its end.
  Status Run();
  // The results of `read(*this)` for all rows.
  template <typename Read>
  auto ReadAll(const Read& read) -> Result<std::vector<decltype(read(std::declval<Query&>()))>>;
  // The result of `read(*this)` for the first row; nullopt without a row.
  template <typename Read>
  auto ReadOne(const Read& read) -> Result<std::optional<decltype(read(std::declval<Query&>()))>>;

  // Columns of the current row, counted from 0. SQLite converts a value of another type; NULL
  // becomes 0 or "".
  std::int64_t Int(int column) const { return sqlite3_column_int64(statement_, column); }
  double Real(int column) const { return sqlite3_column_double(statement_, column); }
  // Valid until the next call of Next, or the end of the Query.
  std::string_view Text(int column) const;
  std::string String(int column) const { return std::string(Text(column)); }
  std::string Bytes(int column) const;  // of a blob
  std::optional<std::int64_t> OptionalInt(int column) const;

 private:
  void Check(int code);

  Connection* connection_;
  sqlite3_stmt* statement_;
  Status failed_;
  int next_parameter_ = 1;
};

template <typename Read>
auto Query::ReadAll(const Read& read)
    -> Result<std::vector<decltype(read(std::declval<Query&>()))>> {
  std::vector<decltype(read(*this))> rows;
  for (;;) {
    Result<bool> row = Next();
    if (!row.ok()) return row.status();
    if (!*row) return rows;
    rows.push_back(read(*this));
  }
}

template <typename Read>
auto Query::ReadOne(const Read& read)
    -> Result<std::optional<decltype(read(std::declval<Query&>()))>> {
  Result<bool> row = Next();
  if (!row.ok()) return row.status();
  if (!*row) return std::optional<decltype(read(*this))>();
  return std::optional(read(*this));
}

}  // namespace millrace
