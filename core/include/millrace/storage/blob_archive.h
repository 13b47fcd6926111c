#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "millrace/base/status.h"
#include "millrace/model/blob.h"
#include "millrace/storage/block_file.h"

namespace millrace {

// The content of blobs in an exported file, beside its messages (S7, D5): piece by piece, so that
// memory does not grow with it.
//
//   blob_pieces   the pieces of each blob, one after the other; an empty blob has one empty piece
class BlobArchive {
 public:
  virtual ~BlobArchive() = default;

  // The blobs that messages of the file name.
  virtual Result<std::vector<BlobInfo>> Named() = 0;
  // Adds the next piece of a blob. All pieces of one blob come before those of the next.
  virtual Status Add(const std::string& blob, std::string_view piece) = 0;

  // The next blob that has pieces; what is left of the one before is skipped. nullopt after the
  // last one. Its content is unknown: whoever takes it checks that it has this hash.
  virtual Result<std::optional<BlobInfo>> NextBlob() = 0;
  // The next piece of that blob; nullopt after the last one.
  virtual Result<std::optional<std::string>> NextPiece() = 0;
};

// To add content to `file`, which Storage::Export has made. A half-made file is useless.
Result<std::unique_ptr<BlobArchive>> OpenBlobArchiveToWrite(std::shared_ptr<BlockFile> file);
// To read a file of unknown content. It is checked like a file to import; its tables are not, a
// damaged one is an error (kCorrupt) when it is read. A file of another program, or of a version
// without such content, has no blobs.
Result<std::unique_ptr<BlobArchive>> OpenBlobArchiveToRead(std::shared_ptr<BlockFile> file);

}  // namespace millrace
