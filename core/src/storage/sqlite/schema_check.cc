#include "storage/sqlite/schema_check.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/sqlite/migrations.h"
#include "storage/sqlite/schema.h"

namespace millrace {
namespace {

// A row of sqlite_schema. SQLite keeps the text of the statement as it was written.
struct SchemaObject {
  std::string type;
  std::string name;
  std::string table;
  std::string sql;  // empty: an index made by a constraint of its table
};

Result<std::vector<SchemaObject>> ReadSchema(Connection& connection) {
  std::vector<SchemaObject> objects;
  Query row = connection.Prepare("SELECT type, name, tbl_name, sql FROM sqlite_schema");
  for (;;) {
    const Result<bool> there = row.Next();
    if (!there.ok()) return there.status();
    if (!*there) return objects;
    objects.push_back({row.String(0), row.String(1), row.String(2), row.String(3)});
  }
}

// `what` is the beginning of a sentence, and the object's name its end.
Status Refusal(std::string_view what, const SchemaObject& object) {
  std::string message(what);
  message.append(object.type).append(" \"").append(object.name).append("\"");
  return InvalidArgument(std::move(message));
}

bool StartsLike(std::string_view text, std::string_view start) {
  const auto same = [](char a, char b) { return a == b || (a ^ 0x20) == b; };
  return text.size() >= start.size() && std::equal(start.begin(), start.end(), text.begin(), same);
}

// Whether `sql`, with `name` as its only parameter, returns a row.
Result<bool> Has(Connection& connection, std::string_view sql, std::string_view name) {
  Query query = connection.Prepare(sql);
  query.Bind(name);
  return query.Next();
}

// Call it only when all tables of the file are known to be ordinary. For a virtual table SQLite
// would have to run it to know its columns. A table with the name of a pragma would answer in the
// pragma's place.
Status CheckColumns(Connection& connection, const SchemaObject& table) {
  const Result<bool> generated =
      Has(connection, "SELECT 1 FROM pragma_table_xinfo(?) WHERE hidden <> 0", table.name);
  if (!generated.ok()) return generated.status();
  return *generated ? Refusal("the file has generated columns, which are not read, in its ", table)
                    : Status::Ok();
}

Status CheckIndex(Connection& connection, const SchemaObject& index) {
  const Result<bool> computed =
      Has(connection, "SELECT 1 FROM pragma_index_xinfo(?) WHERE cid = -2", index.name);
  if (!computed.ok()) return computed.status();
  Query partial =
      connection.Prepare("SELECT 1 FROM pragma_index_list(?) WHERE partial AND name = ?");
  const Result<bool> found = partial.Bind(index.table).Bind(index.name).Next();
  if (!found.ok()) return found.status();
  return *computed || *found
             ? Refusal("the file has expressions, which are not read, in its ", index)
             : Status::Ok();
}

// ---- a schema of Millrace

// The tables that are read, and the version that has them first.
constexpr std::array<std::pair<std::string_view, std::int64_t>, 12> kTables = {
    {{"sessions", 1},
     {"messages", 1},
     {"deltas", 1},
     {"parents", kSchemaWithTree},
     {"shown", kSchemaWithTree},
     {"message_notes", kSchemaWithTree},
     {"blobs", kSchemaWithBlobs},
     {"blob_names", kSchemaWithBlobs},
     {"replica", kSchemaWithReplica},
     {"writers", kSchemaWithReplica},
     {"tombstones", kSchemaWithReplica},
     {"blob_pieces", kSchemaWithReplica}}};

// What SQLite writes for our statements: the table that AUTOINCREMENT uses, and the tables in which
// FTS5 keeps an index. Their text is compared exactly, like that of our own. To ask SQLite about
// their columns would take a millisecond for each of them at every opening.
bool IsAddedBySqlite(const SchemaObject& object) {
  constexpr std::array<std::string_view, 5> kStatements = {
      "CREATE TABLE sqlite_sequence(name,seq)",
      "CREATE TABLE 'message_search_data'(id INTEGER PRIMARY KEY, block BLOB)",
      "CREATE TABLE 'message_search_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) "
      "WITHOUT ROWID",
      "CREATE TABLE 'message_search_docsize'(id INTEGER PRIMARY KEY, sz BLOB, origin INTEGER)",
      "CREATE TABLE 'message_search_config'(k PRIMARY KEY, v) WITHOUT ROWID"};
  return object.type == "table" &&
         std::find(kStatements.begin(), kStatements.end(), object.sql) != kStatements.end();
}

// The last migration before `version` that contains this text; kMigrations.size() if none does.
std::size_t LastWith(std::string_view text, std::int64_t version) {
  for (std::int64_t i = version; i > 0; --i) {
    const auto at = static_cast<std::size_t>(i - 1);
    if (std::string_view(kMigrations[at].sql).find(text) != std::string_view::npos) return at;
  }
  return kMigrations.size();
}

// In a later version the table has another statement.
bool IsOurStatement(const SchemaObject& object, std::int64_t version) {
  if (object.sql.empty()) return object.type == "index";
  const std::size_t made = LastWith(object.sql + ';', version);
  if (made == kMigrations.size()) return false;
  return object.type != "table" || StartsLike(object.sql, "create virtual") ||
         made == LastWith("CREATE TABLE " + object.name + '(', version);
}

}  // namespace

Status CheckMillraceSchema(Connection& connection, std::int64_t version) {
  const Result<std::vector<SchemaObject>> objects = ReadSchema(connection);
  if (!objects.ok()) return objects.status();
  for (const SchemaObject& object : *objects) {
    if (!IsAddedBySqlite(object) && !IsOurStatement(object, version)) {
      return Refusal("the file carries Millrace's mark, but no version of Millrace made its ",
                     object);
    }
  }
  for (const auto& wanted : kTables) {
    const bool there =
        wanted.second > version ||
        std::any_of(objects->begin(), objects->end(), [&wanted](const SchemaObject& object) {
          return object.type == "table" && object.name == wanted.first;
        });
    if (!there) {
      return InvalidArgument("the file carries Millrace's mark, but not all of its tables");
    }
  }
  return Status::Ok();
}

Status CheckForeignSchema(Connection& connection) {
  const Result<std::vector<SchemaObject>> objects = ReadSchema(connection);
  if (!objects.ok()) return objects.status();
  for (const SchemaObject& object : *objects) {
    const bool table = object.type == "table" && StartsLike(object.sql, "create table");
    if (!table && object.type != "index" && object.type != "trigger") {
      return Refusal("the file has more than ordinary tables, which is not read: the ", object);
    }
  }
  for (const SchemaObject& object : *objects) {
    Status status;
    if (object.type == "table") status = CheckColumns(connection, object);
    if (object.type == "index") status = CheckIndex(connection, object);
    if (!status.ok()) return status;
  }
  return Status::Ok();
}

}  // namespace millrace
