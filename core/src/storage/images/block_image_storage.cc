#include "storage/images/block_image_storage.h"

#include <algorithm>
#include <utility>

namespace millrace {

Result<std::unique_ptr<Storage>> OpenBlockImageStorage(BlockImages images, SaveBlocks save,
                                                       SqliteOptions options) {
  auto storage =
      std::make_unique<BlockImageStorage>(std::move(images), std::move(save), std::move(options));
  if (Status status = storage->Start(); !status.ok()) return status;
  return std::unique_ptr<Storage>(std::move(storage));
}

BlockImageStorage::BlockImageStorage(BlockImages images, SaveBlocks save, SqliteOptions options)
    : images_(std::make_shared<BlockImages>(std::move(images))),
      save_(std::move(save)),
      options_(std::move(options)) {
  images_->Accept();
}

Status BlockImageStorage::Start() {
  Result<std::unique_ptr<Storage>> sqlite = OpenSqliteStorage(FilesOf(images_), options_);
  broken_ = sqlite.status();
  if (sqlite.ok()) sqlite_ = *std::move(sqlite);
  return broken_;
}

void BlockImageStorage::Commit(StorageBatch batch, CommitTerms terms, CommitDone done) {
  const TimeMs start = Now();
  const Durability durability = terms.durability;
  const Status on_images = RunOnImages(std::move(batch), terms.now);
  if (!on_images.ok()) return done({on_images});
  const bool to_sync = durability == Durability::kPower && unsynced_;
  if (!images_->changed() && !to_sync) return done({});
  in_flight_ = true;
  Save(durability, [this, start, durability, done = std::move(done)](const Status& status) {
    Status outcome = Ended(durability, status);
    done({std::move(outcome), std::max<DurationMs>(Now() - start, 0)});
  });
}

Status BlockImageStorage::RunOnImages(StorageBatch batch, TimeMs now) {
  if (sqlite_ == nullptr) return broken_;
  Status result;
  if (batch.empty()) return result;
  // In memory there is nothing to sync. The durability counts when the blocks are saved.
  sqlite_->Commit(std::move(batch), {Durability::kProcess, now},
                  [&result](CommitOutcome outcome) { result = std::move(outcome.status); });
  return result;
}

void BlockImageStorage::Save(Durability durability, std::function<void(const Status&)> ended) {
  for (const BlockImage* image : {&images_->database, &images_->wal, &images_->journal}) {
    bytes_written_ +=
        static_cast<std::int64_t>(image->ChangedBlocks().size() * BlockImage::kBlockBytes);
  }
  save_(*images_, durability,
        [alive = std::weak_ptr<bool>(alive_), ended = std::move(ended)](const Status& status) {
          if (!alive.expired()) ended(status);
        });
}

// The status that the caller of the commit gets.
Status BlockImageStorage::Ended(Durability durability, const Status& status) {
  in_flight_ = false;
  before_.reset();
  if (status.ok()) {
    images_->Accept();
    unsynced_ = durability == Durability::kProcess;
    return status;
  }
  RollBack();
  return status;
}

void BlockImageStorage::RollBack() {
  // This comes first, so that the last changes of the connection to its files are undone as well.
  sqlite_.reset();
  images_->RollBack();
  // If this fails, every later call fails with the same reason.
  (void)Start();
}

StorageReads& BlockImageStorage::committed() {
  if (!in_flight_) {
    return sqlite_ == nullptr ? unreadable_.Because(broken_) : sqlite_->committed();
  }
  if (before_ == nullptr) {
    auto files = std::make_shared<BlockImages>(images_->Before());
    Result<std::unique_ptr<Storage>> opened = OpenSqliteStorage(FilesOf(files), options_);
    if (!opened.ok()) return unreadable_.Because(opened.status());
    before_ = *std::move(opened);
  }
  return before_->committed();
}

Status BlockImageStorage::Close() {
  if (in_flight_ || sqlite_ == nullptr) return Status::Ok();
  const bool had_changes = images_->changed();
  Status status = sqlite_->Close();
  // A checkpoint that is not saved loses nothing: the log still holds what it copied. Changes that
  // nobody committed (in a store just created) need not be saved.
  if (status.ok() && !had_changes && images_->changed()) Save(Durability::kProcess, [](auto&) {});
  return status;
}

}  // namespace millrace
