#include "storage/sqlite/receipt_table.h"

namespace millrace {
namespace {

// A client asks again only for calls that it was not answered. It never has that many under way.
constexpr std::int64_t kKeptCalls = 4096;
// Looking for older ones costs a statement.
constexpr std::int64_t kForgetEvery = 64;

Receipt ReceiptFromRow(const Query& row) {
  return {row.String(0), row.String(1), row.Int(2), row.Int(3)};
}

}  // namespace

Status ReceiptTable::Put(const Receipt& receipt) {
  Status put =
      connection_.Prepare("REPLACE INTO receipts(client, name, number, seq) VALUES(?,?,?,?)")
          .Bind(std::string_view(receipt.client))
          .Bind(std::string_view(receipt.name))
          .Bind(receipt.number)
          .Bind(receipt.seq)
          .Run();
  const bool of_call = receipt.seq == 0;
  if (!put.ok() || !of_call || receipt.number % kForgetEvery != 0) return put;
  return connection_.Prepare("DELETE FROM receipts WHERE client = ? AND seq = 0 AND number <= ?")
      .Bind(std::string_view(receipt.client))
      .Bind(receipt.number - kKeptCalls)
      .Run();
}

Status ReceiptTable::DeleteOf(const std::string& client) {
  return connection_.Prepare("DELETE FROM receipts WHERE client = ?")
      .Bind(std::string_view(client))
      .Run();
}

Result<std::optional<Receipt>> ReceiptTable::Read(const std::string& client,
                                                  const std::string& name) {
  Query query = connection_.Prepare(
      "SELECT client, name, number, seq FROM receipts WHERE client = ? AND name = ?");
  return query.Bind(std::string_view(client)).Bind(std::string_view(name)).ReadOne(ReceiptFromRow);
}

Result<std::vector<Receipt>> ReceiptTable::ReadAll() {
  return connection_.Prepare("SELECT client, name, number, seq FROM receipts")
      .ReadAll(ReceiptFromRow);
}

}  // namespace millrace
