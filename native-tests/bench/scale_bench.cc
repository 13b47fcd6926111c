// A store of a million messages: measures opening it, its last pages, paths and switches, search,
// deletes and an export. It is a program of its own, because making the store takes minutes:
//   build/bench/native-tests/bench/scale_bench [messages] [sessions]
// With a million messages or more it fails when something takes longer than its limit.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bench/prose.h"
#include "bench/temp_folder.h"
#include "millrace/storage/sqlite_storage.h"
#include "support/posix_block_file.h"

namespace millrace::bench {
namespace {

// The limits are promised for this many messages. A smaller store proves nothing about them.
constexpr std::int64_t kJudgedFrom = 1'000'000;

void Require(bool ok, const std::string& what) {
  if (ok) return;
  std::fprintf(stderr, "scale_bench: %s\n", what.c_str());
  std::abort();
}

double Milliseconds(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
      .count();
}

TimeMs Now() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

std::unique_ptr<Storage> Open(const std::string& path) {
  auto files = OpenPosixFiles(path);
  Require(files.ok(), "the files could not be opened");
  auto storage = OpenSqliteStorage(*std::move(files), {.clock = Now});
  Require(storage.ok(), "the store could not be opened");
  return *std::move(storage);
}

void Commit(Storage& storage, StorageBatch batch) {
  storage.Commit(std::move(batch), {Durability::kProcess}, [](const CommitOutcome& outcome) {
    Require(outcome.status.ok(), outcome.status.message());
  });
}

SessionId SessionOf(std::int64_t n) { return SessionId("session-" + std::to_string(n)); }

MessageId MessageAt(std::int64_t seq) { return MessageId("message-" + std::to_string(seq)); }

// The path that is measured, and how many of its messages have another version beside them.
constexpr std::int64_t kPathMessages = 10'000;
constexpr std::int64_t kForks = 1000;

// The message that a message follows: the one before it, or for each 50th the one before that, of
// which it is then a second version. A fork of the long path is followed by the path going on.
std::int64_t ParentOf(std::int64_t seq, std::int64_t first_of_session) {
  constexpr std::int64_t kBranchEach = 50;
  const std::int64_t before = seq - 1;
  if (before < first_of_session) return 0;
  return before % kBranchEach == 0 && before > first_of_session ? before - 1 : before;
}

std::shared_ptr<Message> MakeMessage(std::int64_t seq, const SessionId& session,
                                     std::int64_t parent, std::string text) {
  auto message = std::make_shared<Message>();
  message->id = MessageAt(seq);
  message->session_id = session;
  if (parent > 0) message->parent_id = MessageAt(parent);
  message->role = seq % 2 == 0 ? Role::kAssistant : Role::kUser;
  message->parts.emplace_back(TextPart{std::move(text), false, ""});
  message->created_at = message->updated_at = 1'700'000'000'000 + seq;
  message->finished_at = message->created_at;
  message->seq = seq;
  message->version = 1;
  return message;
}

SessionId LongSession() { return SessionId("long"); }

// One session with the long path: each tenth message has a version that is not shown.
void FillLongPath(Storage& storage, Prose& prose, std::int64_t first_seq) {
  Session session;
  session.id = LongSession();
  StorageBatch batch;
  batch.emplace_back(PutSession{session});
  std::int64_t seq = first_seq;
  std::int64_t parent = 0;
  for (std::int64_t n = 0; n < kPathMessages; ++n) {
    const bool fork = n % (kPathMessages / kForks) == 0;
    for (int version = fork ? 2 : 1; version > 0; --version, ++seq) {
      batch.emplace_back(PutMessage{MakeMessage(seq, session.id, parent, prose.Text(seq))});
    }
    parent = seq - 1;
  }
  Commit(storage, std::move(batch));
}

// One session after another, in the order of writing.
void Fill(Storage& storage, Prose& prose, std::int64_t messages, std::int64_t sessions) {
  StorageBatch batch;
  std::int64_t first = 1;
  for (std::int64_t seq = 1; seq <= messages; ++seq) {
    const std::int64_t n = (seq - 1) * sessions / messages;
    if (seq == 1 || n != (seq - 2) * sessions / messages) {
      Session session;
      session.id = SessionOf(n);
      session.updated_at = seq;
      batch.emplace_back(PutSession{session});
      first = seq;
    }
    batch.emplace_back(
        PutMessage{MakeMessage(seq, SessionOf(n), ParentOf(seq, first), prose.Text(seq))});
    if (batch.size() >= 1000 || seq == messages) Commit(storage, std::exchange(batch, {}));
  }
}

// In milliseconds, for the first time: what a person who asks once waits.
struct Limit {
  const char* what;
  double ms;
  int rows = 0;
  int missed = 0;
};

struct Limits {
  Limit page{"last page of a session, list of sessions", 5};
  Limit search{"search", 50};
  Limit path{"path of 10,000 messages among 1,000 forks", 10};
  Limit change{"switch to another path, delete", 16};
};

// Prints the first time and the best of five.
void Row(const std::string& what, const std::function<void()>& work, Limit* limit = nullptr) {
  const double first = Milliseconds(work);
  double best = first;
  for (int i = 0; i < 4; ++i) best = std::min(best, Milliseconds(work));
  std::printf("%-68s %9.2f ms first, %9.2f ms best\n", what.c_str(), first, best);
  if (limit == nullptr) return;
  ++limit->rows;
  if (first > limit->ms) ++limit->missed;
}

class Searches {
 public:
  Searches(Storage& storage, Limit& limit) : storage_(storage), limit_(limit) {}

