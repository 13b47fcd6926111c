#include "storage/sqlite/blob_table.h"

#include <algorithm>
#include <string_view>
#include <variant>

namespace millrace {
namespace {

// What a patch puts into a message is named by an op each.
const FilePart* PutFile(const PatchOp& op) {
  const auto* put = std::get_if<PutOp>(&op);
  const auto* file = put == nullptr ? nullptr : std::get_if<FilePart>(&put->value);
  return file == nullptr || file->blob.empty() ? nullptr : file;
}

struct Candidate {
  std::string id;
  std::optional<std::int64_t> lonely_since;
  bool named = false;
};

}  // namespace

bool NamesBlobs(const Patch& patch) {
  return std::any_of(patch.ops.begin(), patch.ops.end(),
                     [](const PatchOp& op) { return PutFile(op) != nullptr; });
}

Status BlobTable::Put(const BlobInfo& blob) {
  return connection_
      .Prepare(
          "INSERT INTO blobs(id, size, media_type, created_at, lonely_since) "
          "VALUES(?1,?2,?3,?4,?4) ON CONFLICT(id) DO UPDATE SET lonely_since = ?4")
      .Bind(std::string_view(blob.id))
      .Bind(blob.size)
      .Bind(std::string_view(blob.media_type))
      .Bind(blob.created_at)
      .Run();
}

Status BlobTable::Collect(const CollectBlobs& collection) {
  Query query = connection_.Prepare(
      "SELECT id, lonely_since, EXISTS(SELECT 1 FROM blob_names WHERE blob = blobs.id) "
      "FROM blobs WHERE id > ? ORDER BY id LIMIT ?");
  const Result<std::vector<Candidate>> found =
      query.Bind(std::string_view(collection.after))
          .Bind(static_cast<std::int64_t>(collection.limit))
          .ReadAll([](const Query& row) {
            return Candidate{row.String(0), row.OptionalInt(1), row.Int(2) != 0};
          });
  if (!found.ok()) return found.status();
  CollectedBlobs& collected = *collection.collected;
  if (found->size() == collection.limit) collected.next = found->back().id;
  for (const Candidate& blob : *found) {
    const bool named = blob.named || collection.keep.contains(blob.id);
    const TimeMs since = blob.lonely_since.value_or(collection.now);
    const bool over = !named && since <= collection.now - kBlobGraceMs;
    if (over) {
      collected.removed.push_back(blob.id);
      Status status = connection_.Prepare("DELETE FROM blobs WHERE id = ?")
                          .Bind(std::string_view(blob.id))
                          .Run();
      if (!status.ok()) return status;
    } else if (named == blob.lonely_since.has_value()) {
      Query note = connection_.Prepare("UPDATE blobs SET lonely_since = ? WHERE id = ?");
      named ? note.BindNull() : note.Bind(collection.now);
      if (Status status = note.Bind(std::string_view(blob.id)).Run(); !status.ok()) return status;
    }
  }
  return Status::Ok();
}

Status BlobTable::SetNames(const Message& message, bool added) {
  if (!added) {
    if (Status status = DeleteNames(message.seq); !status.ok()) return status;
  }
  for (const std::string& blob : BlobsNamedBy(message.parts)) {
    if (Status status = AddName(message.seq, blob); !status.ok()) return status;
  }
  return Status::Ok();
}

Status BlobTable::AddNames(std::int64_t seq, const Patch& patch) {
  for (const PatchOp& op : patch.ops) {
    const FilePart* file = PutFile(op);
    if (file == nullptr) continue;
    if (Status status = AddName(seq, file->blob); !status.ok()) return status;
  }
  return Status::Ok();
}

Status BlobTable::AddName(std::int64_t seq, const std::string& blob) {
  Status status = connection_.Prepare("INSERT OR IGNORE INTO blob_names(seq, blob) VALUES(?,?)")
                      .Bind(seq)
                      .Bind(std::string_view(blob))
                      .Run();
  if (!status.ok()) return status;
  // Without this, its hour would count from the put if the name goes before anything looks.
  return connection_.Prepare("UPDATE blobs SET lonely_since = NULL WHERE id = ?")
      .Bind(std::string_view(blob))
      .Run();
}

Status BlobTable::DeleteNames(std::int64_t seq) {
  return connection_.Prepare("DELETE FROM blob_names WHERE seq = ?").Bind(seq).Run();
}

Result<std::optional<BlobInfo>> BlobTable::Read(const std::string& id) {
  Query query =
      connection_.Prepare("SELECT id, size, media_type, created_at FROM blobs WHERE id = ?");
  return query.Bind(std::string_view(id)).ReadOne([](const Query& row) {
    return BlobInfo{row.String(0), row.Int(1), row.String(2), row.Int(3)};
  });
}

Result<BlobUsage> BlobTable::Usage() {
  Query query = connection_.Prepare("SELECT count(*), coalesce(sum(size), 0) FROM blobs");
  const Result<bool> row = query.Next();
  if (!row.ok()) return row.status();
  return BlobUsage{query.Int(0), query.Int(1)};
}

}  // namespace millrace
