// The delta log: appending, folding, reading what is not folded yet, and trimming (S2).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "millrace/storage/sqlite_storage.h"
#include "storage/fault_block_file.h"
#include "storage/sqlite/connection.h"
#include "storage/test_data.h"

namespace millrace {
namespace {

using testing::IsEmpty;

class DeltaLogRows : public testing::Test {
 protected:
  void SetUp() override {
    Open();
    ASSERT_TRUE(Commit(*storage_, {Put(MakeSession("s"))}).ok());
  }
  void Open() {
    storage_.reset();
    auto storage = OpenSqliteStorage(disk_.Files());
    ASSERT_TRUE(storage.ok()) << storage.status().message();
    storage_ = *std::move(storage);
  }
  Message Read(const Message& message) {
    auto read = storage_->committed().ReadMessage(message.id);
    EXPECT_TRUE(read.ok());
    return read.ok() && read->has_value() ? **read : Message();
  }
  // Closes the store, runs `sql` on its file, and opens it again.
  void Tamper(const std::string& sql) {
    storage_.reset();
    {
      auto connection = Connection::Open(disk_.Files());
      const Status status = (*connection)->Execute(sql);
      EXPECT_TRUE(status.ok()) << status.message();
    }
    Open();
  }
  std::int64_t LogRows() {
    storage_.reset();
    std::int64_t rows = 0;
    {
      auto connection = Connection::Open(disk_.Files());
      rows = *(*connection)->ReadInt("SELECT count(*) FROM deltas");
    }
    Open();
    return rows;
  }

