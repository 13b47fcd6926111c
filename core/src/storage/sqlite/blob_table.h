#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "millrace/base/status.h"
#include "millrace/model/blob.h"
#include "millrace/model/message.h"
#include "millrace/model/patch.h"
#include "millrace/storage/blobs.h"
#include "storage/sqlite/connection.h"

namespace millrace {

// The SQL of the tables `blobs` (what there is) and `blob_names` (which message names what).
//
//   put ──▶ lonely_since = now ──▶ named: NULL ──▶ seen without a name: now ──▶ an hour later: gone
//
// A name may be there without its blob: an import brings messages without their files. Call it
// inside a transaction.
class BlobTable {
 public:
  // `connection` must outlive it.
  explicit BlobTable(Connection& connection) : connection_(connection) {}

  // Also of a blob that is there: its hour begins again.
  Status Put(const BlobInfo& blob);
  // Looks at the next blobs; see CollectBlobs.
  Status Collect(const CollectBlobs& collection);

  // The message names exactly what its parts name. `added`: it is new, so it has named nothing.
  Status SetNames(const Message& message, bool added);
  // The message also names what the patch puts into it.
  Status AddNames(std::int64_t seq, const Patch& patch);
  Status DeleteNames(std::int64_t seq);

  Result<std::optional<BlobInfo>> Read(const std::string& id);
  Result<BlobUsage> Usage();

 private:
  Status AddName(std::int64_t seq, const std::string& blob);
  Connection& connection_;
};

// Whether a patch puts a part that names a blob.
bool NamesBlobs(const Patch& patch);

}  // namespace millrace
