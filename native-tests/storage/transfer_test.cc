// A store as one file, and back; a Crush database as a store (contract S7).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "millrace/model/codec.h"
#include "millrace/storage/sqlite_storage.h"
#include "storage/fault_block_file.h"
#include "storage/fixtures/crush_database.h"
#include "storage/fixtures/store_v1.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/schema.h"
#include "storage/test_data.h"
#include "storage/vfs/borrowed_file.h"

namespace millrace {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr TimeMs kNow = 1'700'000'000'000;

class Transfer : public testing::Test {
 protected:
  void SetUp() override { storage_ = OpenNew(disk_); }

  static std::unique_ptr<Storage> OpenNew(FaultDisk& disk) {
    auto storage = OpenSqliteStorage(disk.Files());
    EXPECT_TRUE(storage.ok()) << storage.status().message();
    return *std::move(storage);
  }
  static DatabaseFiles Alone(const std::shared_ptr<BlockFile>& file) {
    return {BorrowFile(file, Access::kReadWrite), MakeMemoryBlockFile(), MakeMemoryBlockFile()};
  }
  // A database made by `sql`, as one file.
  static std::shared_ptr<BlockFile> FileOf(const std::string& sql) {
    std::shared_ptr<BlockFile> file = MakeMemoryBlockFile();
    auto connection = Connection::Open(Alone(file));
    const Status made = (*connection)->Execute(sql);
    EXPECT_TRUE(made.ok()) << made.message();
    EXPECT_TRUE((*connection)->Close().ok());
    return file;
  }
  static std::shared_ptr<BlockFile> FileOfBytes(std::string_view bytes) {
    std::shared_ptr<BlockFile> file = MakeMemoryBlockFile();
    EXPECT_TRUE(file->Write(0, std::as_bytes(std::span(bytes.data(), bytes.size()))).ok());
    return file;
  }
  std::shared_ptr<BlockFile> Export() {
    std::shared_ptr<BlockFile> file = MakeMemoryBlockFile();
    const auto size = storage_->committed().Export(file);
    EXPECT_TRUE(size.ok()) << size.status().message();
    EXPECT_EQ(*size, *file->Size());
    return file;
  }
  static Result<ImportCounts> Import(Storage& storage, std::shared_ptr<BlockFile> file) {
    auto source = OpenImportSource(std::move(file), kNow);
    if (!source.ok()) return source.status();
    auto added = std::make_shared<ImportCounts>();
    const Status status = Commit(
        storage, {ImportContent{*std::move(source), *storage.committed().LastSeq() + 1, added}},
        Durability::kPower);
    if (!status.ok()) return status;
    return *added;
  }
  static std::vector<std::string> Find(Storage& storage, const std::string& text) {
    std::vector<std::string> ids;
    const auto page = storage.committed().Search({text, {}, {}, {}, {}});
    EXPECT_TRUE(page.ok()) << page.status().message();
    for (const SearchHit& hit : page->hits) ids.push_back(hit.message_id.value);
    return ids;
  }
  Message Read(const std::string& id) {
    auto message = storage_->committed().ReadMessage(MessageId(id));
    EXPECT_TRUE(message.ok() && message->has_value()) << id;
    return message.ok() && message->has_value() ? **message : Message();
  }
  // Expects a refusal that changes nothing.
  std::string Refusal(std::shared_ptr<BlockFile> file, Code code) {
    const std::string before = Dump(*storage_);
    const auto refused = Import(*storage_, std::move(file));
    EXPECT_EQ(refused.status().code(), code) << refused.status().message();
    EXPECT_EQ(Dump(*storage_), before);
    return refused.status().message();
  }

