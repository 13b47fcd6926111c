#include "indexeddb_blocks.h"

#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "handle_block_file.h"
#include "js_value.h"
#include "value_codec.h"

namespace millrace::wasm {
namespace {

Status Load(BlockImage& image, const val& handle, const char* name) {
  constexpr std::size_t kPieceBytes = 16 * BlockImage::kBlockBytes;
  // A loaded file answers the same calls as an open file.
  HandleBlockFile file(handle, name);
  const Result<std::uint64_t> size = file.Size();
  if (!size.ok()) return size.status();
  std::vector<std::byte> piece(kPieceBytes);
  for (std::uint64_t at = 0; at < *size;) {
    const Result<std::size_t> got = file.Read(at, piece);
    if (!got.ok()) return got.status();
    if (*got == 0) return {Code::kIo, std::string(name) + " is shorter than it says"};
    image.Write(at, std::span(piece).first(*got));
    at += *got;
  }
  image.Accept();
  return Status::Ok();
}

// { size, blocks: [{ index, bytes }] }
val ChangeToJs(const BlockImage& image) {
  val blocks = val::array();
  for (const std::size_t index : image.ChangedBlocks()) {
    const BlockImage::Block& block = image.At(index);
    ObjectWriter out;
    out.Set("index", static_cast<double>(index));
    out.Set("bytes", BytesToJs({reinterpret_cast<const char*>(block.data()), block.size()}));
    Push(blocks, out.Take());
  }
  ObjectWriter out;
  out.Set("size", static_cast<double>(image.size())).Set("blocks", blocks);
  return out.Take();
}

Status StatusOf(const val& error) {
  return KindOf(error) == Kind::kAbsent ? Status::Ok() : ReadError(error);
}

}  // namespace

void BlockCommit::Done(const val& error) {
  if (ended_ == nullptr) return;
  in_turn_([ended = std::exchange(ended_, nullptr), status = StatusOf(error)] { ended(status); });
}

Result<BlockImages> LoadImages(const val& files) {
  BlockImages images;
  ObjectReader in(files, "files");
  const val database = in.Object("database");
  const val wal = in.Object("wal");
  const val journal = in.Object("journal");
  if (!in.ok()) return in.status();
  Status status = Load(images.database, database, "the database file");
  if (status.ok()) status = Load(images.wal, wal, "the write-ahead log");
  if (status.ok()) status = Load(images.journal, journal, "the journal");
  if (!status.ok()) return status;
  return images;
}

SaveBlocks SaveThrough(const val& files, InTurn in_turn) {
  return [commit = PropertyOf(files, "commit"), in_turn = std::move(in_turn)](
             const BlockImages& images, Durability durability, std::function<void(Status)> ended) {
    val changes = val::array();
    Push(changes, ChangeToJs(images.database));
    Push(changes, ChangeToJs(images.wal));
    Push(changes, ChangeToJs(images.journal));
    ObjectWriter change;
    change.Set("strict", durability == Durability::kPower).Set("files", changes);
    auto pending = std::make_shared<BlockCommit>(std::move(ended), in_turn);
    if (CallJs(commit, change.Take(), ToJs(pending))) return;
    pending->Done(ToJs(Status(Code::kIo, "the changes could not be handed to IndexedDB")));
  };
}

}  // namespace millrace::wasm
