// Longer than the norm because what a client may do is tried at every moment of a take-over.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "millrace/messages/store.h"
#include "support/store_fixture.h"

// Clients that outlive an opening of the store: other tabs (M2).
namespace millrace {
namespace {

constexpr const char* kLeader = "leader";
constexpr const char* kTab = "tab";
constexpr const char* kOther = "other";

class Clients : public StoreFixture {
 protected:
  void SetUp() override {
    OpenStore(Options());
    OpenSession();
  }

  // Who opens the store next knows who lives, and ends the others.
  void OpenStore(const StoreOptions& options) {
    StoreFixture::OpenStore(options);
    const std::vector<std::string> clients = store_->clients();
    for (const std::string& client : clients) {
      if (std::find(living_.begin(), living_.end(), client) == living_.end()) {
        store_->EndClient(client, {});
      }
    }
  }

  StoreOptions Options(std::vector<std::string> living = {kTab}, DurationMs window = 33) {
    StoreOptions options;
    options.window_ms = window;
    options.home = kLeader;
    living_ = std::move(living);
    return options;
  }

  // The tab that had the store open is gone, with all that was not saved. Another one opens it.
  void TakeOver(std::vector<std::string> living = {kTab}, const std::string& home = "second") {
    StoreOptions options = Options(std::move(living));
    options.home = home;
    OpenStore(options);
  }

  Caller Call(std::int64_t number, bool again = false, const char* client = kTab) const {
    return {client, number, again};
  }

  Result<Message> Create(const std::string& id, const std::string& writer, Caller caller) {
    const Store::CallsOf calls(*store_, std::move(caller));
    Result<Message> created = Status(Code::kInternal, "not answered");
    store_->messages().Create(
        Init(id), [&](Result<Message> message) { created = std::move(message); }, {writer, kNoRun});
    return created;
  }

  Status BeginReply(const std::string& id, const std::string& writer) {
    Outcome begun;
    ReplyStart start;
    start.session_id = SessionId("s");
    start.id = MessageId(id);
    start.origin.writer = writer;
    store_->messages().BeginReply(start, begun.AsDoneMessage());
    return begun.status;
  }

  // One delta, as the writer counts it.
  Result<std::int64_t> Counted(const std::string& id, const std::string& writer,
                               std::int64_t version, const std::string& text,
                               const char* client = kTab) {
    const Store::CallsOf calls(*store_, {client, 0, false});
    MessageWrite write;
    write.mutations.emplace_back(AppendText{text, false});
    write.writer = writer;
    write.version = version;
    return store_->messages().Write(MessageId(id), std::move(write));
  }

  Result<Message> Adopt(const std::string& id, const std::string& writer, bool stream = false) {
    const Store::CallsOf calls(*store_, {kTab, 0, true});
    return store_->messages().Adopt(MessageId(id), {writer, kNoRun}, stream);
  }

  Status FinishCounted(const std::string& id, const std::string& writer, std::int64_t version) {
    const Store::CallsOf calls(*store_, {kTab, 0, false});
    MessageWrite write;
    write.mutations.emplace_back(Finish{});
    write.writer = writer;
    write.version = version;
    Outcome outcome;
    const auto accepted =
        store_->messages().Write(MessageId(id), std::move(write), outcome.AsDone());
    if (!accepted.ok()) return accepted.status();
    return outcome.called() ? outcome.status : Status(Code::kInternal, "not answered");
  }

  std::vector<Receipt> Receipts() { return *storage_->committed().ReadReceipts(); }
  std::optional<Message> Get(const std::string& id) {
    return *store_->messages().Get(MessageId(id));
  }

  std::vector<std::string> living_;
};

TEST_F(Clients, M2_AWriterGoesOnWhereItsReceiptSays) {
  ASSERT_TRUE(Create("m", "w", Call(1)).ok());
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(Counted("m", "w", 2 + i, std::string(1, static_cast<char>('a' + i))).ok());
  }
  RunFor(50);
  ASSERT_TRUE(Counted("m", "w", 5, "d").ok());  // accepted, and lost with the tab

