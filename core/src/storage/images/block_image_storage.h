#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "millrace/storage/block_image_storage.h"
#include "storage/images/unreadable.h"

namespace millrace {

// SQLite on files in memory. A commit counts only once its blocks are saved.
//
//   Commit ──▶ SQLite, on the images ──▶ the blocks it changed ──▶ SaveBlocks
//                                                                     │ ended
//        done(OK)    ◀── the images are accepted ◀────────────── OK ──┤
//        done(error) ◀── the images go back, SQLite reopens ◀─ error ─┘
//
// Until the save has ended, reads go to a second connection on the files as they were before: what
// is not saved yet is not committed. The first read that needs this connection opens it.
class BlockImageStorage final : public Storage {
 public:
  BlockImageStorage(BlockImages images, SaveBlocks save, SqliteOptions options);

  // Opens SQLite on the images as they are.
  Status Start();

  void Commit(StorageBatch batch, CommitTerms terms, CommitDone done) override;
  StorageReads& committed() override;
  std::int64_t bytes_written() const override { return bytes_written_; }
  Status Close() override;

 private:
  Status RunOnImages(StorageBatch batch, TimeMs now);
  void Save(Durability durability, std::function<void(const Status&)> ended);
  Status Ended(Durability durability, const Status& status);
  // Goes back to the saved state.
  void RollBack();
  TimeMs Now() const { return options_.clock ? options_.clock() : 0; }

  std::shared_ptr<BlockImages> images_;
  SaveBlocks save_;
  SqliteOptions options_;
  std::unique_ptr<Storage> sqlite_;  // null if it could not be reopened; broken_ says why
  std::unique_ptr<Storage> before_;  // while in_flight_, after the first read
  Status broken_;
  UnreadableState unreadable_;  // answers reads while no connection can
  std::int64_t bytes_written_ = 0;
  bool in_flight_ = false;
  bool unsynced_ = false;  // there was a commit since the last one with kPower
  // Ends with this object: outcomes that come later are ignored.
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace millrace
