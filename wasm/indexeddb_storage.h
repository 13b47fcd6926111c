#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "block_image.h"
#include "millrace/storage/sqlite_storage.h"
#include "millrace/storage/storage.h"

namespace millrace::wasm {

// Saves what changed in `images` since their last Accept, all of it or nothing, then calls `ended`
// once, during the call or later. Never called again before `ended`, but for a checkpoint at the
// end whose outcome nobody waits for.
using SaveBlocks = std::function<void(const BlockImages& images, Durability durability,
                                      std::function<void(Status)> ended)>;

// SQLite on files in memory, of which each commit is saved before it counts.
//
//   Commit ──▶ SQLite, on the images ──▶ the blocks it changed ──▶ SaveBlocks
//                                                                     │ ended
//        done(OK)    ◀── the images are accepted ◀────────────── OK ──┤
//        done(error) ◀── the images go back, SQLite reopens ◀─ error ─┘
//
// Between the two ends reads go to a second connection, on the files as they were: what is not
// saved yet is not seen (contract of Storage). It is opened by the first read that needs it.
class IndexedDbStorage final : public Storage {
 public:
  // What opening creates or migrates is saved with the first commit. Like OpenSqliteStorage.
  static Result<std::unique_ptr<Storage>> Open(BlockImages images, SaveBlocks save,
                                               SqliteOptions options);

  void Commit(StorageBatch batch, Durability durability, CommitDone done) override;
  Result<std::optional<Message>> ReadMessage(const MessageId& id) override;
  Result<std::vector<Message>> ReadMessages(const MessageQuery& query) override;
  Result<std::vector<MessageId>> ReadMessageIds(const SessionId& id) override;
  Result<std::vector<Message>> ReadUnfinished() override;
  Result<std::optional<Session>> ReadSession(const SessionId& id) override;
  Result<std::vector<Session>> ReadSessions(const SessionQuery& query) override;
  Result<std::int64_t> LastSeq() override;
  Result<SearchPage> Search(const SearchQuery& query) override;
  Result<std::uint64_t> Export(const std::shared_ptr<BlockFile>& into) override;
  // Of the blocks handed over, whole as they are.
  std::int64_t bytes_written() const override { return bytes_written_; }
  // With a commit under way, or one that could not be undone, everything is left as it was saved.
  Status Close() override;

 private:
  IndexedDbStorage(std::shared_ptr<BlockImages> images, SaveBlocks save, SqliteOptions options)
      : images_(std::move(images)), save_(std::move(save)), options_(std::move(options)) {}

  // Opens SQLite on the images as they are.
  Status Start();
  Status RunOnImages(StorageBatch batch);
  void Save(Durability durability, std::function<void(const Status&)> ended);
  Status Ended(Durability durability, const Status& status);
  // To what is saved.
  void RollBack();
  TimeMs Now() const { return options_.clock ? options_.clock() : 0; }
  // The connection that shows what is saved and no more.
  Result<Storage*> Saved();

  std::shared_ptr<BlockImages> images_;
  SaveBlocks save_;
  SqliteOptions options_;
  std::unique_ptr<Storage> sqlite_;  // null: it could not be reopened, broken_ says why
  std::unique_ptr<Storage> before_;  // while in_flight_, once it was read from
  Status broken_;
  std::int64_t bytes_written_ = 0;
  bool in_flight_ = false;
  bool unsynced_ = false;  // a commit since the last one of kPower
  // Expires with this: an outcome that comes later concerns nobody.
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace millrace::wasm