  // Measures the first page like any other row. If that page has room and there is more, reads on
  // to the end.
  void Row(const std::string& text, const std::string& note,
           std::optional<SessionId> session = {}) {
    const SearchQuery query{text, std::move(session), {}, {}, {}};
    SearchPage page;
    bench::Row(
        "search \"" + text + "\" (" + note + ")", [&] { page = Read(query); }, &limit_);
    if (page.hits.size() == SearchQuery::kDefaultLimit || !page.next) {
      std::printf("%70zu hits\n", page.hits.size());
      return;
    }
    ReadOn(query, std::move(page));
  }

 private:
  SearchPage Read(const SearchQuery& query) {
    auto page = storage_.committed().Search(query);
    Require(page.ok(), "search failed");
    return *std::move(page);
  }

  // Judges the longest of the following pages.
  void ReadOn(SearchQuery query, SearchPage page) {
    double longest = 0;
    double all = 0;
    int pages = 1;
    std::size_t hits = page.hits.size();
    for (; page.next; ++pages) {
      query.from = page.next;
      const double took = Milliseconds([&] { page = Read(query); });
      longest = std::max(longest, took);
      all += took;
      hits += page.hits.size();
    }
    std::printf("%70zu hits in %d pages; the others %.0f ms, the longest %.0f\n", hits, pages, all,
                longest);
    ++limit_.rows;
    if (longest > limit_.ms) ++limit_.missed;
  }

