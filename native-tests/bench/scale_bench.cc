// A store of a million messages: what opening it, its last pages, search, a delete and an export
// take. A program of its own, because making the store takes minutes:
//   build/bench/native-tests/bench/scale_bench [messages] [sessions]
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "bench/temp_folder.h"
#include "millrace/storage/sqlite_storage.h"
#include "support/posix_block_file.h"

namespace millrace::bench {
namespace {

constexpr int kWordsInMessage = 40;

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

// Words as often as in a language: the n-th most frequent one a n-th as often as the first.
class Prose {
 public:
  Prose() {
    std::uniform_int_distribution<int> letter('a', 'z');
    std::uniform_int_distribution<int> length(2, 10);
    words_ = {"the", "that", "and"};
    while (words_.size() < 30'000) {
      std::string word;
      for (int i = length(random_); i > 0; --i) word += static_cast<char>(letter(random_));
      words_.push_back(word);
    }
  }
  const std::string& word(std::size_t rank) const { return words_[rank]; }
  std::string Text() {
    std::string text;
    for (int i = 0; i < kWordsInMessage; ++i) {
      const double at = std::uniform_real_distribution<double>(0, 1)(random_);
      const auto rank = static_cast<std::size_t>(std::pow(double(words_.size()), at)) - 1;
      text.append(words_[std::min(rank, words_.size() - 1)]).append(" ");
    }
    return text;
  }

 private:
  std::mt19937 random_{1};
  std::vector<std::string> words_;
};

std::unique_ptr<Storage> Open(const std::string& path) {
  auto files = OpenPosixFiles(path);
  Require(files.ok(), "the files could not be opened");
  auto storage = OpenSqliteStorage(*std::move(files));
  Require(storage.ok(), "the store could not be opened");
  return *std::move(storage);
}

void Commit(Storage& storage, StorageBatch batch) {
  storage.Commit(std::move(batch), Durability::kProcess, [](const CommitOutcome& outcome) {
    Require(outcome.status.ok(), outcome.status.message());
  });
}

SessionId SessionOf(std::int64_t n) { return SessionId("session-" + std::to_string(n)); }

// Sessions one after another, as they are written.
void Fill(Storage& storage, Prose& prose, std::int64_t messages, std::int64_t sessions) {
  StorageBatch batch;
  for (std::int64_t seq = 1; seq <= messages; ++seq) {
    const std::int64_t n = (seq - 1) * sessions / messages;
    if (seq == 1 || n != (seq - 2) * sessions / messages) {
      Session session;
      session.id = SessionOf(n);
      session.updated_at = seq;
      batch.emplace_back(PutSession{session});
    }
    auto message = std::make_shared<Message>();
    message->id = MessageId("message-" + std::to_string(seq));
    message->session_id = SessionOf(n);
    message->role = seq % 2 == 0 ? Role::kAssistant : Role::kUser;
    message->parts.emplace_back(TextPart{prose.Text(), false, ""});
    message->created_at = message->updated_at = 1'700'000'000'000 + seq;
    message->finished_at = message->created_at;
    message->seq = seq;
    message->version = 1;
    batch.emplace_back(PutMessage{std::move(message)});
    if (batch.size() >= 1000 || seq == messages) Commit(storage, std::exchange(batch, {}));
  }
}

// The first time and the best of five.
void Row(const char* what, const std::function<void()>& work) {
  const double first = Milliseconds(work);
  double best = first;
  for (int i = 0; i < 4; ++i) best = std::min(best, Milliseconds(work));
  std::printf("%-56s %9.2f ms first, %9.2f ms best\n", what, first, best);
}

void Search(Storage& storage, const std::string& text, const std::string& note,
            std::optional<SessionId> session = {}) {
  std::size_t found = 0;
  Row(("search \"" + text + "\" (" + note + ")").c_str(), [&] {
    const auto hits = storage.Search({text, session, {}, {}});
    Require(hits.ok(), "search failed");
    found = hits->size();
  });
  std::printf("%58zu hits\n", found);
}

void Measure(const std::string& path, const Prose& prose, std::int64_t sessions) {
  std::unique_ptr<Storage> storage;
  Row("open", [&] {
    storage.reset();
    storage = Open(path);
  });
  std::int64_t n = 0;
  Row("last page of a session (50 messages)", [&] {
    MessageQuery query;
    query.session_id = SessionOf((n += sessions / 7) % sessions);
    query.limit = 50;
    Require(storage->ReadMessages(query).ok(), "a page could not be read");
  });
  Row("50 sessions", [&] { Require(storage->ReadSessions({{}, 50}).ok(), "no sessions"); });
  Search(*storage, prose.word(2000), "a rare word");
  Search(*storage, "the", "the most frequent word");
  Search(*storage, "the that and", "three frequent ones");
  Search(*storage, prose.word(9000) + " " + prose.word(4), "rare and frequent");
  Search(*storage, prose.word(300).substr(0, 3), "the beginning of a word, three letters");
  Search(*storage, "nosuchword", "nothing");
  Search(*storage, "the", "in one session", SessionOf(sessions / 2));
  Search(*storage, "the " + prose.word(20), "in one session", SessionOf(sessions / 2));
  n = 0;
  Row("delete a session", [&] { Commit(*storage, {DeleteSession{SessionOf(++n)}}); });
  auto into = OpenPosixBlockFile(path + "-export");
  Require(into.ok(), "the export's file could not be opened");
  std::uint64_t size = 0;
  const double took = Milliseconds([&] {
    const auto exported = storage->Export(*std::move(into));
    Require(exported.ok(), "the export failed");
    size = *exported;
  });
  std::printf("%-56s %9.0f ms, %.0f MB\n", "export", took, double(size) / 1e6);
  Require(storage->Close().ok(), "the store could not be closed");
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
    Require(storage->Close().ok(), "the store could not be closed");
  });
  std::printf("%lld messages in %lld sessions, made in %.0f s\n", static_cast<long long>(messages),
              static_cast<long long>(sessions), made / 1000);
  Measure(path, prose, sessions);
  return 0;
}
