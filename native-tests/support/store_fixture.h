#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "millrace/messages/store.h"
#include "millrace/model/apply.h"
#include "millrace/storage/sqlite_storage.h"
#include "support/held_storage.h"
#include "support/host_time.h"
#include "support/shared_files.h"

namespace millrace {

// The result of a completion, and how often it was called.
struct Outcome {
  int calls = 0;
  Status status;

  bool called() const { return calls > 0; }
  Done AsDone() {
    return [this](const Status& s) {
      ++calls;
      status = s;
    };
  }
  DoneMessage AsDoneMessage() {
    return [this](const Result<Message>& result) {
      ++calls;
      status = result.status();
    };
  }
  DoneSession AsDoneSession() {
    return [this](const Result<Session>& result) {
      ++calls;
      status = result.status();
    };
  }
};

// A store over the real SQLite storage on files in memory. The test controls time and commits.
class StoreFixture : public ::testing::Test {
 protected:
  static constexpr TimeMs kStart = 1'700'000'000'000;

  void SetUp() override { OpenStore({}); }

  // Opens the store, or opens it again on the same files: what was committed is there, and memory
  // is not.
  void OpenStore(StoreOptions options) {
    feed_.reset();
    store_.reset();
    storage_ = nullptr;
    events_.clear();
    batches_ = 0;
    Result<std::unique_ptr<Storage>> sqlite = OpenSqliteStorage(files_.Open());
    ASSERT_TRUE(sqlite.ok()) << sqlite.status().message();
    auto held = std::make_unique<HeldStorage>(std::move(*sqlite));
    storage_ = held.get();
    Store::Open(std::move(held), options, now_, [this](Result<std::unique_ptr<Store>> opened) {
      ASSERT_TRUE(opened.ok()) << opened.status().message();
      store_ = std::move(*opened);
    });
    ASSERT_NE(store_, nullptr);
    feed_ = store_->OpenFeed([this](std::vector<Event> batch) {
      ++batches_;
      for (Event& event : batch) events_.push_back(std::move(event));
      return true;
    });
  }

  void OpenSession(const std::string& id = "s") {
    Session session;
    session.id = SessionId(id);
    Outcome outcome;
    store_->sessions().Create(session, outcome.AsDoneSession());
    ASSERT_TRUE(outcome.called() && outcome.status.ok()) << outcome.status.message();
  }

  static Message Init(const std::string& id, const std::string& session = "s") {
    Message message;
    message.id = MessageId(id);
    message.session_id = SessionId(session);
    return message;
  }

  void CreateMessage(const std::string& id, const std::string& session = "s") {
    Outcome outcome;
    store_->messages().Create(Init(id, session), outcome.AsDoneMessage());
    ASSERT_TRUE(outcome.called() && outcome.status.ok()) << outcome.status.message();
  }

  // A store with session "s" and these messages, with no events recorded.
  void OpenWith(const std::vector<std::string>& ids, StoreOptions options = {}) {
    OpenStore(options);
    OpenSession();
    for (const std::string& id : ids) CreateMessage(id);
    events_.clear();
    batches_ = 0;
  }

  template <typename M>
  Result<std::int64_t> Write(const std::string& id, M mutation, Done done = {}) {
    MessageWrite write;
    write.mutations.emplace_back(std::move(mutation));
    return store_->messages().Write(MessageId(id), std::move(write), std::move(done));
  }
  void Append(const std::string& id, const std::string& text) {
    const Result<std::int64_t> accepted = Write(id, AppendText{text, false});
    ASSERT_TRUE(accepted.ok()) << accepted.status().message();
  }

  void Advance(DurationMs by) {
    now_ += by;
    store_->AdvanceTo(now_);
  }
  void RunFor(DurationMs by) { PassTime(*store_, now_, by); }

  // "" if there is no such message.
  std::string TextOf(const std::string& id, bool committed = false) {
    const Result<std::optional<Message>> message =
        store_->messages().Get(MessageId(id), {committed});
    if (!message.ok() || !message->has_value()) return "";
    std::string text;
    for (const Part& part : (*message)->parts) {
      if (const auto* t = std::get_if<TextPart>(&part)) text += t->text;
    }
    return text;
  }
  std::string SavedTextOf(const std::string& id) { return TextOf(id, true); }

  template <typename E>
  std::vector<E> EventsOf() const {
    std::vector<E> found;
    for (const Event& event : events_) {
      if (const E* e = std::get_if<E>(&event)) found.push_back(*e);
    }
    return found;
  }

  SharedFiles files_;
  TimeMs now_ = kStart;
  HeldStorage* storage_ = nullptr;  // owned by store_
  std::unique_ptr<Store> store_;
  std::unique_ptr<EventFeed> feed_;
  std::vector<Event> events_;
  int batches_ = 0;
};

}  // namespace millrace