  Storage& storage_;
  Limit& limit_;
};

void MeasureSearch(Searches search, const Prose& prose, std::int64_t sessions) {
  search.Row(prose.word(2000), "a rare word");
  search.Row("the", "the most frequent word");
  search.Row("the that and", "three frequent ones");
  search.Row(prose.word(9000) + " " + prose.word(4), "rare and frequent");
  search.Row(prose.word(300).substr(0, 3), "three letters that begin words");
  const std::string beginning = Prose::kFrequentBeginning;
  search.Row(beginning, "begins words of half of the messages");
  search.Row("the " + beginning, "a frequent word, the same beginning");
  search.Row("nosuchword " + beginning, "no word, the same beginning");
  search.Row(beginning + "g", "a letter more");
  search.Row(std::string(Prose::kRareWord).substr(0, 4), "a rare beginning of four letters");
  search.Row(std::string(Prose::kOdd) + " " + Prose::kEven, "each in half, never together");
  search.Row("e-mail", "a phrase in a third of all");
  search.Row("mail-e", "a phrase that is nowhere, its words everywhere");
  search.Row(Prose::Sign(0) + Prose::Sign(1), "a frequent word of two characters");
  search.Row(Prose::Sign(0) + Prose::Sign(2900), "a frequent character and a rare one");
  search.Row("nosuchword", "nothing");
  search.Row("the", "in one session", SessionOf(sessions / 2));
  search.Row("the " + prose.word(20), "in one session", SessionOf(sessions / 2));
}

// To the first message of the long path, and to its second version, in turn: each switch shows
// another path of 10,000 messages, or a single message.
void MeasurePath(Storage& storage, std::int64_t messages, Limits& limits) {
  Row(
      "path of 10,000 messages among 1,000 forks",
      [&] {
        const auto read = storage.committed().ReadPath({LongSession(), {}, {}, {}});
        Require(read.ok() && read->size() == kPathMessages, "the path is not whole");
      },
      &limits.path);
  bool first = true;
  Row(
      "switch at its beginning",
      [&] {
        const MessageId to = MessageAt(messages + (first ? 1 : 2));
        first = !first;
        Commit(storage, {SwitchTo{LongSession(), to}});
      },
      &limits.change);
}

// Deletes the ends of the long path, messages in its middle, and whole sessions.
void MeasureDeletes(Storage& storage, std::int64_t messages, Limits& limits) {
  constexpr std::size_t kBranch = 100;
  Commit(storage, {SwitchTo{LongSession(), MessageAt(messages + 2)}});
  const auto path = storage.committed().ReadPath({LongSession(), {}, {}, {}});
  Require(path.ok() && path->size() == kPathMessages, "the path is not whole");
  std::size_t end = path->size();
  Row(
      "delete a branch of 100 messages among 10 forks",
      [&] {
        end -= kBranch;
        Commit(storage, {DeleteMessage{(*path)[end].id, /*branch=*/true}});
      },
      &limits.change);
  std::size_t middle = end / 2;
  Row(
      "delete a message in the middle of a path",
      [&] {
        Commit(storage, {DeleteMessage{(*path)[++middle].id, /*branch=*/false}});
      },
      &limits.change);
  std::int64_t n = 0;
  Row(
      "delete a session", [&] { Commit(storage, {DeleteSession{SessionOf(++n)}}); },
      &limits.change);
}

void Measure(const std::string& path, const Prose& prose, std::int64_t messages,
             std::int64_t sessions, Limits& limits) {
  std::unique_ptr<Storage> storage;
  Row("open", [&] {
    storage.reset();
    storage = Open(path);
  });
  std::int64_t n = 0;
  const auto read_page = [&] {
    const PathQuery query{SessionOf((n += sessions / 7) % sessions), {}, {}, 50};
    Require(storage->committed().ReadPath(query).ok(), "a page could not be read");
  };
  Row("last page of a session's path (50 messages)", read_page, &limits.page);
  Row(
      "last page of the long path",
      [&] {
        Require(storage->committed().ReadPath({LongSession(), {}, {}, 50}).ok(), "no last page");
      },
      &limits.page);
  MeasurePath(*storage, messages, limits);
  Row(
      "50 sessions",
      [&] {
        Require(storage->committed().ReadSessions({{}, {}, {}, {}, 50}).ok(), "no sessions");
      },
      &limits.page);
  MeasureSearch({*storage, limits.search}, prose, sessions);
  MeasureDeletes(*storage, messages, limits);
  auto into = OpenPosixBlockFile(path + "-export");
  Require(into.ok(), "the export's file could not be opened");
  std::uint64_t size = 0;
  const double took = Milliseconds([&] {
    const auto exported = storage->committed().Export(*std::move(into));
    Require(exported.ok(), "the export failed");
    size = *exported;
  });
  std::printf("%-68s %9.0f ms, %.0f MB\n", "export", took, double(size) / 1e6);
  Require(storage->Close().ok(), "the store could not be closed");
}

bool Held(const Limit& limit) {
  std::printf("%s within %.0f ms, the first time: %s (%d of %d)\n", limit.what, limit.ms,
              limit.missed == 0 ? "OK" : "MISSED", limit.rows - limit.missed, limit.rows);
  return limit.missed == 0;
}

}  // namespace
}  // namespace millrace::bench

int main(int count, char** arguments) {
  using namespace millrace::bench;
  const std::int64_t messages = count > 1 ? std::atoll(arguments[1]) : 1'000'000;
  const std::int64_t sessions =
      count > 2 ? std::atoll(arguments[2]) : std::max<std::int64_t>(messages / 100, 10);
  const TempFolder folder;
  const std::string path = folder.path() + "/store.db";
  Prose prose;
  const double made = Milliseconds([&] {
    auto storage = Open(path);
    Fill(*storage, prose, messages, sessions);
    FillLongPath(*storage, prose, messages + 1);
    Require(storage->Close().ok(), "the store could not be closed");
  });
  std::printf("%lld messages in %lld sessions, made in %.0f s\n", static_cast<long long>(messages),
              static_cast<long long>(sessions), made / 1000);
  Limits limits;
  Measure(path, prose, messages, sessions, limits);
  if (messages < kJudgedFrom) return 0;
  bool held = true;
  for (const Limit* limit : {&limits.page, &limits.search, &limits.path, &limits.change}) {
    held = Held(*limit) && held;
  }
  return held ? 0 : 1;
}
