#include "bench/bench_store.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <utility>
#include <vector>

#include "millrace/storage/sqlite_storage.h"
#include "support/forwarding_block_file.h"
#include "support/posix_block_file.h"

namespace millrace::bench {
namespace {

constexpr DurationMs kWindowMs = 33;

// A file that is never synced.
class UnsyncedFile final : public ForwardingBlockFile {
 public:
  using ForwardingBlockFile::ForwardingBlockFile;
  Status Sync() override { return Status::Ok(); }
};

DatabaseFiles OpenFiles(Medium medium, const std::string& folder) {
  if (medium == Medium::kMemory) return MakeMemoryFiles();
  auto opened = OpenPosixFiles(folder + "/chat");
  Require(opened.ok(), "the files could not be opened");
  DatabaseFiles files = *std::move(opened);
  if (medium == Medium::kFilesUnsynced) {
    for (std::unique_ptr<BlockFile>* file : {&files.database, &files.wal, &files.journal}) {
      *file = std::make_unique<UnsyncedFile>(std::move(*file));
    }
  }
  return files;
}

}  // namespace

void Require(bool ok, std::string_view what) {
  if (ok) return;
  std::fprintf(stderr, "millrace_bench: %.*s\n", static_cast<int>(what.size()), what.data());
  std::abort();
}

BenchStore::BenchStore(Medium medium, const Shape& shape) {
  auto storage = OpenSqliteStorage(OpenFiles(medium, folder_.path()));
  Require(storage.ok(), "the storage could not be opened");
  StoreOptions options;
  options.window_ms = kWindowMs;
  Store::Open(*std::move(storage), options, now_, [this](Result<std::unique_ptr<Store>> store) {
    Require(store.ok(), "the store could not be opened");
    store_ = *std::move(store);
  });
  Require(store_ != nullptr, "the store is not open");
  feed_ = store_->OpenFeed([this](const std::vector<Event>&) {
    ++batches_received_;
    return true;
  });

  Session session;
  session.id = SessionId("session");
  store_->sessions().Create(session, [](const Result<Session>& made) {
    Require(made.ok(), "the session could not be created");
  });
  for (int n = 0; n < shape.questions;) {
    const Store::HeldTurn turn(*store_);  // a thousand in one transaction
    for (int end = std::min(shape.questions, n + 1000); n < end; ++n) Ask();
  }
  const std::string text(shape.text_bytes, 'x');
  for (int n = 0; n < shape.messages; ++n) {
    ids_.push_back(CreateMessage());
    for (int call = 0; call < shape.tool_calls; ++call) {
      last_tool_call_ = "call-" + std::to_string(call);
      Write(ids_.size() - 1,
            PutToolCall{ToolCallPart{last_tool_call_, "search", "{", false, false, ""}});
    }
    if (!text.empty()) Append(text, ids_.size() - 1);
  }
  EndWindow();
}

BenchStore::~BenchStore() {
  feed_.reset();
  store_->Close(now_ + kWindowMs, [](const Status&) {});
}

MessageId BenchStore::CreateMessage(Role role) {
  Message message;
  message.role = role;
  message.id = MessageId("message-" + std::to_string(created_++));
  message.session_id = SessionId("session");
  store_->messages().Create(message, [](const Result<Message>& made) {
    Require(made.ok(), "the message could not be created");
  });
  return message.id;
}

void BenchStore::Ask() { CreateMessage(Role::kUser); }

void BenchStore::WriteToolCall(const std::string& id) {
  Write(0, PutToolCall{ToolCallPart{id, "search", "", false, false, ""}});
  Write(0, millrace::AppendToolInput{id, "{\"q\":1}"});
  Write(0, FinishToolCall{id});
}

void BenchStore::ReplaceMessage() { ids_.front() = CreateMessage(); }

void BenchStore::Write(std::size_t n, Mutation mutation) {
  MessageWrite write;
  write.mutations.push_back(std::move(mutation));
  Require(store_->messages().Write(ids_[n], std::move(write)).ok(), "a write was refused");
}

void BenchStore::Append(std::string_view text, std::size_t n) {
  Write(n, AppendText{std::string(text)});
}

void BenchStore::AppendToolInput(std::string_view text) {
  Write(0, millrace::AppendToolInput{last_tool_call_, std::string(text)});
}

void BenchStore::AppendWindow() {
  for (int i = 0; i < kDeltasPerWindow; ++i) Append(kDelta);
}

void BenchStore::EndWindow() {
  now_ += kWindowMs;
  store_->AdvanceTo(now_);
}

void BenchStore::Finish(std::size_t n) {
  MessageWrite write;
  write.mutations.emplace_back(millrace::Finish{});
  bool durable = false;
  const auto version = store_->messages().Write(ids_[n], std::move(write),
                                                [&durable](const Status& s) { durable = s.ok(); });
  Require(version.ok() && durable, "the finish was not saved");
}

}  // namespace millrace::bench
