#pragma once

#include <memory>

#include "js_value.h"
#include "millrace/storage/blob_archive.h"

namespace millrace::wasm {

// The content of blobs in an exported file (CoreArchive in web/src/core-module.ts).
class ArchiveHost {
 public:
  explicit ArchiveHost(std::unique_ptr<BlobArchive> archive) : archive_(std::move(archive)) {}

  // `file`: see HandleBlockFile. It must stay open for as long as the archive.
  static void OpenToWrite(const val& file, const val& done);
  static void OpenToRead(const val& file, const val& done);

  void Named(const val& done);
  void Add(const val& blob, const val& bytes, const val& done);
  void NextBlob(const val& done);
  void NextPiece(const val& done);

 private:
  std::unique_ptr<BlobArchive> archive_;
};

val ToJs(const std::shared_ptr<ArchiveHost>& archive);  // a CoreArchive

}  // namespace millrace::wasm
