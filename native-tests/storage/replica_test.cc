// What another copy of the store will need to know: which copy this is, what it deleted, when a
// field changed, and who writes a message (contracts R3, R5, M2).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "millrace/storage/sqlite_storage.h"
#include "storage/fault_block_file.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/replica.h"
#include "storage/sqlite/tombstones.h"
#include "storage/test_data.h"
#include "storage/vfs/borrowed_file.h"

namespace millrace {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr TimeMs kToday = 1'700'000'000'000;
constexpr TimeMs kDay = TimeMs{24} * 60 * 60 * 1000;

class ReplicaState : public testing::Test {
 protected:
  void SetUp() override { Open(); }

  void Open(const std::string& place = "https://app.example/chats") {
    storage_.reset();
    auto storage = OpenSqliteStorage(disk_.Files(), {{}, place});
    ASSERT_TRUE(storage.ok()) << storage.status().message();
    storage_ = *std::move(storage);
  }
  void Do(StorageBatch batch) {
    Status status = Status(Code::kInternal, "not called");
    storage_->Commit(std::move(batch), {Durability::kPower, now_},
                     [&status](CommitOutcome outcome) { status = std::move(outcome.status); });
    ASSERT_TRUE(status.ok()) << status.message();
  }
  // The first column of the rows, as they are on disk. Text of a missing value is "".
  std::vector<std::string> Rows(const std::string& sql) {
    FaultDisk copy = disk_;
    auto connection = Connection::Open(copy.Files());
    Query query = (*connection)->Prepare(sql);
    auto rows = query.ReadAll([](const Query& row) { return row.String(0); });
    EXPECT_TRUE(rows.ok()) << rows.status().message();
    return *std::move(rows);
  }
  std::string One(const std::string& sql) {
    const std::vector<std::string> rows = Rows(sql);
    EXPECT_EQ(rows.size(), 1) << sql;
    return rows.empty() ? "" : rows.front();
  }
  std::string Name() { return One("SELECT name FROM replica"); }

