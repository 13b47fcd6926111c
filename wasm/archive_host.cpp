#include "archive_host.h"

#include <string>
#include <utility>
#include <vector>

#include "callback.h"
#include "handle_block_file.h"

namespace millrace::wasm {
namespace {

std::shared_ptr<HandleBlockFile> FileOf(const val& file) {
  return std::make_shared<HandleBlockFile>(file, "the file");
}

void Opened(Result<std::unique_ptr<BlobArchive>> archive, const val& done) {
  if (!archive.ok()) return CallBack(done, archive.status());
  CallJs(done, val::null(), ToJs(std::make_shared<ArchiveHost>(*std::move(archive))));
}

}  // namespace

void ArchiveHost::OpenToWrite(const val& file, const val& done) {
  Opened(OpenBlobArchiveToWrite(FileOf(file)), done);
}

void ArchiveHost::OpenToRead(const val& file, const val& done) {
  Opened(OpenBlobArchiveToRead(FileOf(file)), done);
}

void ArchiveHost::Named(const val& done) { CallBack(done, archive_->Named()); }

void ArchiveHost::Add(const val& blob, const val& bytes, const val& done) {
  const Result<std::string> id = ReadWord(blob, "the blob");
  CallBack(done, id.ok() ? archive_->Add(*id, BytesOf(bytes)) : id.status());
}

void ArchiveHost::NextBlob(const val& done) { CallBack(done, archive_->NextBlob()); }

void ArchiveHost::NextPiece(const val& done) {
  const Result<std::optional<std::string>> piece = archive_->NextPiece();
  if (!piece.ok()) return CallBack(done, piece.status());
  CallJs(done, val::null(), *piece ? BytesToJs(**piece) : val::undefined());
}

}  // namespace millrace::wasm
