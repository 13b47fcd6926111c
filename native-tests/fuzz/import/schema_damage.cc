#include "fuzz/import/schema_damage.h"

#include <array>
#include <cstddef>

namespace millrace {
namespace {

constexpr std::size_t kMostObjects = 4;

using Words = std::string_view;

constexpr std::array<Words, 10> kNames = {
    "sessions",       "messages",         "deltas",          "sqlite_stat1",        "extra",
    "message_search", "goose_db_version", "sqlite_sequence", "message_search_data", "files"};
constexpr std::array<Words, 16> kColumns = {
    "id",    "session_id", "role", "parts", "seq",  "version", "merged",     "body",
    "rowid", "title",      "tbl",  "stat",  "part", "at",      "created_at", "finished_at"};
constexpr std::array<Words, 8> kTypes = {
    " TEXT", " INTEGER", " REAL", " BLOB", "", " ANY", " TEXT PRIMARY KEY", " INTEGER PRIMARY KEY"};
constexpr std::array<Words, 12> kLeaves = {"1",
                                           "''",
                                           "id",
                                           "parts",
                                           "rowid",
                                           "zeroblob(900000000)",
                                           "printf('%*s',900000000,'')",
                                           "NULL",
                                           "9e999",
                                           "x'00'",
                                           "randomblob(99999999)",
                                           "(SELECT count(*) FROM messages, messages, messages)"};
constexpr std::array<Words, 10> kFunctions = {"hex",          "length", "replace", "printf",
                                              "zeroblob",     "upper",  "quote",   "abs",
                                              "group_concat", "fts5"};
constexpr std::array<Words, 8> kOperators = {"+",      "||", " AND ", " LIKE ",
                                             " GLOB ", "/",  " IS ",  "->"};
constexpr std::array<Words, 4> kEnds = {"", " STRICT", " WITHOUT ROWID", " STRICT, WITHOUT ROWID"};
constexpr std::array<Words, 5> kModules = {"fts5", "fts5vocab", "pragma_table_list", "rtree",
                                           "dbstat"};

std::string Quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("''") : std::string(1, c);
  return quoted += '\'';
}

std::string Join(std::initializer_list<Words> pieces) {
  std::string text;
  for (const Words piece : pieces) text += piece;
  return text;
}

}  // namespace

std::uint8_t SchemaDamage::Next() {
  if (bytes_.empty()) return 0;
  const std::uint8_t byte = bytes_.front();
  bytes_ = bytes_.subspan(1);
  return byte;
}

std::string_view SchemaDamage::Pick(std::span<const std::string_view> among) {
  return among[Next() % among.size()];
}

std::string SchemaDamage::Sql() {
  const std::size_t objects = Next() % (kMostObjects + 1);
  if (objects == 0) return "";
  std::string sql = "PRAGMA writable_schema=ON;";
  for (std::size_t i = 0; i < objects; ++i) {
    const std::string name(Pick(kNames));
    const std::string statement = Quoted(Statement());
    if (Next() % 3 != 0) {
      sql += Join({"UPDATE sqlite_schema SET sql=", statement, " WHERE name='", name, "';"});
      continue;
    }
    constexpr std::array<Words, 5> kKinds = {"table", "index", "view", "trigger", "nonsense"};
    const std::string root = std::to_string(Next() % 12);
    sql += Join({"INSERT INTO sqlite_schema VALUES('", Pick(kKinds), "','", name, "','",
                 Pick(kNames), "',", root, ",", statement, ");"});
  }
  return sql;
}

std::string SchemaDamage::Statement() {
  const std::string name(Pick(kNames));
  switch (Next() % 8) {
    case 0: {
      const std::string column = Expression(0);
      return Join({"CREATE INDEX ", name, " ON ", Pick(kNames), "(", column, ")"});
    }
    case 1: {
      const std::string where = Expression(0);
      return Join({"CREATE INDEX ", name, " ON ", Pick(kNames), "(id) WHERE ", where});
    }
    case 2:
      return Join({"CREATE VIEW ", name,
                   " AS WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id", " FROM n) SELECT ",
                   Expression(0), " AS id FROM n"});
    case 3: {
      const Words module = Pick(kModules);
      return Join({"CREATE VIRTUAL TABLE ", name, " USING ", module, "(", Pick(kColumns),
                   ", content='", Pick(kNames), "')"});
    }
    case 4:
      return Join({"CREATE TRIGGER ", name, " AFTER INSERT ON messages BEGIN SELECT ",
                   Expression(0), "; END"});
    default:
      return "CREATE TABLE " + name + Table();
  }
}

std::string SchemaDamage::Table() {
  std::string table = "(";
  const int columns = 1 + Next() % 12;
  for (int i = 0; i < columns; ++i) {
    if (i > 0) table += ',';
    table += Column();
  }
  return table.append(")").append(Pick(kEnds));
}

std::string SchemaDamage::Column() {
  std::string column(Pick(kColumns));
  column += Pick(kTypes);
  switch (Next() % 8) {
    case 0:
      return column + " AS (" + Expression(0) + ") VIRTUAL";
    case 1:
      return column + " AS (" + Expression(0) + ") STORED";
    case 2:
      return column + " CHECK(" + Expression(0) + ")";
    case 3:
      return column + " DEFAULT (" + Expression(0) + ")";
    case 4:
      return column + " NOT NULL UNIQUE";
    default:
      return column;
  }
}

// Some are deeper than every limit.
std::string SchemaDamage::Expression(int depth) {
  const std::uint8_t kind = Next();
  if (depth > 6 || kind % 4 == 0) return std::string(Pick(kLeaves));
  if (kind % 4 == 1) return Join({Pick(kFunctions), "(", Expression(depth + 1), ")"});
  if (kind % 4 == 2) {
    const std::string left = Expression(depth + 1);
    const Words with = Pick(kOperators);
    return Join({left, with, Expression(depth + 1)});
  }
  const int levels = 1 << (Next() % 14);
  return std::string(static_cast<std::size_t>(levels), '(') + std::string(Pick(kLeaves)) +
         std::string(static_cast<std::size_t>(levels), ')');
}

}  // namespace millrace
