#include "host_storage.h"

#include <emscripten/emscripten.h>

#include <string>
#include <utility>

#include "handle_block_file.h"
#include "millrace/storage/block_file.h"
#include "millrace/storage/block_image_storage.h"
#include "millrace/storage/sqlite_storage.h"

namespace millrace::wasm {
namespace {

Result<DatabaseFiles> OpfsFiles(const val& files) {
  ObjectReader in(files, "files");
  DatabaseFiles result;
  result.database = std::make_unique<HandleBlockFile>(in.Object("database"), "the database file");
  result.wal = std::make_unique<HandleBlockFile>(in.Object("wal"), "the write-ahead log");
  result.journal = std::make_unique<HandleBlockFile>(in.Object("journal"), "the journal");
  if (!in.ok()) return in.status();
  return result;
}

}  // namespace

Result<std::unique_ptr<Storage>> OpenHostStorage(const val& files, std::string place,
                                                 InTurn in_turn) {
  // It is read twice per commit, and only the difference counts. So it need not look at the wall
  // clock, as HostClock does.
  SqliteOptions options{.clock = [] { return static_cast<TimeMs>(emscripten_get_now()); },
                        .place = std::move(place)};
  if (KindOf(files) == Kind::kAbsent) {
    return OpenSqliteStorage(MakeMemoryFiles(), std::move(options));
  }
  if (KindOf(files) == Kind::kObject && KindOf(PropertyOf(files, "commit")) == Kind::kFunction) {
    Result<BlockImages> images = LoadImages(files);
    if (!images.ok()) return images.status();
    return OpenBlockImageStorage(*std::move(images), SaveThrough(files, std::move(in_turn)),
                                 std::move(options));
  }
  Result<DatabaseFiles> opfs = OpfsFiles(files);
  if (!opfs.ok()) return opfs.status();
  return OpenSqliteStorage(*std::move(opfs), std::move(options));
}

}  // namespace millrace::wasm
