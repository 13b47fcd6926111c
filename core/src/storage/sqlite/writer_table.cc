#include "storage/sqlite/writer_table.h"

namespace millrace {

Status WriterTable::Put(std::int64_t seq, std::string_view replica, std::string_view tab) {
  return connection_.Prepare("INSERT OR REPLACE INTO writers(seq, replica, tab) VALUES(?,?,?)")
      .Bind(seq)
      .Bind(replica)
      .Bind(tab)
      .Run();
}

Status WriterTable::Delete(std::int64_t seq) {
  return connection_.Prepare("DELETE FROM writers WHERE seq = ?").Bind(seq).Run();
}

}  // namespace millrace
