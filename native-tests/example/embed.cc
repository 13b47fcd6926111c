// A whole native program around the core: SQLite in a file, one message that streams, a reopened
// store. Its clock is virtual, so that it prints the same each time. A real host uses the wall
// clock for `now`. It sleeps until NextDeadline(), with a timer of its event loop, where this
// program jumps to it. It calls AdvanceTo when that time has come and before each of its own calls.

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "millrace/messages/store.h"
#include "millrace/storage/sqlite_storage.h"
#include "support/posix_block_file.h"

using namespace millrace;

namespace {

void Check(const Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "embed: %s\n", status.message().c_str());
  std::exit(1);
}

std::unique_ptr<Store> Open(const std::string& path, TimeMs now) {
  Result<DatabaseFiles> files = OpenPosixFiles(path);
  Check(files.status());
  Result<std::unique_ptr<Storage>> storage = OpenSqliteStorage(*std::move(files));
  Check(storage.status());
  std::unique_ptr<Store> store;
  Store::Open(*std::move(storage), {.window_ms = 33}, now, [&](auto opened) {
    Check(opened.status());
    store = *std::move(opened);
  });
  return store;  // it is set: this storage completes during the call
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return std::fputs("usage: millrace_embed <database file>\n", stderr), 2;
  TimeMs now = 1'700'000'000'000;
  std::unique_ptr<Store> store = Open(argv[1], now);

  int notifications = 0;
  std::unique_ptr<EventFeed> feed =
      store->OpenFeed([&](const std::vector<Event>&) { return ++notifications, true; });

  Session session;
  session.id = SessionId("session");
  store->sessions().Create(session, [](const auto& made) { Check(made.status()); });
  Message message;
  message.id = MessageId("reply");
  message.session_id = session.id;
  store->messages().Create(message, [](const auto& made) { Check(made.status()); });

  const StoreStats before = store->stats();
  notifications = 0;
  for (int delta = 0; delta < 1000; ++delta) {
    const TimeMs arrives = now + 1;  // the next delta comes 1 ms later
    while (store->NextDeadline() <= arrives) store->AdvanceTo(now = store->NextDeadline());
    store->AdvanceTo(now = arrives);
    Check(store->messages().Write(message.id, {.mutations = {AppendText{"word"}}}).status());
  }
  Check(store->messages().Write(message.id, {.mutations = {Finish{}}}, Check).status());
  const StoreStats after = store->stats();

  feed.reset();
  store->Close(now + 5000, Check);
  store = Open(argv[1], now);
  const auto read = store->messages().Get(message.id);
  Check(read.status());
  const std::string& text = std::get<TextPart>((*read)->parts.front()).text;
  std::printf("%zu bytes of text, %d saves, %d notifications\n", text.size(),
              static_cast<int>(after.commits - before.commits), notifications);
  store->Close(now, Check);
}
