#include "storage/sqlite/sqlite_storage.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "storage/sqlite/export.h"
#include "storage/sqlite/importer.h"
#include "storage/sqlite/schema.h"
#include "storage/sqlite/searcher.h"

namespace millrace {
namespace {

// The result of a file operation that did not go through SQLite.
Status FileStatus(std::string_view what, const Status& status) {
  if (status.ok()) return status;
  const bool full = status.code() == Code::kQuotaExceeded;
  std::string message(what);
  if (full) message += ", there is no room: free space or delete sessions";
  return {full ? Code::kQuotaExceeded : Code::kIo, message + " (" + status.message() + ")"};
}

}  // namespace

Result<std::unique_ptr<Storage>> OpenSqliteStorage(DatabaseFiles files, SqliteOptions options) {
  Result<std::unique_ptr<Connection>> connection = Connection::Open(std::move(files));
  if (!connection.ok()) return connection.status();
  if (Status status = PrepareDatabase(**connection); !status.ok()) return status;
  auto storage = std::make_unique<SqliteStorage>(*std::move(connection), std::move(options));
  if (Status status = storage->Load(); !status.ok()) return status;
  return std::unique_ptr<Storage>(std::move(storage));
}

std::string_view SqliteVersion() { return sqlite3_libversion(); }

SqliteStorage::SqliteStorage(std::unique_ptr<Connection> connection, SqliteOptions options)
    : connection_(std::move(connection)),
      options_(std::move(options)),
      sessions_(*connection_),
      messages_(*connection_),
      receipts_(*connection_),
      index_(*connection_, messages_),
      log_(*connection_) {}

void SqliteStorage::Commit(StorageBatch batch, Durability durability, CommitDone done) {
  const TimeMs start = options_.clock ? options_.clock() : 0;
  CommitOutcome outcome;
  outcome.status = CommitNow(batch, durability);
  if (options_.clock) outcome.took_ms = std::max<DurationMs>(options_.clock() - start, 0);
  done(std::move(outcome));
}

Status SqliteStorage::CommitNow(std::span<const StorageOp> batch, Durability durability) {
  Status status;
  if (!batch.empty()) status = RunTransaction(batch, durability);
  if (!status.ok()) return status;
  // A batch that changed nothing has not synced earlier writes, so it needs this too.
  return durability == Durability::kPower ? SyncWal() : status;
}

Status SqliteStorage::RunTransaction(std::span<const StorageOp> ops, Durability durability) {
  if (Status status = SetDurability(durability); !status.ok()) return status;
  // A window of one stream is one statement, and SQLite makes that a transaction by itself.
  const bool one_statement = ops.size() == 1 && std::holds_alternative<AppendDelta>(ops.front());
  Transaction transaction(*connection_);
  Status status = one_statement ? Status::Ok() : transaction.Begin();
  for (const StorageOp& op : ops) {
    if (!status.ok()) break;
    status = std::visit([this](const auto& each) { return Apply(each); }, op);
  }
  if (status.ok() && !one_statement) status = transaction.Commit();
  if (status.ok()) {
    log_.Committed();
  } else {
    log_.RolledBack();
  }
  return status;
}

// Committed data that has left the WAL is safe: the checkpoint that moved it into the database file
// synced it.
Status SqliteStorage::SyncWal() {
  return FileStatus("what was saved could not be made to survive power loss",
                    connection_->vfs().wal().Sync());
}

Status SqliteStorage::SetDurability(Durability durability) {
  if (durability == durability_) return Status::Ok();
  const bool power = durability == Durability::kPower;
  Status status =
      connection_->Execute(power ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL");
  if (status.ok()) durability_ = durability;
  return status;
}

// The log comes first: the pages it frees are used for the folded row.
Status SqliteStorage::Apply(const PutMessage& op) {
  if (Status status = log_.Void(op.message->seq); !status.ok()) return status;
  const Result<bool> added = messages_.Put(*op.message);
  if (!added.ok()) return added.status();
  if (*added) {
    if (Status status = sessions_.CountMessages(op.message->session_id, 1); !status.ok())
      return status;
  }
  return index_.Put(*op.message);
}

Status SqliteStorage::Apply(const AppendDelta& op) { return log_.Append(op.seq, *op.patch); }

Status SqliteStorage::Apply(const DeleteMessage& op) {
  const Result<std::optional<MessageTable::Deleted>> deleted = messages_.Delete(op.id);
  if (!deleted.ok()) return deleted.status();
  if (!*deleted) return Status::Ok();
  if (Status status = sessions_.CountMessages((*deleted)->session_id, -1); !status.ok()) {
    return status;
  }
  return Forget((*deleted)->seq);
}

Status SqliteStorage::Apply(const DeleteSessionMessages& op) { return DeleteOf(op.session_id); }

Status SqliteStorage::Apply(const PutSession& op) { return sessions_.Put(op.session); }

// Deletes its messages explicitly, not by the cascade: their log rows and words must go too.
Status SqliteStorage::Apply(const DeleteSession& op) {
  if (Status status = DeleteOf(op.id); !status.ok()) return status;
  return sessions_.Delete(op.id);
}

Status SqliteStorage::DeleteOf(const SessionId& id) {
  const Result<std::vector<std::int64_t>> seqs = messages_.DeleteOfSession(id);
  if (!seqs.ok()) return seqs.status();
  for (const std::int64_t seq : *seqs) {
    if (Status status = Forget(seq); !status.ok()) return status;
  }
  return sessions_.CountMessages(id, -static_cast<std::int64_t>(seqs->size()));
}

Status SqliteStorage::Forget(std::int64_t seq) {
  if (Status status = log_.Void(seq); !status.ok()) return status;
  return index_.Remove(seq);
}

Status SqliteStorage::Apply(const ImportContent& op) {
  return Importer(sessions_, messages_, index_).Run(op);
}

Status SqliteStorage::Apply(const PutReceipt& op) { return receipts_.Put(op.receipt); }

Status SqliteStorage::Apply(const DeleteReceipts& op) { return receipts_.DeleteOf(op.client); }

Result<std::optional<Message>> SqliteStorage::ReadMessage(const MessageId& id) {
  Result<std::optional<Message>> message = messages_.Read(id);
  if (!message.ok() || !*message) return message;
  std::vector<Message> one;
  one.push_back(**std::move(message));
  if (Status status = log_.ApplyTo(one); !status.ok()) return status;
  return std::optional<Message>(std::move(one.front()));
}

Result<std::vector<Message>> SqliteStorage::ReadMessages(const MessageQuery& query) {
  Result<std::vector<Message>> messages = messages_.Read(query);
  if (!messages.ok()) return messages;
  if (Status status = log_.ApplyTo(*messages); !status.ok()) return status;
  return messages;
}

Result<std::vector<MessageId>> SqliteStorage::ReadMessageIds(const SessionId& id) {
  return messages_.IdsOfSession(id);
}

Result<std::vector<Message>> SqliteStorage::ReadUnfinished() {
  // A resume in the log un-finishes a row; a finish in the log finishes one.
  Result<std::vector<Message>> messages = messages_.ReadUnfinished(log_.LiveSeqs());
  if (!messages.ok()) return messages;
  if (Status status = log_.ApplyTo(*messages); !status.ok()) return status;
  std::erase_if(*messages, [](const Message& message) { return message.finished(); });
  return messages;
}

Result<std::optional<Session>> SqliteStorage::ReadSession(const SessionId& id) {
  return sessions_.Read(id);
}

Result<std::vector<Session>> SqliteStorage::ReadSessions(const SessionQuery& query) {
  return sessions_.Read(query);
}

Result<std::optional<Receipt>> SqliteStorage::ReadReceipt(const std::string& client,
                                                          const std::string& name) {
  return receipts_.Read(client, name);
}

Result<std::vector<Receipt>> SqliteStorage::ReadReceipts() { return receipts_.ReadAll(); }

Result<std::int64_t> SqliteStorage::LastSeq() { return messages_.LastSeq(); }

Result<SearchPage> SqliteStorage::Search(const SearchQuery& query) {
  if (Status status = words_.Open(*connection_); !status.ok()) return status;
  return Searcher(*connection_, messages_, words_, options_.clock, query).Run();
}

Result<std::uint64_t> SqliteStorage::Export(const std::shared_ptr<BlockFile>& into) {
  return ExportDatabase(*connection_, into);
}

Status SqliteStorage::Close() { return connection_->Close(); }

}  // namespace millrace
