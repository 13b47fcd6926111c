#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "millrace/base/time.h"
#include "millrace/storage/sqlite_storage.h"
#include "millrace/storage/storage.h"
#include "storage/sqlite/blob_table.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/delta_log.h"
#include "storage/sqlite/field_times.h"
#include "storage/sqlite/message_deleter.h"
#include "storage/sqlite/message_table.h"
#include "storage/sqlite/message_tree.h"
#include "storage/sqlite/receipt_table.h"
#include "storage/sqlite/replica.h"
#include "storage/sqlite/search_index.h"
#include "storage/sqlite/session_table.h"
#include "storage/sqlite/tombstones.h"
#include "storage/sqlite/word_breaker.h"
#include "storage/sqlite/writer_table.h"

namespace millrace {

// Storage in a SQLite file. Every commit ends during the call.
//
// Durability (contract S3): synchronous=NORMAL writes a commit's frames to the WAL (kProcess).
// synchronous=FULL also syncs the WAL before the commit counts (kPower). So a failed sync rolls the
// commit back like any other error, and a failed commit changed nothing.
class SqliteStorage final : public Storage, public StorageReads {
 public:
  SqliteStorage(std::unique_ptr<Connection> connection, SqliteOptions options);

  // REQUIRES: PrepareDatabase was OK. Call it once, first.
  Status Load();

  void Commit(StorageBatch batch, CommitTerms terms, CommitDone done) override;
  StorageReads& committed() override { return *this; }
  std::int64_t bytes_written() const override { return connection_->vfs().bytes_written(); }
  Status Close() override;

  Result<std::optional<Message>> ReadMessage(const MessageId& id) override;
  Result<std::optional<SessionId>> SessionOf(const MessageId& id) override;
  Result<std::vector<Message>> ReadMessages(const MessageQuery& query) override;
  Result<std::vector<Message>> ReadPath(const PathQuery& query) override;
  Result<std::vector<Branching>> ReadBranches(const SessionId& session_id,
                                              const std::optional<MessageId>& of) override;
  Result<std::vector<MessageId>> ReadBranch(const MessageId& id) override;
  Result<std::vector<MessageId>> ReadMessageIds(const SessionId& id) override;
  Result<std::vector<Message>> ReadUnfinished() override;
  Result<std::optional<Session>> ReadSession(const SessionId& id) override;
  Result<std::vector<Session>> ReadSessions(const SessionQuery& query) override;
  Result<std::optional<Receipt>> ReadReceipt(const std::string& client,
                                             const std::string& name) override;
  Result<std::vector<Receipt>> ReadReceipts() override;
  Result<std::optional<BlobInfo>> ReadBlob(const std::string& id) override;
  Result<BlobUsage> ReadBlobUsage() override;
  Result<std::int64_t> LastSeq() override;
  Result<SearchPage> Search(const SearchQuery& query) override;
  Result<std::uint64_t> Export(const std::shared_ptr<BlockFile>& into) override;

 private:
  Status CommitNow(std::span<const StorageOp> batch, const CommitTerms& terms);
  Status RunTransaction(std::span<const StorageOp> ops, const CommitTerms& terms);
  Result<bool> PutRow(const Message& message);
  Status SyncWal();
  Status SetDurability(Durability durability);
  MessageDeleter Deleter();
  // Shows the path to what was added.
  Status PlaceInTree(const Message& added);
  Status SetHead(const SessionId& id, std::int64_t head);
  Result<std::vector<MessageId>> IdsOf(const std::vector<std::int64_t>& seqs);

  Status Apply(const PutMessage& op);
  Status Apply(const PutNotes& op);
  Status Apply(const PutWriter& op);
  Status Apply(const AppendDelta& op);
  Status Apply(const DeleteMessage& op);
  Status Apply(const SwitchTo& op);
  Status Apply(const DeleteSessionMessages& op);
  Status Apply(const PutSession& op);
  Status Apply(const DeleteSession& op);
  Status Apply(const ImportContent& op);
  Status Apply(const PutReceipt& op);
  Status Apply(const DeleteReceipts& op);
  Status Apply(const PutBlob& op);
  Status Apply(const CollectBlobs& op);

  std::unique_ptr<Connection> connection_;
  SqliteOptions options_;
  Replica replica_;
  FieldTimes times_;
  Tombstones tombstones_;
  SessionTable sessions_;
  MessageTable messages_;
  MessageTree tree_;
  WriterTable writers_;
  ReceiptTable receipts_;
  BlobTable blobs_;
  SearchIndex index_;
  WordBreaker words_;  // opened by the first search
  DeltaLog log_;
  TimeMs now_ = 0;                                // of the commit under way
  Durability durability_ = Durability::kProcess;  // what `synchronous` is set to
};

}  // namespace millrace
