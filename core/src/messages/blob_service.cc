#include "millrace/messages/blob_service.h"

#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "messages/commit_cycle.h"

namespace millrace {
namespace {

// What messages in memory name. Some of it is not on disk yet.
std::set<std::string> NamedInMemory(CommitCycle& cycle) {
  std::set<std::string> names;
  for (const auto& [id, live] : cycle.live()) {
    for (std::string& name : BlobsNamedBy(live->accepted.parts)) names.insert(std::move(name));
  }
  return names;
}

}  // namespace

void BlobService::Put(BlobInfo blob, Done done) {
  Turn turn(cycle_.turns());
  done = OrNobody(std::move(done));
  Status refused = cycle_.CheckAccepting();
  if (refused.ok() && blob.id.empty()) refused = InvalidArgument("a blob needs an id");
  if (refused.ok() && blob.size < 0) refused = InvalidArgument("the size of a blob is negative");
  if (!refused.ok()) return cycle_.Defer([done = std::move(done), refused] { done(refused); });
  blob.created_at = cycle_.now();
  Request request;
  request.build = [blob = std::move(blob)](BatchBuilder& builder) {
    builder.AddLast(PutBlob{blob});
    return Status::Ok();
  };
  request.settle = [this, done = std::move(done)](const Status& status, std::vector<Event>&) {
    cycle_.Defer([done, status] { done(status); });
  };
  cycle_.Submit(std::move(request));
}

Result<std::optional<BlobInfo>> BlobService::Find(const std::string& id) const {
  if (const Status open = cycle_.CheckOpen(); !open.ok()) return open;
  return cycle_.committed().ReadBlob(id);
}

Result<BlobUsage> BlobService::Usage() const {
  if (const Status open = cycle_.CheckOpen(); !open.ok()) return open;
  return cycle_.committed().ReadBlobUsage();
}

void BlobService::Collect(const std::string& after, DoneCollect done) {
  Turn turn(cycle_.turns());
  done = OrNobody(std::move(done));
  if (const Status open = cycle_.CheckAccepting(); !open.ok()) {
    return cycle_.Defer([done = std::move(done), open] { done(open); });
  }
  auto collected = std::make_shared<CollectedBlobs>();
  Request request;
  // It judges by what is on disk and in memory, so nothing may be on its way.
  request.alone = true;
  request.build = [this, after, collected](BatchBuilder& builder) {
    CollectBlobs collection;
    collection.now = cycle_.now();
    collection.after = after;
    collection.keep = NamedInMemory(cycle_);
    collection.collected = collected;
    builder.AddLast(std::move(collection));
    cycle_.BeginCollecting(collected);
    return Status::Ok();
  };
  request.settle = [this, collected, done = std::move(done)](const Status& status,
                                                             std::vector<Event>&) {
    cycle_.EndCollecting();
    cycle_.Defer([collected, done, status] { status.ok() ? done(*collected) : done(status); });
  };
  cycle_.Submit(std::move(request));
}

}  // namespace millrace
