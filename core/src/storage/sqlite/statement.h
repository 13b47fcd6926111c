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

// A prepared statement; finalised with its owner, the connection's cache.
struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using StatementHandle = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

// The parameter of a LIMIT: negative is none, for SQLite.
std::int64_t LimitParameter(std::optional<std::size_t> limit);

// One execution of a prepared statement: bind the parameters in their order, then Run, or Next for
// each row. The first thing that fails is remembered and returned by Run or Next, so that a chain
// of calls needs one check. Resets the statement at the end of its life.
//
// REQUIRES: at most one Query of the same SQL text at a time; texts that are bound outlive it.
class Query {
 public:
  // `statement` is null when `failed` is not OK.
  Query(Connection& connection, sqlite3_stmt* statement, Status failed)
      : connection_(&connection), statement_(statement), failed_(std::move(failed)) {}
  ~Query();
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  Query& Bind(std::int64_t value);
  Query& Bind(double value);
  Query& Bind(std::string_view value);
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

  // To the next row; false after the last one.
  Result<bool> Next();
  // To the end.
  Status Run();
  // What `read(*this)` makes of each row.
  template <typename Read>
  auto ReadAll(const Read& read) -> Result<std::vector<decltype(read(std::declval<Query&>()))>>;
  // The same of the first row; nullopt without one.
  template <typename Read>
  auto ReadOne(const Read& read) -> Result<std::optional<decltype(read(std::declval<Query&>()))>>;

  // Columns of the current row, from 0. Another type than asked for is converted as SQLite does;
  // NULL is 0 or "".
  std::int64_t Int(int column) const { return sqlite3_column_int64(statement_, column); }
  double Real(int column) const { return sqlite3_column_double(statement_, column); }
  // Valid until the next call of Next, or the end.
  std::string_view Text(int column) const;
  std::string String(int column) const { return std::string(Text(column)); }
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
