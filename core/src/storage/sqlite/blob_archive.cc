#include "millrace/storage/blob_archive.h"

#include <cstdint>
#include <utility>

#include "storage/sqlite/connection.h"
#include "storage/sqlite/imported_file.h"
#include "storage/sqlite/imported_values.h"
#include "storage/sqlite/schema.h"
#include "storage/vfs/borrowed_file.h"

namespace millrace {
namespace {

BlobInfo BlobFromRow(const Query& row) {
  return {row.String(0), row.Int(1), row.String(2), row.Int(3)};
}

class SqliteBlobArchive final : public BlobArchive {
 public:
  // `guard`: for a file of unknown content. `blobs`: whether the file has the tables.
  SqliteBlobArchive(std::unique_ptr<Connection> connection, std::optional<ReadGuard> guard,
                    bool blobs)
      : connection_(std::move(connection)), guard_(std::move(guard)), blobs_(blobs) {}

  Result<std::vector<BlobInfo>> Named() override {
    Query named = Prepare(
        "SELECT id, size, media_type, created_at FROM blobs "
        "WHERE EXISTS(SELECT 1 FROM blob_names WHERE blob = blobs.id)");
    return named.ReadAll(BlobFromRow);
  }

  Status Add(const std::string& blob, std::string_view piece) override {
    return Prepare("INSERT INTO blob_pieces(blob, data) VALUES(?,?)")
        .Bind(std::string_view(blob))
        .BindBytes(piece)
        .Run();
  }

  Result<std::optional<BlobInfo>> NextBlob() override {
    if (!blobs_) return std::optional<BlobInfo>();
    Query next = Prepare(
        "SELECT p.blob, coalesce(b.size, 0), coalesce(b.media_type, ''), 0, p.n "
        "FROM blob_pieces AS p LEFT JOIN blobs AS b ON b.id = p.blob "
        "WHERE p.n > ? AND p.blob <> ? ORDER BY p.n LIMIT 1");
    std::int64_t first = 0;
    Result<std::optional<BlobInfo>> blob =
        next.Bind(last_).Bind(std::string_view(blob_)).ReadOne([&first](const Query& row) {
          first = row.Int(4);
          return BlobFromRow(row);
        });
    if (!blob.ok()) return AboutImportedFile(blob.status());
    if (!*blob) return blob;
    if (first <= last_) return OutOfOrder();
    blob_ = (*blob)->id;
    last_ = first - 1;
    return blob;
  }

  Result<std::optional<std::string>> NextPiece() override {
    Query next = Prepare("SELECT n, blob, data FROM blob_pieces WHERE n > ? ORDER BY n LIMIT 1");
    const Result<bool> row = next.Bind(last_).Next();
    if (!row.ok()) return AboutImportedFile(row.status());
    if (!*row || next.Text(1) != blob_) return std::optional<std::string>();
    if (next.Int(0) <= last_) return OutOfOrder();
    last_ = next.Int(0);
    return std::optional(next.Bytes(2));
  }

 private:
  Query Prepare(std::string_view sql) { return connection_->Prepare(sql); }
  // In a damaged file the next row may not come after the last one. Reading would then never end.
  static Status OutOfOrder() {
    return AboutImportedFile(Status(Code::kCorrupt, "pieces of blobs are not in their order"));
  }

  std::unique_ptr<Connection> connection_;
  std::optional<ReadGuard> guard_;  // destroyed before the connection
  bool blobs_;
  std::string blob_;
  std::int64_t last_ = 0;
};

}  // namespace

Result<std::unique_ptr<BlobArchive>> OpenBlobArchiveToWrite(std::shared_ptr<BlockFile> file) {
  Result<std::unique_ptr<Connection>> connection =
      Connection::Open({BorrowFile(std::move(file), Access::kReadWrite), MakeMemoryBlockFile(),
                        MakeMemoryBlockFile()});
  if (!connection.ok()) return connection.status();
  const Status ready = (*connection)->Execute("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF");
  if (!ready.ok()) return ready;
  return std::unique_ptr<BlobArchive>(
      std::make_unique<SqliteBlobArchive>(*std::move(connection), std::nullopt, /*blobs=*/true));
}

Result<std::unique_ptr<BlobArchive>> OpenBlobArchiveToRead(std::shared_ptr<BlockFile> file) {
  Result<ImportedFile> opened = OpenImportedFile(std::move(file));
  if (!opened.ok()) return opened.status();
  return std::unique_ptr<BlobArchive>(std::make_unique<SqliteBlobArchive>(
      std::move(opened->file.connection), std::move(opened->file.guard),
      opened->schema >= kSchemaWithReplica));
}

}  // namespace millrace
