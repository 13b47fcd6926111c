#include "indexeddb_storage.h"

#include <algorithm>
#include <utility>

namespace millrace::wasm {

Result<std::unique_ptr<Storage>> IndexedDbStorage::Open(BlockImages images, SaveBlocks save,
                                                        SqliteOptions options) {
  images.Accept();
  std::unique_ptr<IndexedDbStorage> storage(new IndexedDbStorage(
      std::make_shared<BlockImages>(std::move(images)), std::move(save), std::move(options)));
  if (Status status = storage->Start(); !status.ok()) return status;
  return std::unique_ptr<Storage>(std::move(storage));
}

Status IndexedDbStorage::Start() {
  Result<std::unique_ptr<Storage>> sqlite = OpenSqliteStorage(FilesOf(images_), options_);
  broken_ = sqlite.status();
  if (sqlite.ok()) sqlite_ = *std::move(sqlite);
  return broken_;
}

void IndexedDbStorage::Commit(StorageBatch batch, Durability durability, CommitDone done) {
  const TimeMs start = Now();
  const Status on_images = RunOnImages(std::move(batch));
  if (!on_images.ok()) return done({on_images});
  const bool to_sync = durability == Durability::kPower && unsynced_;
  if (!images_->changed() && !to_sync) return done({});
  in_flight_ = true;
  Save(durability, [this, start, durability, done = std::move(done)](const Status& status) {
    Status outcome = Ended(durability, status);
    done({std::move(outcome), std::max<DurationMs>(Now() - start, 0)});
  });
}

Status IndexedDbStorage::RunOnImages(StorageBatch batch) {
  if (sqlite_ == nullptr) return broken_;
  Status result;
  if (batch.empty()) return result;
  // In memory there is nothing to sync: durability is a matter of how the blocks are saved.
  sqlite_->Commit(std::move(batch), Durability::kProcess,
                  [&result](CommitOutcome outcome) { result = std::move(outcome.status); });
  return result;
}

void IndexedDbStorage::Save(Durability durability, std::function<void(const Status&)> ended) {
  for (const BlockImage* image : {&images_->database, &images_->wal, &images_->journal}) {
    bytes_written_ +=
        static_cast<std::int64_t>(image->ChangedBlocks().size() * BlockImage::kBlockBytes);
  }
  save_(*images_, durability,
        [alive = std::weak_ptr<bool>(alive_), ended = std::move(ended)](const Status& status) {
          if (!alive.expired()) ended(status);
        });
}

// What the caller of the commit is to hear.
Status IndexedDbStorage::Ended(Durability durability, const Status& status) {
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

void IndexedDbStorage::RollBack() {
  // First: whatever the connection still does to its files is undone as well.
  sqlite_.reset();
  images_->RollBack();
  // If that fails, so does every later call, with its reason.
  (void)Start();
}

Result<Storage*> IndexedDbStorage::Saved() {
  if (!in_flight_) {
    if (sqlite_ == nullptr) return broken_;
    return sqlite_.get();
  }
  if (before_ == nullptr) {
    auto files = std::make_shared<BlockImages>(images_->Before());
    Result<std::unique_ptr<Storage>> opened = OpenSqliteStorage(FilesOf(files), options_);
    if (!opened.ok()) return opened.status();
    before_ = *std::move(opened);
  }
  return before_.get();
}

Result<std::optional<Message>> IndexedDbStorage::ReadMessage(const MessageId& id) {
  const Result<Storage*> saved = Saved();
  if (!saved.ok()) return saved.status();
  return (*saved)->ReadMessage(id);
}

Result<std::vector<Message>> IndexedDbStorage::ReadMessages(const MessageQuery& query) {
  const Result<Storage*> saved = Saved();
  if (!saved.ok()) return saved.status();
  return (*saved)->ReadMessages(query);
}

Result<std::vector<MessageId>> IndexedDbStorage::ReadMessageIds(const SessionId& id) {
  const Result<Storage*> saved = Saved();
  if (!saved.ok()) return saved.status();
  return (*saved)->ReadMessageIds(id);
}

Result<std::vector<Message>> IndexedDbStorage::ReadUnfinished() {
  const Result<Storage*> saved = Saved();
  if (!saved.ok()) return saved.status();
  return (*saved)->ReadUnfinished();
}

Result<std::optional<Session>> IndexedDbStorage::ReadSession(const SessionId& id) {
  const Result<Storage*> saved = Saved();
  if (!saved.ok()) return saved.status();
  return (*saved)->ReadSession(id);
}

Result<std::vector<Session>> IndexedDbStorage::ReadSessions(const SessionQuery& query) {
  const Result<Storage*> saved = Saved();
  if (!saved.ok()) return saved.status();
  return (*saved)->ReadSessions(query);
}

Result<SearchPage> IndexedDbStorage::Search(const SearchQuery& query) {
  const Result<Storage*> saved = Saved();
  if (!saved.ok()) return saved.status();
  return (*saved)->Search(query);
}

Result<std::uint64_t> IndexedDbStorage::Export(const std::shared_ptr<BlockFile>& into) {
  const Result<Storage*> saved = Saved();
  if (!saved.ok()) return saved.status();
  return (*saved)->Export(into);
}

Result<std::int64_t> IndexedDbStorage::LastSeq() {
  const Result<Storage*> saved = Saved();
  if (!saved.ok()) return saved.status();
  return (*saved)->LastSeq();
}

Status IndexedDbStorage::Close() {
  if (in_flight_ || sqlite_ == nullptr) return Status::Ok();
  const bool had_changes = images_->changed();
  Status status = sqlite_->Close();
  // A checkpoint that is not saved costs nothing: the log still holds what it copied. What nobody
  // committed (a store just created) is not worth saving.
  if (status.ok() && !had_changes && images_->changed()) Save(Durability::kProcess, [](auto&) {});
  return status;
}

}  // namespace millrace::wasm