  TakeOver();
  EXPECT_EQ(TextOf("m"), "abc");
  EXPECT_FALSE(Get("m")->finished());
  ASSERT_TRUE(Adopt("m", "w").ok());
  for (int i = 0; i < 5; ++i) {
    const auto version = Counted("m", "w", 2 + i, std::string(1, static_cast<char>('a' + i)));
    ASSERT_TRUE(version.ok()) << version.status().message();
  }
  EXPECT_EQ(TextOf("m"), "abcde");
}

TEST_F(Clients, M2_WhatSomebodyElseWroteMeanwhileChangesNothingOfTheCount) {
  ASSERT_TRUE(Create("m", "w", Call(1)).ok());
  ASSERT_TRUE(Counted("m", "w", 2, "a").ok());
  Append("m", "-");
  ASSERT_TRUE(Counted("m", "w", 3, "b").ok());
  RunFor(50);

  TakeOver();
  ASSERT_TRUE(Adopt("m", "w").ok());
  ASSERT_TRUE(Counted("m", "w", 3, "b").ok());
  ASSERT_TRUE(Counted("m", "w", 4, "c").ok());
  EXPECT_EQ(TextOf("m"), "a-bc");
}

// A tab that talks to the same leader anew, after a silence: what it sent is accepted, and on its
// way.
TEST_F(Clients, M2_AdoptingAWriterThatIsKnownChangesNothingOfItsCount) {
  ASSERT_TRUE(Create("m", "w", Call(1)).ok());
  ASSERT_TRUE(Counted("m", "w", 2, "a").ok());
  storage_->set_hold(true);
  RunFor(50);  // in flight
  ASSERT_TRUE(Counted("m", "w", 3, "b").ok());
  ASSERT_TRUE(Adopt("m", "w").ok());
  ASSERT_TRUE(Counted("m", "w", 2, "a").ok());
  ASSERT_TRUE(Counted("m", "w", 3, "b").ok());
  EXPECT_EQ(TextOf("m"), "ab");
}

TEST_F(Clients, M2_ATabThatDiesWhileItOpensAMessage) {
  ASSERT_TRUE(Create("m", "w", Call(1)).ok());
  storage_->set_hold(true);
  {
    const Store::CallsOf calls(*store_, Call(1, false, kOther));
    store_->messages().Open(MessageId("m"), false, {}, "v");
  }
  store_->EndClient(kTab, {});
  EXPECT_FALSE(Get("m")->finished());
  store_->EndClient(kOther, {});
  storage_->set_hold(false);
  while (storage_->held() > 0) storage_->ReleaseOne();
  RunFor(100);
  EXPECT_TRUE(Get("m")->finished());
}

TEST_F(Clients, M2_AMessageThatTheLeaderWritesTooIsNotInterrupted) {
  ASSERT_TRUE(Create("m", "w", Call(1)).ok());
  Outcome opened;
  store_->messages().Open(MessageId("m"), false, opened.AsDoneMessage(), "of the leader");
  store_->EndClient(kTab, {});
  EXPECT_FALSE(Get("m")->finished());
}

TEST_F(Clients, M2_AGapIsTold) {
  ASSERT_TRUE(Create("m", "w", Call(1)).ok());
  ASSERT_TRUE(Counted("m", "w", 2, "a").ok());
  TakeOver();
  ASSERT_TRUE(Adopt("m", "w").ok());
  EXPECT_EQ(Counted("m", "w", 3, "b").status().code(), Code::kStale);
  ASSERT_TRUE(Counted("m", "w", 2, "a").ok());
  EXPECT_TRUE(Counted("m", "w", 3, "b").ok());
}

TEST_F(Clients, M2_AFinishThatWasSavedIsNoErrorWhenItIsSentAgain) {
  for (const bool stream : {false, true}) {
    const std::string id = stream ? "streamed" : "drafted";
    ASSERT_TRUE(Create(id, "w" + id, Call(1)).ok());
    ASSERT_TRUE(Counted(id, "w" + id, 2, "a").ok());
    ASSERT_TRUE(FinishCounted(id, "w" + id, 3).ok());
    TakeOver();
    ASSERT_TRUE(Adopt(id, "w" + id, stream).ok());
    EXPECT_TRUE(Counted(id, "w" + id, 2, "a").ok());
    EXPECT_TRUE(FinishCounted(id, "w" + id, 3).ok());
    EXPECT_EQ(TextOf(id), "a");
    EXPECT_EQ(Counted(id, "w" + id, 4, "b").status().code(), Code::kFinished);
    TakeOver({kTab}, kLeader);
  }
}

TEST_F(Clients, M2_WithoutAWindowEachCommitHasTheReceiptOfWhatIsInIt) {
  OpenStore(Options({kTab}, /*window=*/0));
  ASSERT_TRUE(Create("m", "w", Call(1)).ok());
  storage_->set_hold(true);
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(Counted("m", "w", 2 + i, std::to_string(i)).ok());
  storage_->ReleaseOne();  // the first update
  storage_->ReleaseOne();  // the second
  TakeOver();
  const std::string saved = TextOf("m");
  EXPECT_FALSE(saved.empty());
  ASSERT_TRUE(Adopt("m", "w").ok());
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(Counted("m", "w", 2 + i, std::to_string(i)).ok());
  EXPECT_EQ(TextOf("m"), "0123");
}

TEST_F(Clients, M2_AFailedCommitsReceiptsAreSavedWithItsChanges) {
  ASSERT_TRUE(Create("m", "w", Call(1)).ok());
  ASSERT_TRUE(Counted("m", "w", 2, "a").ok());
  storage_->set_failure(Status(Code::kIo, "no"));
  RunFor(50);
  storage_->set_failure(Status::Ok());
  ASSERT_TRUE(Counted("m", "w", 3, "b").ok());
  RunFor(10'000);
  TakeOver();
  ASSERT_TRUE(Adopt("m", "w").ok());
  ASSERT_TRUE(Counted("m", "w", 2, "a").ok());
  ASSERT_TRUE(Counted("m", "w", 3, "b").ok());
  EXPECT_EQ(TextOf("m"), "ab");
}

// Random writers of two clients and of the store's own, cut off at any moment.
TEST_F(Clients, M2_NothingIsLostOrDoubledWheneverTheLeaderDies) {
  std::mt19937 random(42);  // NOLINT(cert-msc51-cpp): the same rounds each time
  const auto below = [&](unsigned n) { return static_cast<int>(random() % n); };
  for (int round = 0; round < 100; ++round) {
    const std::string id = "m" + std::to_string(round);
    const std::string writer = "w" + std::to_string(round);
    ASSERT_TRUE(Create(id, writer, Call(round + 1)).ok());
    std::string sent;
    std::size_t lost_foreign = 0;
    std::size_t foreign = 0;
    for (int life = 0; life < 3; ++life) {
      for (int step = 0, steps = below(12); step < steps; ++step) {
        const int what = below(4);
        if (what == 0) {
          Advance(below(40));
        } else if (what == 1) {
          Append(id, "-");
          ++foreign;
        } else {
          sent.push_back(static_cast<char>('a' + below(26)));
          ASSERT_TRUE(Counted(id, writer, static_cast<std::int64_t>(sent.size()) + 1,
                              sent.substr(sent.size() - 1))
                          .ok());
        }
      }
      TakeOver({kTab}, "leader " + std::to_string(life % 2));
      ASSERT_TRUE(Adopt(id, writer).ok());
      // The client knows of nothing that it was saved: it sends all of it again.
      for (std::size_t i = 0; i < sent.size(); ++i) {
        const auto version =
            Counted(id, writer, static_cast<std::int64_t>(i) + 2, sent.substr(i, 1));
        ASSERT_TRUE(version.ok()) << version.status().message();
      }
    }
    std::string own = TextOf(id);
    const auto dashes = static_cast<std::size_t>(std::count(own.begin(), own.end(), '-'));
    std::erase(own, '-');
    EXPECT_EQ(own, sent) << "round " << round;
    EXPECT_LE(dashes, foreign);
    lost_foreign += foreign - dashes;
    (void)lost_foreign;
  }
}

TEST_F(Clients, M2_ACallThatWasDoneIsNotDoneAgain) {
  const auto session = [&](std::int64_t number, bool again, auto&& call) {
    const Store::CallsOf calls(*store_, Call(number, again));
    Outcome outcome;
    call(outcome);
    return outcome.called() ? outcome.status : Status(Code::kInternal, "not answered");
  };
  const auto make = [&](Outcome& outcome) {
    Session init;
    init.id = SessionId("made");
    store_->sessions().Create(init, outcome.AsDoneSession());
  };
  const auto rename = [&](Outcome& outcome) {
    SessionChange change;
    change.title = "first";
    store_->sessions().Update(SessionId("made"), change, outcome.AsDoneSession());
  };
  ASSERT_TRUE(session(1, false, make).ok());
  ASSERT_TRUE(session(2, false, rename).ok());
  CreateMessage("before");
  const auto clear = [&](Outcome& outcome) {
    store_->messages().DeleteAll(SessionId("s"), outcome.AsDone());
  };
  ASSERT_TRUE(session(3, false, clear).ok());

  TakeOver();
  // Meanwhile others did something.
  CreateMessage("after");
  SessionChange change;
  change.title = "second";
  store_->sessions().Update(SessionId("made"), change, {});
  EXPECT_TRUE(session(1, true, make).ok());
  EXPECT_TRUE(session(2, true, rename).ok());
  EXPECT_TRUE(session(3, true, clear).ok());
  EXPECT_EQ((*store_->sessions().Get(SessionId("made")))->title, "second");
  EXPECT_TRUE(Get("after").has_value());
}

TEST_F(Clients, M2_ACallThatWasNotDoneIsDone) {
  storage_->set_hold(true);
  {
    const Store::CallsOf calls(*store_, Call(1));
    store_->messages().Create(Init("m"), {}, {"w", kNoRun});
  }
  TakeOver();
  EXPECT_FALSE(Get("m").has_value());
  EXPECT_TRUE(Create("m", "w", Call(1, /*again=*/true)).ok());
  EXPECT_TRUE(Get("m").has_value());
}

TEST_F(Clients, M2_AMessageThatWasDeletedSinceIsNotMadeAgain) {
  ASSERT_TRUE(Create("m", "w", Call(1)).ok());
  TakeOver();
  Outcome deleted;
  store_->messages().Delete(MessageId("m"), deleted.AsDone());
  ASSERT_TRUE(deleted.status.ok());
  EXPECT_EQ(Create("m", "w", Call(1, /*again=*/true)).status().code(), Code::kNotFound);
  EXPECT_FALSE(Get("m").has_value());
}

TEST_F(Clients, M2_ACreateThatWasDoneGoesOnWithItsWriter) {
  ASSERT_TRUE(Create("m", "w", Call(1)).ok());
  TakeOver();
  const Result<Message> again = Create("m", "w", Call(1, /*again=*/true));
  ASSERT_TRUE(again.ok());
  EXPECT_TRUE(Counted("m", "w", again->version + 1, "a").ok());
}

TEST_F(Clients, M2_AnUpdateThatWasDoneIsAnsweredWithWhatThereIs) {
  ASSERT_TRUE(Create("m", "w", Call(1)).ok());
  Message snapshot = *Get("m");
  snapshot.parts.emplace_back(TextPart{.text = "mine", .refusal = false, .extra = ""});
  const auto update = [&](bool again) {
    const Store::CallsOf calls(*store_, Call(2, again));
    Outcome outcome;
    store_->messages().Update(snapshot, outcome.AsDoneMessage());
    return outcome.status;
  };
  ASSERT_TRUE(update(false).ok());
  RunFor(50);
  TakeOver();
  Append("m", ", and theirs");
  EXPECT_TRUE(update(true).ok());
  EXPECT_EQ(TextOf("m"), "mine, and theirs");
}

TEST_F(Clients, M2_AMessageIsInterruptedWhenItsTabDiesNotBefore) {
  ASSERT_TRUE(Create("m", "w", Call(1)).ok());
  CreateMessage("of the leader");
  TakeOver();
  EXPECT_FALSE(Get("m")->finished());
  ASSERT_EQ(store_->recovered().size(), 1);
  EXPECT_EQ(store_->recovered()[0].id.value, "of the leader");
  EXPECT_EQ(store_->clients(), std::vector<std::string>{kTab});

  Outcome ended;
  store_->EndClient(kTab, ended.AsDone());
  EXPECT_TRUE(ended.called() && ended.status.ok());
  ASSERT_NE(FinishOf(*Get("m")), nullptr);
  EXPECT_EQ(FinishOf(*Get("m"))->reason, FinishReason::kInterrupted);
  EXPECT_EQ(store_->recovered().size(), 2);
  EXPECT_TRUE(Receipts().empty());
}

TEST_F(Clients, M2_WhatADeadTabWroteIsInterruptedWhenTheStoreIsOpened) {
  ASSERT_TRUE(Create("m", "w", Call(1)).ok());
  TakeOver({kOther});
  EXPECT_TRUE(Get("m")->finished());
  EXPECT_TRUE(Receipts().empty());
}

TEST_F(Clients, M2_AMessageThatAnotherTabWritesTooIsNotInterrupted) {
  ASSERT_TRUE(Create("m", "w", Call(1)).ok());
  {
    const Store::CallsOf calls(*store_, Call(1, false, kOther));
    Outcome opened;
    store_->messages().Open(MessageId("m"), false, opened.AsDoneMessage(), "v");
    ASSERT_TRUE(opened.status.ok());
  }
  store_->EndClient(kTab, {});
  EXPECT_FALSE(Get("m")->finished());
  TakeOver({kOther});
  EXPECT_FALSE(Get("m")->finished());
  store_->EndClient(kOther, {});
  EXPECT_TRUE(Get("m")->finished());
}

TEST_F(Clients, M2_ATabThatDiesWhileItsMessageIsBeingCreated) {
  storage_->set_hold(true);
  {
    const Store::CallsOf calls(*store_, Call(1));
    store_->messages().Create(Init("m"), {}, {"w", kNoRun});
  }
  store_->EndClient(kTab, {});
  storage_->set_hold(false);
  while (storage_->held() > 0) storage_->ReleaseOne();
  RunFor(100);
  EXPECT_TRUE(Get("m")->finished());
}

TEST_F(Clients, M3_AStoreThatIsHandedOverKeepsItsOwnWriters) {
  Outcome created;
  store_->messages().Create(Init("m"), created.AsDoneMessage(), {"w", kNoRun});
  ASSERT_TRUE(Counted("m", "w", 2, "a", kLeader).ok());
  EXPECT_TRUE(Receipts().empty());
  Outcome handed;
  store_->HandOver({}, handed.AsDone());
  ASSERT_TRUE(handed.called() && handed.status.ok());

  StoreOptions options = Options({kLeader});
  options.home = kTab;
  OpenStore(options);
  EXPECT_FALSE(Get("m")->finished());
  ASSERT_TRUE(Counted("m", "w", 2, "a", kLeader).ok());
  ASSERT_TRUE(Counted("m", "w", 3, "b", kLeader).ok());
  EXPECT_EQ(TextOf("m"), "ab");
}

// A tab that leads again after another one did goes on with its receipts, and keeps them.
TEST_F(Clients, M3_AWriterWithAReceiptKeepsItWhenItsTabLeadsAgain) {
  ASSERT_TRUE(Create("m", "w", Call(1)).ok());
  ASSERT_TRUE(Counted("m", "w", 2, "a").ok());
  RunFor(50);
  TakeOver({kTab}, kTab);
  ASSERT_TRUE(Counted("m", "w", 3, "b").ok());
  RunFor(100'000);  // it leaves memory, and is read again
  ASSERT_TRUE(Counted("m", "w", 4, "c").ok());
  EXPECT_EQ(TextOf("m"), "abc");
}

TEST_F(Clients, M3_AWriterThatWasIdleForLongIsKeptToo) {
  Outcome created;
  store_->messages().Create(Init("m"), created.AsDoneMessage(), {"w", kNoRun});
  ASSERT_TRUE(Counted("m", "w", 2, "a", kLeader).ok());
  RunFor(200'000);
  ASSERT_EQ(store_->stats().live_messages, 0);
  store_->HandOver({{MessageId("m"), "w"}}, {});
  StoreOptions options = Options({kLeader});
  options.home = kTab;
  OpenStore(options);
  EXPECT_FALSE(Get("m")->finished());
  ASSERT_TRUE(Counted("m", "w", 3, "b", kLeader).ok());
  EXPECT_EQ(TextOf("m"), "ab");
}

TEST_F(Clients, M3_AStreamOfItsOwnEndsWithTheHandOver) {
  ASSERT_TRUE(BeginReply("m", "w").ok());
  store_->HandOver({}, {});
  ASSERT_NE(FinishOf(*Get("m")), nullptr);
  EXPECT_EQ(FinishOf(*Get("m"))->reason, FinishReason::kInterrupted);
}

TEST_F(Clients, M3_AStreamOfItsOwnThatThePageReadsGoesOn) {
  ASSERT_TRUE(BeginReply("m", "w").ok());
  ASSERT_TRUE(Counted("m", "w", 2, "a", kLeader).ok());
  store_->HandOver({{MessageId("m"), "w"}}, {});
  StoreOptions options = Options({kLeader});
  options.home = kTab;
  OpenStore(options);
  EXPECT_FALSE(Get("m")->finished());
  ASSERT_TRUE(Counted("m", "w", 2, "a", kLeader).ok());
  ASSERT_TRUE(Counted("m", "w", 3, "b", kLeader).ok());
  EXPECT_EQ(TextOf("m"), "ab");
}

TEST_F(Clients, TheStoresOwnCallsKeepNoReceipts) {
  Outcome created;
  store_->messages().Create(Init("m"), created.AsDoneMessage(), {"w", kNoRun});
  ASSERT_TRUE(Counted("m", "w", 2, "a", kLeader).ok());
  RunFor(50);
  EXPECT_TRUE(Receipts().empty());
}

TEST_F(Clients, ReceiptsOfOldCallsGo) {
  for (int i = 1; i <= 3; ++i) {
    ASSERT_TRUE(Create("m" + std::to_string(i), "", Call(i)).ok());
  }
  EXPECT_EQ(Receipts().size(), 3);
  ASSERT_TRUE(Create("later", "", Call(6400)).ok());
  ASSERT_EQ(Receipts().size(), 1);
  EXPECT_EQ(Receipts()[0].number, 6400);
}

TEST_F(Clients, WhoWaitsUntilItIsSavedHastensNothing) {
  CreateMessage("m");
  Append("m", "a");
  Outcome saved;
  store_->messages().WhenSaved(MessageId("m"), saved.AsDone());
  Advance(10);
  EXPECT_FALSE(saved.called());
  EXPECT_EQ(SavedTextOf("m"), "");
  RunFor(30);
  EXPECT_TRUE(saved.called());
  EXPECT_EQ(SavedTextOf("m"), "a");
  Outcome clean;
  store_->messages().WhenSaved(MessageId("m"), clean.AsDone());
  EXPECT_TRUE(clean.called());
}

TEST_F(Clients, AFailedCommitDoesNotEndTheWaitForItToBeSaved) {
  CreateMessage("m");
  Append("m", "a");
  Outcome saved;
  store_->messages().WhenSaved(MessageId("m"), saved.AsDone());
  storage_->set_failure(Status(Code::kIo, "no"));
  RunFor(40);
  EXPECT_FALSE(saved.called());
  storage_->set_failure(Status::Ok());
  RunFor(10'000);
  EXPECT_TRUE(saved.called() && saved.status.ok());
}

// Which tab a commit notes as the writer of the message; "none" without a note.
std::string NotedTab(const HeldStorage::SeenCommit& commit) {
  for (const StorageOp& op : commit.batch) {
    if (const auto* writer = std::get_if<PutWriter>(&op)) return writer->tab;
  }
  return "none";
}

TEST_F(Clients, M2_WhoWritesAnUnfinishedMessageIsSavedWithIt) {
  ASSERT_TRUE(Create("m", "w", Call(1)).ok());
  EXPECT_EQ(NotedTab(storage_->last_seen()), kTab);
  ASSERT_TRUE(Create("n", "x", Caller{}).ok());
  EXPECT_EQ(NotedTab(storage_->last_seen()), kLeader);
  MessageWrite write;
  Finish finish;
  finish.reason = FinishReason::kCanceled;
  write.mutations.emplace_back(finish);
  ASSERT_TRUE(store_->messages().Write(MessageId("m"), std::move(write)).ok());
  EXPECT_EQ(NotedTab(storage_->last_seen()), "none");

  // The first attempt to save the resume fails.
  storage_->set_failure(Status(Code::kIo, "test"));
  {
    const Store::CallsOf calls(*store_, Call(2, false, kOther));
    store_->messages().Open(MessageId("m"), /*resume=*/true, [](const Result<Message>&) {});
  }
  storage_->set_failure(Status::Ok());
  const std::size_t failed = storage_->commits_seen();
  RunFor(10'000);
  ASSERT_GT(storage_->commits_seen(), failed);
  EXPECT_EQ(NotedTab(storage_->seen(failed)), kOther);
}

}  // namespace
}  // namespace millrace
