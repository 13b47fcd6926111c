#include "bench/bench_store.h"

#include <cstdio>
#include <cstdlib>
#include <utility>
#include <vector>

#include "millrace/storage/sqlite_storage.h"
#include "support/posix_block_file.h"

namespace millrace::bench {
namespace {

constexpr DurationMs kWindowMs = 33;

DatabaseFiles OpenFiles(Medium medium, const std::string& folder) {
  if (medium == Medium::kMemory) return MakeMemoryFiles();
  auto files = OpenPosixFiles(folder + "/chat");
  Require(files.ok(), "the files could not be opened");
  return *std::move(files);
}

}  // namespace

void Require(bool ok, std::string_view what) {
  if (ok) return;
  std::fprintf(stderr, "millrace_bench: %.*s\n", static_cast<int>(what.size()), what.data());
  std::abort();
}

BenchStore::BenchStore(Medium medium, std::size_t message_bytes) {
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
  Message message;
  message.id = id_;
  message.session_id = session.id;
  store_->messages().Create(message, [](const Result<Message>& made) {
    Require(made.ok(), "the message could not be created");
  });
  if (message_bytes == 0) return;
  Append(std::string(message_bytes, 'x'));
  EndWindow();
}

BenchStore::~BenchStore() {
  feed_.reset();
  store_->Close(now_ + kWindowMs, [](const Status&) {});
}

void BenchStore::Append(std::string_view text) {
  MessageWrite write;
  write.mutations.emplace_back(AppendText{std::string(text)});
  Require(store_->messages().Write(id_, std::move(write)).ok(), "a delta was refused");
}

void BenchStore::AppendWindow() {
  for (int i = 0; i < kDeltasPerWindow; ++i) Append(kDelta);
}

void BenchStore::EndWindow() {
  now_ += kWindowMs;
  store_->AdvanceTo(now_);
}

void BenchStore::Finish() {
  MessageWrite write;
  write.mutations.emplace_back(millrace::Finish{});
  bool durable = false;
  const auto version = store_->messages().Write(id_, std::move(write),
                                                [&durable](const Status& s) { durable = s.ok(); });
  Require(version.ok() && durable, "the finish was not saved");
}

}  // namespace millrace::bench
