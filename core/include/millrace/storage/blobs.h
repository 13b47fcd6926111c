#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "millrace/base/time.h"
#include "millrace/model/blob.h"

namespace millrace {

struct BlobUsage {
  std::int64_t count = 0;
  std::int64_t bytes = 0;
};

// What a collection did.
struct CollectedBlobs {
  // Those that are gone from the database. The host deletes their content once the commit is done.
  std::vector<std::string> removed;
  // Where the next collection begins; "": all were looked at.
  std::string next;
};

// ---- operations of a batch (StorageOp)

// Makes a blob known. Its content is durable already.
struct PutBlob {
  BlobInfo blob;
};

// Looks at the blobs after `after`, in the order of their ids, at most `limit`. Takes out those
// that nobody has named for kBlobGraceMs, and notes since when the others have no name.
struct CollectBlobs {
  TimeMs now = 0;
  std::string after;
  std::size_t limit = 100;
  std::set<std::string> keep;                 // named by what is not saved yet
  std::shared_ptr<CollectedBlobs> collected;  // set by the commit
};

}  // namespace millrace