  FaultDisk disk_;
  std::unique_ptr<Storage> storage_;
};

TEST_F(DeltaLogRows, S2_UnfinishedMessageIsRowPlusDeltas) {
  Message message = MakeMessage(1, "Hel");
  ASSERT_TRUE(Commit(*storage_, {Put(message)}).ok());
  ASSERT_TRUE(Commit(*storage_, {Grow(message, "lo, ")}).ok());
  ASSERT_TRUE(Commit(*storage_, {Grow(message, "w\0rld \xF0\x9F\x8C\x8A")}).ok());
  EXPECT_EQ(Read(message), message);
  EXPECT_THAT(*storage_->committed().ReadMessages({}), testing::ElementsAre(message));
  EXPECT_THAT(*storage_->committed().ReadUnfinished(), testing::ElementsAre(message));
  Open();
  EXPECT_EQ(Read(message), message);
  EXPECT_THAT(*storage_->committed().ReadUnfinished(), testing::ElementsAre(message));
}

TEST_F(DeltaLogRows, S2_EveryKindOfOp) {
  Message message = MakeMessage(1, "");
  ASSERT_TRUE(Commit(*storage_, {Put(message)}).ok());
  auto patch = std::make_shared<Patch>();
  patch->from_version = 1;
  patch->to_version = 5;
  patch->updated_at = 2000;
  patch->Append(0, "text");
  ToolCallPart call;
  call.id = "c";
  call.name = "search";
  patch->Add(PutOp{1, call, false});
  patch->Append(1, "{\"q\":");
  patch->Add(HeaderOp{"other model", "other provider", true, std::nullopt});
  ASSERT_TRUE(ApplyPatch(*patch, message).ok());
  ASSERT_TRUE(Commit(*storage_, {AppendDelta{1, patch}}).ok());
  // Ends the call, keeps its content, and drops nothing of the part before.
  auto end = std::make_shared<Patch>();
  end->from_version = 5;
  end->to_version = 6;
  end->updated_at = 2001;
  call.finished = true;
  end->Add(PutOp{1, call, true});
  ASSERT_TRUE(ApplyPatch(*end, message).ok());
  ASSERT_TRUE(Commit(*storage_, {AppendDelta{1, end}}).ok());
  EXPECT_EQ(Read(message), message);
  Open();
  EXPECT_EQ(Read(message), message);
}

TEST_F(DeltaLogRows, S2_FoldEmptiesTheLog) {
  Message message = MakeMessage(1, "");
  ASSERT_TRUE(Commit(*storage_, {Put(message)}).ok());
  for (int i = 0; i < 300; ++i) ASSERT_TRUE(Commit(*storage_, {Grow(message, "some text. ")}).ok());
  EXPECT_GT(LogRows(), 0);
  const Message finished = Finished(message);
  ASSERT_TRUE(Commit(*storage_, {Put(finished)}, Durability::kPower).ok());
  EXPECT_EQ(Read(message), finished);
  EXPECT_THAT(*storage_->committed().ReadUnfinished(), IsEmpty());
  EXPECT_EQ(LogRows(), 0);
  EXPECT_EQ(Read(message), finished);
}

TEST_F(DeltaLogRows, S2_FoldOfAnUnfinishedMessageGoesOn) {
  Message message = MakeMessage(1, "a");
  ASSERT_TRUE(Commit(*storage_, {Put(message), Grow(message, "b")}).ok());
  ASSERT_TRUE(Commit(*storage_, {Put(message)}).ok());
  EXPECT_EQ(LogRows(), 0);
  ASSERT_TRUE(Commit(*storage_, {Grow(message, "c")}).ok());
  EXPECT_EQ(TextOf(Read(message)), "abc");
  EXPECT_EQ(Read(message), message);
}

TEST_F(DeltaLogRows, S2_RowsGoWhenTheHeadPassesThem) {
  Message first = MakeMessage(1, "");
  Message second = MakeMessage(2, "");
  Message third = MakeMessage(3, "");
  ASSERT_TRUE(Commit(*storage_, {Put(first), Put(second), Put(third)}).ok());
  // Rows: 1 2 3 1 2 3
  for (int round = 0; round < 2; ++round) {
    for (Message* message : {&first, &second, &third}) {
      ASSERT_TRUE(Commit(*storage_, {Grow(*message, "x")}).ok());
    }
  }
  EXPECT_EQ(LogRows(), 6);
  ASSERT_TRUE(Commit(*storage_, {Put(Finished(second))}).ok());
  EXPECT_EQ(LogRows(), 6) << "the head is a row of a live message";
  ASSERT_TRUE(Commit(*storage_, {Put(Finished(first))}).ok());
  EXPECT_EQ(LogRows(), 4) << "the head passed rows 1 and 2";
  EXPECT_EQ(Read(third), third);
  ASSERT_TRUE(Commit(*storage_, {DeleteMessage{third.id}}).ok());
  EXPECT_EQ(LogRows(), 0);
}

TEST_F(DeltaLogRows, S2_ReopenedLogIsTrimmedToo) {
  Message first = MakeMessage(1, "");
  Message second = MakeMessage(2, "");
  ASSERT_TRUE(Commit(*storage_, {Put(first), Put(second), Grow(first, "1"), Grow(second, "2"),
                                 Grow(first, "3")})
                  .ok());
  Open();
  ASSERT_TRUE(Commit(*storage_, {Grow(second, "4"), Put(Finished(first))}).ok());
  EXPECT_EQ(LogRows(), 3) << "all but the first";
  EXPECT_EQ(Read(second), second);
  ASSERT_TRUE(Commit(*storage_, {Put(Finished(second))}).ok());
  EXPECT_EQ(LogRows(), 0);
}

TEST_F(DeltaLogRows, S2_DeletingTheSessionVoidsItsRows) {
  Message other = MakeMessage(1, "", "other");
  Message message = MakeMessage(2, "");
  ASSERT_TRUE(Commit(*storage_, {Put(MakeSession("other")), Put(other), Put(message),
                                 Grow(message, "a"), Grow(other, "b")})
                  .ok());
  ASSERT_TRUE(Commit(*storage_, {DeleteSession{SessionId("s")}}).ok());
  EXPECT_FALSE(storage_->committed().ReadMessage(message.id)->has_value());
  EXPECT_EQ(LogRows(), 1);
  EXPECT_EQ(Read(other), other);
  ASSERT_TRUE(Commit(*storage_, {DeleteSessionMessages{SessionId("other")}}).ok());
  EXPECT_EQ(LogRows(), 0);
  EXPECT_TRUE(storage_->committed().ReadSession(SessionId("other"))->has_value());
}

TEST_F(DeltaLogRows, S2_AppendToNoMessageIsNotFound) {
  Message stranger = MakeMessage(9, "");
  EXPECT_EQ(Commit(*storage_, {Grow(stranger, "x")}).code(), Code::kNotFound);
  EXPECT_EQ(LogRows(), 0);
}

TEST_F(DeltaLogRows, S2_AFailedCommitLeavesTheLogAsItWas) {
  Message message = MakeMessage(1, "");
  Message other = MakeMessage(2, "");
  ASSERT_TRUE(Commit(*storage_, {Put(message), Put(other), Grow(message, "a")}).ok());
  const Message before = message;
  Message stranger = MakeMessage(9, "", "no such session");
  // A fold, the first delta of another message and growth of the tail: all of it is undone.
  EXPECT_EQ(Commit(*storage_, {Grow(message, "lost"), Put(Finished(message)), Grow(other, "lost"),
                               Put(stranger)})
                .code(),
            Code::kNotFound);
  EXPECT_EQ(Read(message), before);
  EXPECT_EQ(TextOf(Read(other)), "");
  message = before;
  ASSERT_TRUE(Commit(*storage_, {Grow(message, "b")}).ok());
  EXPECT_EQ(TextOf(Read(message)), "ab");
  ASSERT_TRUE(Commit(*storage_, {Put(Finished(message))}).ok());
  EXPECT_EQ(LogRows(), 0);
}

TEST_F(DeltaLogRows, S2_AppendingTwiceIsANoOp) {
  Message message = MakeMessage(1, "");
  ASSERT_TRUE(Commit(*storage_, {Put(message)}).ok());
  const StorageOp delta = Grow(message, "once");
  ASSERT_TRUE(Commit(*storage_, {delta}).ok());
  ASSERT_TRUE(Commit(*storage_, {delta}).ok());
  ASSERT_TRUE(Commit(*storage_, {Grow(message, ", and more")}).ok());
  EXPECT_EQ(TextOf(Read(message)), "once, and more");
}

TEST_F(DeltaLogRows, S2_AGapIsRefused) {
  Message message = MakeMessage(1, "");
  ASSERT_TRUE(Commit(*storage_, {Put(message)}).ok());
  Message ahead = message;
  (void)Grow(ahead, "skipped");
  const StorageOp gap = Grow(ahead, "x");
  EXPECT_EQ(Commit(*storage_, {gap}).code(), Code::kInternal);
  ASSERT_TRUE(Commit(*storage_, {Grow(message, "a")}).ok());
  ASSERT_TRUE(Commit(*storage_, {Grow(message, "b")}).ok());
  ahead = message;
  (void)Grow(ahead, "skipped");
  EXPECT_EQ(Commit(*storage_, {Grow(ahead, "x")}).code(), Code::kInternal);
  EXPECT_EQ(Read(message), message);
}

TEST_F(DeltaLogRows, S2_ABrokenRowEndsItsMessageThere) {
  Message message = MakeMessage(1, "");
  Message other = MakeMessage(2, "");
  ASSERT_TRUE(Commit(*storage_, {Put(message), Put(other)}).ok());
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(Commit(*storage_, {Grow(message, std::to_string(i)), Grow(other, "x")}).ok());
  }
  const char* damages[] = {
      "UPDATE deltas SET part = 7 WHERE id = 3",
      "UPDATE deltas SET part = -1 WHERE id = 3",
      "UPDATE deltas SET part = 4294967296 WHERE id = 3",
      "UPDATE deltas SET part = NULL, body = '[[\"a\",0' WHERE id = 3",
      "DELETE FROM deltas WHERE id = 3",
  };
  for (const char* damage : damages) {
    Tamper(damage);
    EXPECT_EQ(TextOf(Read(message)), "0") << damage;
    EXPECT_EQ(Read(other), other) << damage;
    EXPECT_EQ(storage_->committed().ReadUnfinished()->size(), 2U) << damage;
  }
  // What can be trusted is folded, and the store goes on.
  Message rest = Read(message);
  ASSERT_TRUE(Commit(*storage_, {Put(Finished(rest)), Put(Finished(other))}).ok());
  EXPECT_EQ(LogRows(), 0);
}

TEST_F(DeltaLogRows, S2_PartsThatCannotBeReadAreCarriedVerbatim) {
  ASSERT_TRUE(Commit(*storage_, {Put(MakeMessage(1, "a")), Put(MakeMessage(2, "b"))}).ok());
  for (const char* json : {"{\"not\":\"an array\"}", "[{\"type\":\"te", "", "\"\\\"x"}) {
    Tamper("UPDATE messages SET parts = '" + std::string(json) + "' WHERE seq = 1");
    auto messages = storage_->committed().ReadMessages({});
    ASSERT_TRUE(messages.ok()) << json;
    ASSERT_EQ(messages->size(), 2U);
    ASSERT_EQ(messages->front().parts.size(), 1U);
    const auto* part = std::get_if<CustomPart>(&messages->front().parts[0]);
    ASSERT_NE(part, nullptr) << json;
    EXPECT_EQ(TextOf(messages->back()), "b");
    // It can be stored and read again.
    const Message kept = messages->front();
    ASSERT_TRUE(Commit(*storage_, {Put(kept)}).ok());
    EXPECT_EQ(Read(kept), kept) << json;
  }
}

TEST_F(DeltaLogRows, S2_AResumeInTheLogIsUnfinishedAndAFinishIsNot) {
  Message resumed = Finished(MakeMessage(1, "a"));
  Message ended = MakeMessage(2, "b");
  ASSERT_TRUE(Commit(*storage_, {Put(resumed), Put(ended)}).ok());
  auto resume = std::make_shared<Patch>();
  resume->from_version = resumed.version;
  resume->to_version = resumed.version + 1;
  resume->updated_at = 9100;
  resume->Add(TruncateOp{1});
  resume->Add(HeaderOp{"model", "provider", false, std::nullopt});
  auto finish = std::make_shared<Patch>();
  finish->from_version = 1;
  finish->to_version = 2;
  finish->updated_at = 9100;
  finish->Add(HeaderOp{"model", "provider", false, 9100});
  ASSERT_TRUE(Commit(*storage_, {AppendDelta{1, resume}, AppendDelta{2, finish}}).ok());
  Open();
  auto unfinished = storage_->committed().ReadUnfinished();
  ASSERT_EQ(unfinished->size(), 1U);
  EXPECT_EQ(unfinished->front().id, resumed.id);
}

// For any mix of streams, sizes, folds and reopenings: what is read is what was written.
TEST_F(DeltaLogRows, S2_RandomStreamsReadBack) {
  const std::uint32_t seed = 20'261;
  std::mt19937 random(seed);
  std::vector<Message> live;
  std::vector<Message> all;
  std::int64_t seq = 0;
  for (int step = 0; step < 1500; ++step) {
    StorageBatch batch;
    const auto pick = [&]() -> Message& { return live[random() % live.size()]; };
    switch (live.empty() ? 0 : random() % 20) {
      case 0:
        live.push_back(MakeMessage(++seq, ""));
        batch.push_back(Put(live.back()));
        break;
      case 1: {
        Message& message = pick();
        all.push_back(Finished(message));
        batch.push_back(Put(all.back()));
        std::swap(message, live.back());
        live.pop_back();
        break;
      }
      case 2:
        Open();
        break;
      default:
        for (std::size_t i = random() % 4 + 1; i > 0; --i) {
          batch.push_back(
              Grow(pick(), std::string(random() % (step % 50 == 0 ? 9000 : 80) + 1, 'a')));
        }
    }
    ASSERT_TRUE(Commit(*storage_, std::move(batch)).ok());
    if (step % 100 == 99) {
      for (const Message& message : live) ASSERT_EQ(Read(message), message) << "seed " << seed;
    }
  }
  for (const Message& message : all) ASSERT_EQ(Read(message), message) << "seed " << seed;
  for (const Message& message : live) {
    ASSERT_TRUE(Commit(*storage_, {Put(Finished(message))}).ok());
  }
  EXPECT_EQ(LogRows(), 0);
  storage_.reset();
  EXPECT_EQ(IntegrityCheck(disk_.Files()), "ok");
}

}  // namespace
}  // namespace millrace
