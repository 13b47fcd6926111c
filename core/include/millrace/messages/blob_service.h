#pragma once

#include <functional>
#include <optional>
#include <string>

#include "millrace/base/status.h"
#include "millrace/messages/completion.h"
#include "millrace/model/blob.h"
#include "millrace/storage/blobs.h"

namespace millrace {

class CommitCycle;

// What the store knows of its blobs (contract D5). Their content is the host's:
//
//   host: content on disk, synced ──▶ Put ──▶ messages may name it
//   host: deletes the content ◀── Collect ◀── nobody has named it for an hour
//
// So a crash at any point leaves at most content that the database does not know. The host finds it
// with Find, and deletes it.
class BlobService {
 public:
  using DoneCollect = std::function<void(Result<CollectedBlobs>)>;

  // `cycle` must outlive it.
  explicit BlobService(CommitCycle& cycle) : cycle_(cycle) {}

  // Makes a blob known, durably. Known already: its hour begins again, and the rest stays as it is.
  // kInvalidArgument: no id, or a negative size.
  void Put(BlobInfo blob, Done done);
  Result<std::optional<BlobInfo>> Find(const std::string& id) const;
  Result<BlobUsage> Usage() const;
  // Looks at the blobs after `after`, some hundred of them, and forgets those that no message of
  // any branch has named for kBlobGraceMs. `done`: durably; see CollectedBlobs.
  void Collect(const std::string& after, DoneCollect done);

 private:
  CommitCycle& cycle_;
};

}  // namespace millrace
