#pragma once

#include <optional>
#include <string>
#include <vector>

#include "millrace/base/status.h"
#include "millrace/storage/receipt.h"
#include "storage/sqlite/connection.h"

namespace millrace {

// The SQL of the table `receipts`. Writes belong into a transaction of the caller's.
class ReceiptTable {
 public:
  // The connection outlives it.
  explicit ReceiptTable(Connection& connection) : connection_(connection) {}

  // In place of an earlier one of the same client and name. Of a client's calls the newest
  // kKeptCalls are kept.
  Status Put(const Receipt& receipt);
  Status DeleteOf(const std::string& client);

  Result<std::optional<Receipt>> Read(const std::string& client, const std::string& name);
  Result<std::vector<Receipt>> ReadAll();

 private:
  Connection& connection_;
};

}  // namespace millrace
