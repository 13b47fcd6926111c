#include "storage/sqlite/statement.h"

#include <algorithm>

#include "storage/sqlite/connection.h"

namespace millrace {

std::int64_t LimitParameter(std::optional<std::size_t> limit) {
  if (!limit) return -1;
  const std::uint64_t most = INT64_MAX;
  return static_cast<std::int64_t>(std::min<std::uint64_t>(*limit, most));
}

Query::~Query() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);  // repeats the last step's error, which was reported
  sqlite3_clear_bindings(statement_);
}

Query& Query::Bind(std::int64_t value) {
  if (failed_.ok()) Check(sqlite3_bind_int64(statement_, next_parameter_++, value));
  return *this;
}

Query& Query::Bind(double value) {
  if (failed_.ok()) Check(sqlite3_bind_double(statement_, next_parameter_++, value));
  return *this;
}

Query& Query::Bind(std::string_view value) {
  // SQLite treats a null pointer as NULL, and an empty view may have one.
  const char* text = value.empty() ? "" : value.data();
  if (failed_.ok()) {
    Check(sqlite3_bind_text64(statement_, next_parameter_++, text, value.size(), SQLITE_STATIC,
                              SQLITE_UTF8));
  }
  return *this;
}

Query& Query::BindBytes(std::string_view value) {
  if (failed_.ok()) {
    Check(sqlite3_bind_blob64(statement_, next_parameter_++, value.empty() ? "" : value.data(),
                              value.size(), SQLITE_STATIC));
  }
  return *this;
}

Query& Query::BindNull() {
  if (failed_.ok()) Check(sqlite3_bind_null(statement_, next_parameter_++));
  return *this;
}

Result<bool> Query::Next() {
  if (!failed_.ok()) return failed_;
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  Check(code);
  return failed_;
}

Status Query::Run() {
  for (;;) {
    Result<bool> row = Next();
    if (!row.ok()) return row.status();
    if (!*row) return Status::Ok();
  }
}

std::string_view Query::Text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  if (text == nullptr) return {};
  return {text, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::string Query::Bytes(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  if (bytes == nullptr) return {};
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::optional<std::int64_t> Query::OptionalInt(int column) const {
  if (sqlite3_column_type(statement_, column) == SQLITE_NULL) return std::nullopt;
  return Int(column);
}

void Query::Check(int code) {
  if (code != SQLITE_OK) failed_ = connection_->Error(code);
}

}  // namespace millrace
