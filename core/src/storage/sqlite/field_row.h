#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "millrace/base/ids.h"
#include "millrace/model/header_fields.h"
#include "millrace/model/merge_patch.h"
#include "storage/sqlite/statement.h"

// Reads and writes rows by the tables of millrace/model/header_fields.h.
namespace millrace {

// Column lists for the SQL of a table.
class ColumnList {
 public:
  explicit ColumnList(std::string_view separator) : separator_(separator) {}

  void Add(std::string_view before, std::string_view column, std::string_view after = {}) {
    if (!sql_.empty()) sql_.append(separator_);
    sql_.append(before).append(column).append(after);
  }
  std::string Take() { return std::move(sql_); }

 private:
  std::string_view separator_;
  std::string sql_;
};

// Binds each value to the next parameter.
struct FieldBinder {
  Query& query;

  void operator()(std::string_view text) const { query.Bind(text); }
  void operator()(bool flag) const { query.Bind(std::int64_t{flag ? 1 : 0}); }
  void operator()(std::int64_t number) const { query.Bind(number); }
  void operator()(double number) const { query.Bind(number); }
  void operator()(std::optional<std::int64_t> number) const { query.Bind(number); }
  void operator()(Role role) const { query.Bind(RoleName(role)); }
  template <typename Tag>
  void operator()(const Id<Tag>& id) const {
    query.Bind(id);
  }
  template <typename IdType>
  void operator()(OptionalId<IdType> field) const {
    query.BindOptional(field.id);
  }
  template <typename Text>
  void operator()(JsonField<Text> field) const {
    field.json.empty() ? query.BindNull() : query.Bind(std::string_view(field.json));
  }
};

// Reads the next column into each value.
struct FieldReader {
  const Query& row;
  int column = 0;

  void operator()(std::string& text) { text = row.Text(column++); }
  void operator()(bool& flag) { flag = row.Int(column++) != 0; }
  void operator()(std::int64_t& number) { number = row.Int(column++); }
  void operator()(double& number) { number = row.Real(column++); }
  void operator()(std::optional<std::int64_t>& number) { number = row.OptionalInt(column++); }
  // A word that is no role is shown as assistant.
  void operator()(Role& role) {
    role = RoleFromName(row.Text(column++)).value_or(Role::kAssistant);
  }
  template <typename Tag>
  void operator()(Id<Tag>& id) {
    id.value = row.Text(column++);
  }
  template <typename IdType>
  void operator()(OptionalId<IdType> field) {
    (*this)(field.id);
  }
  template <typename Text>
  void operator()(JsonField<Text> field) {
    const std::string_view json = row.Text(column++);
    if (!json.empty()) field.json = MetadataOrNone(json);
  }
};

}  // namespace millrace
