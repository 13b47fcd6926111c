#include "storage/sqlite/sqlite_storage.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "storage/search/phrase_match.h"
#include "storage/sqlite/export.h"
#include "storage/sqlite/importer.h"
#include "storage/sqlite/message_path.h"
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

bool IsOneStatement(const StorageOp& op) {
  const auto* delta = std::get_if<AppendDelta>(&op);
  return delta != nullptr && !NamesBlobs(*delta->patch);
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
      replica_(*connection_),
      times_(*connection_, replica_),
      tombstones_(*connection_, replica_),
      sessions_(*connection_),
      messages_(*connection_),
      tree_(*connection_),
      writers_(*connection_),
      receipts_(*connection_),
      blobs_(*connection_),
      index_(*connection_, messages_),
      log_(*connection_) {}

Status SqliteStorage::Load() {
  const Status status = replica_.Load(options_.place);
  return status.ok() ? log_.Load() : status;
}

void SqliteStorage::Commit(StorageBatch batch, CommitTerms terms, CommitDone done) {
  const TimeMs start = options_.clock ? options_.clock() : 0;
  CommitOutcome outcome;
  outcome.status = CommitNow(batch, terms);
  if (options_.clock) outcome.took_ms = std::max<DurationMs>(options_.clock() - start, 0);
  done(std::move(outcome));
}

Status SqliteStorage::CommitNow(std::span<const StorageOp> batch, const CommitTerms& terms) {
  Status status;
  if (!batch.empty()) status = RunTransaction(batch, terms);
  if (!status.ok()) return status;
  // A batch that changed nothing has not synced earlier writes, so it needs this too.
  return terms.durability == Durability::kPower ? SyncWal() : status;
}

Status SqliteStorage::RunTransaction(std::span<const StorageOp> ops, const CommitTerms& terms) {
  if (Status status = SetDurability(terms.durability); !status.ok()) return status;
  // A window of one stream is one statement, and SQLite makes that a transaction by itself.
  const bool one_statement =
      ops.size() == 1 && IsOneStatement(ops.front()) && !replica_.must_reserve();
  Transaction transaction(*connection_);
  Status status = one_statement ? Status::Ok() : transaction.Begin();
  if (status.ok()) status = replica_.BeginCommit(terms.now);
  now_ = terms.now;
  for (const StorageOp& op : ops) {
    if (!status.ok()) break;
    status = std::visit([this](const auto& each) { return Apply(each); }, op);
  }
  if (status.ok() && !one_statement) status = transaction.Commit();
  if (status.ok()) {
    log_.Committed();
  } else {
    log_.RolledBack();
    replica_.RolledBack();
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
  const Result<bool> added = PutRow(*op.message);
  if (!added.ok()) return added.status();
  if (Status status = blobs_.SetNames(*op.message, *added); !status.ok()) return status;
  if (*added) {
    Status status = PlaceInTree(*op.message);
    if (status.ok()) status = sessions_.CountMessages(op.message->session_id, 1);
    if (!status.ok()) return status;
  }
  return index_.Put(*op.message);
}

// Returns whether the message is new.
Result<bool> SqliteStorage::PutRow(const Message& message) {
  const Result<bool> there = messages_.Has(message.id);
  if (!there.ok()) return there.status();
  Status before = *there ? times_.Note(message) : tombstones_.Remove(message.id);
  if (before.ok() && *there && message.finished()) before = writers_.Delete(message.seq);
  if (!before.ok()) return before;
  return messages_.Put(message);
}

// The usual message follows the head: then nothing that is shown changes.
Status SqliteStorage::PlaceInTree(const Message& added) {
  const SessionId& session = added.session_id;
  const Result<MessageId> head = sessions_.Head(session);
  if (!head.ok()) return head.status();
  std::int64_t parent = 0;
  if (!added.parent_id.empty()) {
    const Result<std::optional<MessageTable::Place>> place = messages_.Find(added.parent_id);
    if (!place.ok()) return place.status();
    const bool there = *place && (*place)->session_id == session;
    if (!there && added.parent_id != *head) {
      return NotFound("no message '" + added.parent_id.value + "' in this session to follow");
    }
    // In a damaged file the head may be none of its messages.
    parent = there ? (*place)->seq : tree_.Head(session);
    if (!there && parent == added.seq) parent = 0;
  }
  const bool follows_head = added.parent_id == *head;
  const std::int64_t shown = follows_head ? parent : tree_.Head(session);
  tree_.Add(session, added.seq, parent);
  if (shown != parent) tree_.Show(session, added.seq, shown);
  if (Status status = tree_.TakeStatus(); !status.ok()) return status;
  return sessions_.SetHead(session, added.id);
}

Status SqliteStorage::SetHead(const SessionId& id, std::int64_t head) {
  const Result<MessageId> message = messages_.IdOf(head);
  if (!message.ok()) return message.status();
  return sessions_.SetHead(id, *message);
}

Status SqliteStorage::Apply(const PutNotes& op) {
  const Status noted = times_.Note(*op.message);
  return noted.ok() ? messages_.PutNotes(*op.message) : noted;
}

Status SqliteStorage::Apply(const PutWriter& op) {
  return writers_.Put(op.seq, replica_.name(), op.tab);
}

Status SqliteStorage::Apply(const AppendDelta& op) {
  if (Status status = blobs_.AddNames(op.seq, *op.patch); !status.ok()) return status;
  return log_.Append(op.seq, *op.patch);
}

Status SqliteStorage::Apply(const DeleteMessage& op) { return Deleter().Delete(op, now_); }

Status SqliteStorage::Apply(const SwitchTo& op) {
  const Result<std::optional<MessageTable::Place>> found = messages_.Find(op.message_id);
  if (!found.ok()) return found.status();
  if (!*found || (*found)->session_id != op.session_id) {
    return NotFound("no message '" + op.message_id.value + "' in this session to show");
  }
  tree_.Show(op.session_id, (*found)->seq, tree_.Head(op.session_id));
  const std::int64_t leaf = tree_.Leaf(op.session_id, (*found)->seq);
  if (Status status = tree_.TakeStatus(); !status.ok()) return status;
  return SetHead(op.session_id, leaf);
}

Status SqliteStorage::Apply(const DeleteSessionMessages& op) { return Deleter().Delete(op, now_); }

Status SqliteStorage::Apply(const PutSession& op) {
  const Result<std::optional<Session>> before = sessions_.Read(op.session.id);
  if (!before.ok()) return before.status();
  const Status noted =
      *before ? times_.Note(**before, op.session) : tombstones_.Remove(op.session.id);
  return noted.ok() ? sessions_.Put(op.session) : noted;
}

Status SqliteStorage::Apply(const DeleteSession& op) { return Deleter().Delete(op, now_); }

MessageDeleter SqliteStorage::Deleter() {
  return {sessions_, messages_, tree_, writers_, blobs_, tombstones_, index_, log_};
}

Status SqliteStorage::Apply(const ImportContent& op) {
  return Importer(sessions_, messages_, tree_, blobs_, tombstones_, index_).Run(op);
}

Status SqliteStorage::Apply(const PutReceipt& op) { return receipts_.Put(op.receipt); }

Status SqliteStorage::Apply(const DeleteReceipts& op) { return receipts_.DeleteOf(op.client); }

Status SqliteStorage::Apply(const PutBlob& op) { return blobs_.Put(op.blob); }

Status SqliteStorage::Apply(const CollectBlobs& op) { return blobs_.Collect(op); }

Result<std::optional<Message>> SqliteStorage::ReadMessage(const MessageId& id) {
  Result<std::optional<Message>> message = messages_.Read(id);
  if (!message.ok() || !*message) return message;
  std::vector<Message> one;
  one.push_back(**std::move(message));
  if (Status status = log_.ApplyTo(one); !status.ok()) return status;
  return std::optional<Message>(std::move(one.front()));
}

Result<std::optional<SessionId>> SqliteStorage::SessionOf(const MessageId& id) {
  Result<std::optional<MessageTable::Place>> place = messages_.Find(id);
  if (!place.ok()) return place.status();
  if (!*place) return std::optional<SessionId>();
  return std::optional<SessionId>(std::move((*place)->session_id));
}

Result<std::vector<Message>> SqliteStorage::ReadMessages(const MessageQuery& query) {
  Result<std::vector<Message>> messages = messages_.Read(query);
  if (!messages.ok()) return messages;
  if (Status status = log_.ApplyTo(*messages); !status.ok()) return status;
  return messages;
}

Result<std::vector<Message>> SqliteStorage::ReadPath(const PathQuery& query) {
  const ReadTransaction reading(*connection_);
  Result<std::vector<Message>> messages = MessagePath(messages_, tree_).Read(query);
  if (!messages.ok()) return messages;
  if (Status status = log_.ApplyTo(*messages); !status.ok()) return status;
  return messages;
}

Result<std::vector<Branching>> SqliteStorage::ReadBranches(const SessionId& session_id,
                                                           const std::optional<MessageId>& of) {
  std::vector<MessageTree::Children> branches;
  if (of) {
    std::int64_t parent = 0;
    if (!of->empty()) {
      const Result<std::optional<MessageTable::Place>> place = messages_.Find(*of);
      if (!place.ok()) return place.status();
      if (!*place || (*place)->session_id != session_id) return std::vector<Branching>();
      parent = (*place)->seq;
    }
    branches.push_back(tree_.ChildrenOf(session_id, parent));
  } else {
    branches = tree_.Branches(session_id);
  }
  if (Status status = tree_.TakeStatus(); !status.ok()) return status;
  std::vector<Branching> named;
  for (const MessageTree::Children& children : branches) {
    const Result<MessageId> parent = messages_.IdOf(children.parent);
    if (!parent.ok()) return parent.status();
    Result<std::vector<MessageId>> ids = IdsOf(children.seqs);
    if (!ids.ok()) return ids.status();
    named.push_back({*parent, *std::move(ids)});
  }
  return named;
}

Result<std::vector<MessageId>> SqliteStorage::ReadBranch(const MessageId& id) {
  const Result<std::optional<MessageTable::Place>> place = messages_.Find(id);
  if (!place.ok()) return place.status();
  if (!*place) return std::vector<MessageId>();
  const std::vector<std::int64_t> seqs = tree_.Branch((*place)->session_id, (*place)->seq);
  if (Status status = tree_.TakeStatus(); !status.ok()) return status;
  return IdsOf(seqs);
}

Result<std::vector<MessageId>> SqliteStorage::IdsOf(const std::vector<std::int64_t>& seqs) {
  std::vector<MessageId> ids;
  for (const std::int64_t seq : seqs) {
    Result<MessageId> id = messages_.IdOf(seq);
    if (!id.ok()) return id.status();
    ids.push_back(*std::move(id));
  }
  return ids;
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
  if (query.title.empty()) return sessions_.Read(query);
  if (Status status = words_.Open(*connection_); !status.ok()) return status;
  const WordReader reader = [this](std::string_view text, const auto& each) {
    words_.Read(text, each);
  };
  const SearchTerms terms = ReadTerms(query.title, reader);
  if (terms.empty()) return std::vector<Session>();
  return sessions_.Read(
      query, [&](const Session& session) { return HasPhrases(session.title, terms, reader); });
}

Result<std::optional<Receipt>> SqliteStorage::ReadReceipt(const std::string& client,
                                                          const std::string& name) {
  return receipts_.Read(client, name);
}

Result<std::optional<BlobInfo>> SqliteStorage::ReadBlob(const std::string& id) {
  return blobs_.Read(id);
}

Result<BlobUsage> SqliteStorage::ReadBlobUsage() { return blobs_.Usage(); }

Result<std::vector<Receipt>> SqliteStorage::ReadReceipts() { return receipts_.ReadAll(); }

Result<std::int64_t> SqliteStorage::LastSeq() { return messages_.LastSeq(); }

Result<SearchPage> SqliteStorage::Search(const SearchQuery& query) {
  if (Status status = words_.Open(*connection_); !status.ok()) return status;
  return Searcher(*connection_, messages_, tree_, words_, options_.clock, query).Run();
}

Result<std::uint64_t> SqliteStorage::Export(const std::shared_ptr<BlockFile>& into) {
  return ExportDatabase(*connection_, into);
}

Status SqliteStorage::Close() { return connection_->Close(); }

}  // namespace millrace