  FaultDisk disk_;
  std::unique_ptr<Storage> storage_;
};

TEST_F(Transfer, S7_ExportIsOnePlainFileWithAllThatIsCommitted) {
  Message stream = MakeMessage(1, "");
  ASSERT_TRUE(Commit(*storage_, {Put(MakeSession("s")), Put(stream)}).ok());
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(Commit(*storage_, {Grow(stream, "more ")}).ok());
  ASSERT_TRUE(Commit(*storage_, {Put(Finished(MakeMessage(2, "a word")))}).ok());
  const std::shared_ptr<BlockFile> file = Export();
  const std::string exported = Dump(*storage_);
  ASSERT_TRUE(Commit(*storage_, {Grow(stream, "after the export")}).ok());

  std::array<std::byte, 2> journal{};
  ASSERT_TRUE(file->Read(18, journal).ok());
  EXPECT_THAT(journal, ElementsAre(std::byte{1}, std::byte{1})) << "a rollback journal";
  EXPECT_EQ(IntegrityCheck(Alone(file)), "ok");
  auto copy = OpenSqliteStorage(Alone(file));
  ASSERT_TRUE(copy.ok()) << copy.status().message();
  EXPECT_EQ(Dump(**copy), exported);
  EXPECT_THAT(Find(**copy, "word"), ElementsAre("m2"));
}

TEST_F(Transfer, S7_ExportReplacesWhatWasInTheFileAndTellsOfFailures) {
  std::shared_ptr<BlockFile> file = FileOfBytes(std::string(1 << 20, 'x'));
  ASSERT_TRUE(storage_->committed().Export(file).ok());
  EXPECT_EQ(IntegrityCheck(Alone(file)), "ok");
  EXPECT_EQ(storage_->committed().Export(BorrowFile(file, Access::kReadOnly)).status().code(),
            Code::kIo);
  FaultDisk full;
  full.set_plan(FailChange(4, FaultDisk::Fault::kFull, true));
  DatabaseFiles files = full.Files();
  EXPECT_EQ(storage_->committed().Export(std::move(files.database)).status().code(),
            Code::kQuotaExceeded);
  EXPECT_TRUE(Commit(*storage_, {Put(MakeSession("goes on"))}).ok());
}

TEST_F(Transfer, S7_ExportComesBackWhole) {
  Message open = MakeMessage(3, "a stream ");
  ASSERT_TRUE(Commit(*storage_, {Put(MakeSession("s")), Put(MakeSession("t", 2000)),
                                 Put(Finished(MakeMessage(1, "one"))),
                                 Put(Finished(MakeMessage(2, "two 東京", "t"))), Put(open)})
                  .ok());
  ASSERT_TRUE(Commit(*storage_, {Grow(open, "under way")}).ok());
  const std::shared_ptr<BlockFile> file = Export();
  FaultDisk other;
  auto copy = OpenNew(other);
  const auto added = Import(*copy, file);
  ASSERT_TRUE(added.ok()) << added.status().message();
  EXPECT_EQ(*added, (ImportCounts{2, 3}));
  EXPECT_EQ(**copy->committed().ReadMessage(MessageId("m1")), Read("m1"));
  EXPECT_EQ(**copy->committed().ReadMessage(MessageId("m2")), Read("m2"));
  EXPECT_EQ(copy->committed().ReadSessions({})->front().id.value, "t");
  const Message interrupted = **copy->committed().ReadMessage(MessageId("m3"));
  EXPECT_EQ(TextOf(interrupted), "a stream under way");
  ASSERT_NE(FinishOf(interrupted), nullptr);
  EXPECT_EQ(FinishOf(interrupted)->reason, FinishReason::kInterrupted);
  EXPECT_EQ(interrupted.finished_at, kNow);
  EXPECT_THAT(Find(*copy, "東京"), ElementsAre("m2"));
  EXPECT_THAT(Find(*copy, "under way"), ElementsAre("m3"));
  EXPECT_EQ(*Import(*copy, file), (ImportCounts{0, 0})) << "what is there is skipped";
  copy.reset();
  EXPECT_EQ(IntegrityCheck(other.Files()), "ok");
}

TEST_F(Transfer, S7_AddsToWhatIsThereAndChangesNothingOfIt) {
  ASSERT_TRUE(Commit(*storage_, {Put(MakeSession("s")), Put(Finished(MakeMessage(1, "theirs"))),
                                 Put(Finished(MakeMessage(2, "new")))})
                  .ok());
  const std::shared_ptr<BlockFile> file = Export();
  FaultDisk other;
  auto mine = OpenNew(other);
  Session session = MakeSession("s");
  session.title = "mine";
  ASSERT_TRUE(Commit(*mine, {Put(session), Put(Finished(MakeMessage(1, "mine")))}).ok());
  EXPECT_EQ(*Import(*mine, file), (ImportCounts{0, 1}));
  EXPECT_EQ((**mine->committed().ReadSession(SessionId("s"))).title, "mine");
  EXPECT_EQ(TextOf(**mine->committed().ReadMessage(MessageId("m1"))), "mine");
  EXPECT_EQ(*mine->committed().LastSeq(), 2);
}

// The message of the file has an id that another session has here.
TEST_F(Transfer, S7_ASessionWhoseMessagesAreAllSkippedHasNoHeadAndGoesOn) {
  ASSERT_TRUE(
      Commit(*storage_, {Put(MakeSession("theirs")), Put(Finished(MakeMessage(1, "x", "theirs")))})
          .ok());
  const std::shared_ptr<BlockFile> file = Export();
  FaultDisk other;
  auto mine = OpenNew(other);
  ASSERT_TRUE(
      Commit(*mine, {Put(MakeSession("mine")), Put(Finished(MakeMessage(1, "y", "mine")))}).ok());
  EXPECT_EQ(*Import(*mine, file), (ImportCounts{1, 0}));
  EXPECT_EQ((**mine->committed().ReadSession(SessionId("theirs"))).head_id, MessageId());
  EXPECT_TRUE(Commit(*mine, {Put(Finished(MakeMessage(2, "z", "theirs")))}).ok());
}

TEST_F(Transfer, S7_TakesAnExportOfAnOlderSchema) {
  const auto added = Import(*storage_, FileOf(kStoreV1));
  ASSERT_TRUE(added.ok()) << added.status().message();
  EXPECT_EQ(*added, (ImportCounts{2, 4}));
  EXPECT_THAT(Find(*storage_, "turbines"), ElementsAre("m4"));
}

TEST_F(Transfer, S7_TakesAFileThatWasLeftInWalMode) {
  const auto added = Import(*storage_, FileOf(std::string(kStoreV1) + "PRAGMA journal_mode=WAL;"));
  EXPECT_TRUE(added.ok()) << added.status().message();
}

TEST_F(Transfer, S7_TakesACrushDatabase) {
  const auto added = Import(*storage_, FileOf(kCrushDatabase));
  ASSERT_TRUE(added.ok()) << added.status().message();
  EXPECT_EQ(*added, (ImportCounts{2, 4})) << "a message without a session is left out";
  const Session session = **storage_->committed().ReadSession(SessionId("c1"));
  EXPECT_EQ(session.title, "Water");
  EXPECT_EQ(session.created_at, 1'750'000'000'000);
  EXPECT_EQ(session.updated_at, 1'750'000'100'000);
  EXPECT_EQ(session.prompt_tokens, 12);
  EXPECT_EQ(session.cost, 0.5);
  EXPECT_EQ((**storage_->committed().ReadSession(SessionId("c2"))).parent_id.value, "c1");

  MessageQuery query;
  query.session_id = SessionId("c1");
  std::vector<std::string> ids;
  const auto messages = storage_->committed().ReadMessages(query);
  for (const Message& message : *messages) ids.push_back(message.id.value);
  EXPECT_THAT(ids, ElementsAre("x-question", "a-answer", "b-broken")) << "as they were written";

  const Message answer = Read("a-answer");
  EXPECT_EQ(answer.model, "model-1");
  EXPECT_TRUE(answer.provider.empty());
  EXPECT_TRUE(answer.is_summary);
  EXPECT_EQ(answer.finished_at, 1'750'000'020'000);
  const auto& reasoning = std::get<ReasoningPart>(answer.parts.at(0));
  EXPECT_EQ(reasoning.started_at, 1'750'000'010'000);
  EXPECT_EQ(reasoning.finished_at, 1'750'000'015'000);
  EXPECT_EQ(FinishOf(answer)->time, 1'750'000'020'000);
  EXPECT_EQ(Read("x-question").finished_at, 1'750'000'000'000);

  const Message broken = Read("b-broken");
  ASSERT_EQ(broken.parts.size(), 3U);
  EXPECT_THAT(EncodePart(broken.parts[0]), HasSubstr("\"hologram\""));
  EXPECT_EQ(std::get<FinishPart>(broken.parts[2]).reason, FinishReason::kInterrupted);
  EXPECT_EQ(broken.finished_at, kNow);
  EXPECT_THAT(EncodeParts(Read("d-nonsense").parts), HasSubstr("not even JSON"));
  EXPECT_THAT(Find(*storage_, "turbine"), ElementsAre("a-answer"));
}

TEST_F(Transfer, S7_RefusesWhatIsUnusable) {
  ASSERT_TRUE(Commit(*storage_, {Put(MakeSession("s"))}).ok());
  EXPECT_THAT(Refusal(FileOfBytes(""), Code::kInvalidArgument), HasSubstr("no SQLite database"));
  EXPECT_THAT(Refusal(FileOfBytes(std::string(5000, 'x')), Code::kInvalidArgument),
              HasSubstr("no SQLite database"));
  EXPECT_THAT(Refusal(FileOf("CREATE TABLE recipes(x)"), Code::kInvalidArgument),
              HasSubstr("neither of Millrace nor of Crush"));
  EXPECT_THAT(Refusal(FileOf("CREATE TABLE messages(x); CREATE TABLE sessions(id)"),
                      Code::kInvalidArgument),
              HasSubstr("neither of Millrace nor of Crush"));
  EXPECT_THAT(Refusal(FileOf("CREATE TABLE sessions(id); CREATE VIEW messages AS SELECT 1 AS id"),
                      Code::kInvalidArgument),
              HasSubstr("view \"messages\""));
  EXPECT_THAT(Refusal(FileOf(std::string(kStoreV1) + "PRAGMA user_version=99"), Code::kNewerSchema),
              HasSubstr("99"));
  EXPECT_THAT(Refusal(FileOfBytes(std::string("SQLite format 3\0", 16) + std::string(9000, '\0')),
                      Code::kCorrupt),
              HasSubstr("damaged"));
}

// The SQLite of these tests can write neither kind, so the header of a file says that it is one.
TEST_F(Transfer, S7_TakesAutoVacuumAndRefusesUtf16) {
  const auto with = [](std::uint64_t offset, std::byte value) {
    std::shared_ptr<BlockFile> file = FileOf(kCrushDatabase);
    EXPECT_TRUE(file->Write(offset, std::array{value}).ok());
    return file;
  };
  constexpr std::uint64_t kLargestRoot = 55;
  constexpr std::uint64_t kTextEncoding = 59;
  EXPECT_EQ(*Import(*storage_, with(kLargestRoot, std::byte{3})), (ImportCounts{2, 4}));
  for (const auto encoding : {std::byte{2}, std::byte{3}}) {
    EXPECT_THAT(Refusal(with(kTextEncoding, encoding), Code::kInvalidArgument),
                HasSubstr("UTF-16"));
  }
}

TEST_F(Transfer, S7_NamesTheMissingLogOfADatabaseInUse) {
  std::shared_ptr<BlockFile> file = MakeMemoryBlockFile();
  auto connection = Connection::Open(Alone(file));
  ASSERT_TRUE((*connection)->Execute("PRAGMA journal_mode=WAL").ok());
  ASSERT_TRUE((*connection)->Execute(kCrushDatabase).ok());
  EXPECT_THAT(Refusal(file, Code::kInvalidArgument), HasSubstr("-wal"));
  ASSERT_TRUE((*connection)->Close().ok());
  EXPECT_TRUE(Import(*storage_, file).ok()) << "the log has been moved into the file";
}

TEST_F(Transfer, S7_RefusesADamagedFile) {
  const std::shared_ptr<BlockFile> file = FileOf(kCrushDatabase);
  const std::string damage(static_cast<std::size_t>(*file->Size()) - 4096, '\xff');
  ASSERT_TRUE(file->Write(4096, std::as_bytes(std::span(damage))).ok());
  EXPECT_THAT(Refusal(file, Code::kCorrupt), HasSubstr("nothing was changed"));
}

TEST_F(Transfer, S5_AnImportThatFindsNoRoomChangesNothing) {
  ASSERT_TRUE(Commit(*storage_, {Put(MakeSession("s"))}).ok());
  const std::string before = Dump(*storage_);
  disk_.set_plan(FailChange(disk_.changes() + 2, FaultDisk::Fault::kFull, true));
  EXPECT_EQ(Import(*storage_, FileOf(kCrushDatabase)).status().code(), Code::kQuotaExceeded);
  disk_.set_plan({});
  EXPECT_EQ(Dump(*storage_), before);
  EXPECT_THAT(Find(*storage_, "turbine"), IsEmpty());
  EXPECT_TRUE(Import(*storage_, FileOf(kCrushDatabase)).ok());
}

}  // namespace
}  // namespace millrace