  FaultDisk disk_;
  TimeMs now_ = kToday;
  std::unique_ptr<Storage> storage_;
};

TEST_F(ReplicaState, R5_ACopyHasItsNameForAsLongAsItStaysWhereItIs) {
  Do({Put(MakeSession("s"))});
  const std::string name = Name();
  EXPECT_EQ(name.size(), 16);
  Open();
  Do({Put(MakeSession("t"))});
  EXPECT_EQ(Name(), name);
}

TEST_F(ReplicaState, R5_FilesThatWereCopiedGetANameOfTheirOwn) {
  Do({Put(MakeSession("s"))});
  const std::string name = Name();
  for (const char* place : {"https://app.example/restored", "https://other.example/chats"}) {
    Open(place);
    Do({Put(MakeSession(place))});
    EXPECT_NE(Name(), name) << place;
  }
}

TEST_F(ReplicaState, R5_NewStoresHaveDifferentNames) {
  Do({Put(MakeSession("s"))});
  const std::string name = Name();
  disk_ = FaultDisk();
  Open();
  Do({Put(MakeSession("s"))});
  EXPECT_NE(Name(), name);
}

TEST_F(ReplicaState, R5_AnExportCarriesNoTraceOfTheCopy) {
  Message message = MakeMessage(1, "half");
  Do({Put(MakeSession("s")), Put(message), PutWriter{1, "tab"}, Put(MakeSession("gone"))});
  Session renamed = MakeSession("s");
  renamed.title = "renamed";
  message.metadata = R"({"rating":1})";
  Do({Put(renamed), PutNotes{std::make_shared<const Message>(message)},
      DeleteSession{SessionId("gone")}});
  const std::string name = Name();
  const std::shared_ptr<BlockFile> file = MakeMemoryBlockFile();
  ASSERT_TRUE(storage_->committed().Export(file).ok());
  auto exported = Connection::Open(
      {BorrowFile(file, Access::kReadWrite), MakeMemoryBlockFile(), MakeMemoryBlockFile()});
  for (const char* rows : {"replica", "writers", "tombstones", "sessions WHERE times IS NOT NULL",
                           "message_notes WHERE times IS NOT NULL"}) {
    const auto count = (*exported)->ReadInt(std::string("SELECT count(*) FROM ") + rows);
    ASSERT_TRUE(count.ok()) << count.status().message();
    EXPECT_EQ(*count, 0) << rows;
  }
  EXPECT_EQ(*(*exported)->ReadInt("SELECT count(*) FROM sessions WHERE title = 'renamed'"), 1);
  EXPECT_EQ(Name(), name) << "the store keeps it";
  EXPECT_THAT(Rows("SELECT id FROM tombstones"), ElementsAre("gone"));
}

TEST_F(ReplicaState, S4_TheNumberOfCommitsNeverGoesBack) {
  std::mt19937 random(7);
  std::int64_t last = 0;
  for (int life = 0; life < 30; ++life) {
    const int commits = life % 5 == 0 ? 1500 : static_cast<int>(random() % 40);
    for (int i = 0; i < commits; ++i) Do({Put(MakeSession("s" + std::to_string(i % 3)))});
    Do({DeleteSession{SessionId("s0")}, Put(MakeSession("s0"))});
    Do({DeleteSession{SessionId("s1")}});
    const std::int64_t number = std::stoll(One("SELECT max(commits) FROM tombstones"));
    EXPECT_GT(number, last) << "life " << life;
    // Commits without a time, which nothing but their reservation remembers.
    const int more = life % 3 == 0 ? 1100 : 3;
    for (int i = 0; i < more; ++i) Do({Put(MakeSession("s2"))});
    last = number + more;
    disk_.Restart(static_cast<FaultDisk::Survival>(random() % 4),
                  static_cast<std::uint32_t>(random()));
    Open();
  }
}

// A page a window is what a window costs. The row of the counters is written once in a thousand.
TEST_F(ReplicaState, C10_CountingCostsAWindowNothing) {
  Message message = MakeMessage(1, "");
  Do({Put(MakeSession("s")), Put(message)});
  std::int64_t most = 0;
  int larger = 0;
  for (int i = 0; i < 900; ++i) {
    const std::int64_t before = storage_->bytes_written();
    ASSERT_TRUE(Commit(*storage_, {Grow(message, "a window of a stream")}).ok());
    const std::int64_t bytes = storage_->bytes_written() - before;
    if (i > 0 && bytes > most) ++larger;
    most = std::max(most, bytes);
  }
  EXPECT_LE(larger, 2) << "a page of the log that is full, a checkpoint";
}

TEST_F(ReplicaState, R3_FieldsThatChangedHaveTimesThatFollowEachOther) {
  Session session = MakeSession("s");
  session.metadata = R"({"a":1,"b":2})";
  Do({Put(session)});
  EXPECT_EQ(One("SELECT times FROM sessions"), "") << "as old as the session";
  session.title = "first";
  Do({Put(session)});
  now_ -= 5000;  // the machine's clock goes back
  session.archived = true;
  session.metadata = R"({"b":3})";
  Do({Put(session)});
  Open();
  session.title = "second";
  session.prompt_tokens = 7;
  Do({Put(session)});
  const std::string times = One("SELECT times FROM sessions");
  const auto time_of = [&times](const std::string& field) {
    const std::size_t at = times.find('"' + field + "\":\"");
    EXPECT_NE(at, std::string::npos) << field << " in " << times;
    return at == std::string::npos ? "" : times.substr(at + field.size() + 4, 33);
  };
  const std::string name = Name();
  EXPECT_EQ(time_of("title").substr(17), name);
  EXPECT_LT(time_of("archived"), time_of("title"));
  EXPECT_EQ(time_of("a"), time_of("b")) << "one change removed and replaced";
  EXPECT_EQ(time_of("a"), time_of("archived"));
  EXPECT_THAT(times, Not(HasSubstr("prompt")));
  EXPECT_GT(time_of("archived"), Replica::StampFrom(kToday)) << "the time before it was later";
  Do({Put(session)});
  EXPECT_EQ(One("SELECT times FROM sessions"), times) << "nothing has changed";
}

TEST_F(ReplicaState, R3_MetadataOfMessagesHasTimesToo) {
  Message message = Finished(MakeMessage(1, "done"));
  message.metadata = R"({"model":"small"})";
  Do({Put(MakeSession("s")), Put(message)});
  EXPECT_EQ(One("SELECT times FROM message_notes"), "");
  const auto note = [&](const std::string& metadata) {
    message.metadata = metadata;
    ++message.version;
    Do({PutNotes{std::make_shared<const Message>(message)}});
  };
  note(R"({"model":"small","rating":1})");
  const std::string first = One("SELECT times FROM message_notes");
  EXPECT_THAT(first, HasSubstr("rating"));
  EXPECT_THAT(first, Not(HasSubstr("model")));
  note("");
  const std::string removed = One("SELECT times FROM message_notes");
  EXPECT_THAT(removed, HasSubstr("model"));
  EXPECT_GT(removed.substr(removed.find("rating")), first.substr(first.find("rating")));
  message.usage = Usage{1, 2};
  Do({Put(message)});
  EXPECT_EQ(One("SELECT times FROM message_notes"), removed);
  EXPECT_EQ(One("SELECT output_tokens FROM message_notes"), "2");
}

TEST_F(ReplicaState, R3_WhatWasDeletedIsRemembered) {
  Do({Put(MakeSession("s")), Put(MakeSession("t")), Put(Finished(MakeMessage(1, "one"))),
      Put(Finished(MakeMessage(2, "two"))), Put(Finished(MakeMessage(3, "three"))),
      Put(Finished(MakeMessage(4, "other", "t")))});
  Do({DeleteMessage{MessageId("m1")}});
  Do({DeleteMessage{MessageId("nobody")}});
  EXPECT_THAT(Rows("SELECT kind || ' ' || id || ' of ' || session_id FROM tombstones"),
              ElementsAre("message m1 of s"));
  Do({DeleteSessionMessages{SessionId("s")}});
  Do({DeleteSession{SessionId("t")}});
  EXPECT_THAT(Rows("SELECT id FROM tombstones ORDER BY n"), ElementsAre("m1", "m2", "m3", "t"));
  EXPECT_THAT(Rows("SELECT id FROM tombstones ORDER BY stamp, id"),
              ElementsAre("m1", "m2", "m3", "t"));
  Do({Put(MakeSession("t")), Put(Finished(MakeMessage(5, "again"))), Put(Finished([] {
        Message again = MakeMessage(6, "again");
        again.id = MessageId("m2");
        return again;
      }()))});
  EXPECT_THAT(Rows("SELECT id FROM tombstones ORDER BY n"), ElementsAre("m1", "m3"))
      << "what is there was not deleted";
}

TEST_F(ReplicaState, R3_TombstonesGoWhenTheyAreOld) {
  for (int day = 0; day < 200; ++day) {
    const std::string id = std::to_string(day);
    Do({Put(MakeSession(id))});
    Do({DeleteSession{SessionId(id)}});
    now_ += kDay;
  }
  const auto kept = Rows("SELECT id FROM tombstones ORDER BY n");
  EXPECT_EQ(kept.size(), static_cast<std::size_t>(kTombstoneMs / kDay) + 1);
  EXPECT_EQ(kept.back(), "199");
}

TEST_F(ReplicaState, M2_AnUnfinishedMessageSaysWhoWritesIt) {
  const Message message = MakeMessage(1, "half");
  const std::string writers = "SELECT seq || ' ' || tab || ' ' || replica FROM writers";
  Do({Put(MakeSession("s")), Put(message), PutWriter{1, "tab a"}});
  EXPECT_THAT(Rows(writers), ElementsAre("1 tab a " + Name()));
  Do({PutWriter{1, "tab b"}});
  EXPECT_THAT(Rows(writers), ElementsAre("1 tab b " + Name()));
  Do({Put(message)});
  EXPECT_THAT(Rows(writers), ElementsAre("1 tab b " + Name())) << "folded, not finished";
  Do({Put(Finished(message))});
  EXPECT_THAT(Rows(writers), IsEmpty());
  Do({Put(MakeMessage(2, "deleted")), PutWriter{2, "tab"}});
  Do({DeleteMessage{MessageId("m2")}});
  Do({Put(MakeMessage(3, "deleted")), PutWriter{3, "tab"}});
  Do({DeleteSession{SessionId("s")}});
  EXPECT_THAT(Rows(writers), IsEmpty());
}

// A store on a full disk opens all the same. The first commit saves its name.
TEST_F(ReplicaState, S5_OpeningWritesNoName) {
  EXPECT_THAT(Rows("SELECT name FROM replica"), IsEmpty());
  Do({Put(MakeSession("s"))});
  const std::string name = Name();
  Open("https://other.example/chats");
  EXPECT_EQ(Name(), name);
  Do({Put(MakeSession("t"))});
  EXPECT_NE(Name(), name);
}

}  // namespace
}  // namespace millrace
