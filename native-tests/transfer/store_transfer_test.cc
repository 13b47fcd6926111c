// Search, export and import of an open store, while messages stream.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "millrace/messages/store.h"
#include "millrace/storage/sqlite_storage.h"
#include "storage/fixtures/crush_database.h"
#include "storage/sqlite/connection.h"
#include "storage/vfs/borrowed_file.h"

namespace millrace {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr TimeMs kNow = 1'760'000'000'000;

DatabaseFiles Alone(const std::shared_ptr<BlockFile>& file) {
  return {BorrowFile(file, Access::kReadWrite), MakeMemoryBlockFile(), MakeMemoryBlockFile()};
}

std::shared_ptr<BlockFile> CrushFile() {
  std::shared_ptr<BlockFile> file = MakeMemoryBlockFile();
  auto connection = Connection::Open(Alone(file));
  EXPECT_TRUE((*connection)->Execute(kCrushDatabase).ok());
  EXPECT_TRUE((*connection)->Close().ok());
  return file;
}

class StoreTransfer : public testing::Test {
 protected:
  void SetUp() override {
    store_ = OpenOn(MakeMemoryFiles());
    feed_ = store_->OpenFeed([this](std::vector<Event> batch) {
      for (Event& event : batch) events_.push_back(std::move(event));
      return true;
    });
    Session session;
    session.id = SessionId("s");
    store_->sessions().Create(session, [](const Result<Session>& r) { ASSERT_TRUE(r.ok()); });
    Message message;
    message.id = MessageId("m");
    message.session_id = SessionId("s");
    store_->messages().Create(message, [](const Result<Message>& r) { ASSERT_TRUE(r.ok()); });
    events_.clear();
  }
  static std::unique_ptr<Store> OpenOn(DatabaseFiles files) {
    std::unique_ptr<Store> store;
    auto storage = OpenSqliteStorage(std::move(files));
    EXPECT_TRUE(storage.ok()) << storage.status().message();
    Store::Open(*std::move(storage), {}, kNow,
                [&](Result<std::unique_ptr<Store>> opened) { store = *std::move(opened); });
    return store;
  }
  template <typename M>
  void Write(M mutation) {
    MessageWrite write;
    write.mutations.emplace_back(std::move(mutation));
    ASSERT_TRUE(store_->messages().Write(MessageId("m"), std::move(write)).ok());
  }
  std::vector<std::string> Find(const std::string& text) {
    const auto page = store_->Search({text, {}, {}, {}, {}});
    EXPECT_TRUE(page.ok()) << page.status().message();
    std::vector<std::string> ids;
    for (const SearchHit& hit : page->hits) ids.push_back(hit.message_id.value);
    return ids;
  }
  Result<ImportCounts> Import(std::shared_ptr<BlockFile> file) {
    std::optional<Result<ImportCounts>> answer;
    store_->Import(std::move(file), [&](Result<ImportCounts> r) { answer = std::move(r); });
    return answer.value_or(Internal("the import did not end"));
  }

  std::unique_ptr<Store> store_;
  std::unique_ptr<EventFeed> feed_;
  std::vector<Event> events_;
};

TEST_F(StoreTransfer, AFinishedMessageIsFoundAtOnceAndADeletedOneIsNot) {
  Write(AppendText{"by a turbine", false});
  EXPECT_THAT(Find("turbine"), IsEmpty());
  Write(Finish{});
  EXPECT_THAT(Find("turbine"), ElementsAre("m"));
  store_->messages().Delete(MessageId("m"), {});
  EXPECT_THAT(Find("turbine"), IsEmpty());
}

TEST_F(StoreTransfer, S7_ExportHasAllThatWasAcceptedWhileAStreamRuns) {
  Write(AppendText{"not saved yet", false});
  std::shared_ptr<BlockFile> file = MakeMemoryBlockFile();
  std::optional<Result<std::uint64_t>> size;
  store_->Export(file, [&](Result<std::uint64_t> r) { size = std::move(r); });
  ASSERT_TRUE(size.has_value());
  EXPECT_EQ(**size, *file->Size());
  Write(AppendText{", and later", false});
  const auto copy = OpenOn(Alone(file));
  const auto message = copy->messages().Get(MessageId("m"));
  EXPECT_EQ(std::get<TextPart>((*message)->parts.at(0)).text, "not saved yet");
  EXPECT_THAT(copy->recovered(), SizeIs(1)) << "what streamed is interrupted in the copy";
}

TEST_F(StoreTransfer, S7_ImportTellsSubscribersOnceToReadAgain) {
  const auto added = Import(CrushFile());
  ASSERT_TRUE(added.ok()) << added.status().message();
  EXPECT_EQ(*added, (ImportCounts{2, 4}));
  ASSERT_THAT(events_, SizeIs(1));
  const auto& lagged = std::get<Lagged>(events_[0]);
  EXPECT_EQ(lagged.dropped, 6);
  EXPECT_THAT(lagged.ids, IsEmpty());
  EXPECT_THAT(Find("turbine"), ElementsAre("a-answer"));
  events_.clear();
  EXPECT_EQ(*Import(CrushFile()), ImportCounts());
  EXPECT_THAT(events_, IsEmpty()) << "nothing was new";
}

TEST_F(StoreTransfer, S7_TheStreamGoesOnAroundAnImport) {
  Write(AppendText{"before, ", false});
  ASSERT_TRUE(Import(CrushFile()).ok());
  Write(AppendText{"after", false});
  Write(Finish{});
  EXPECT_THAT(Find("before after"), ElementsAre("m"));
  Message message;
  message.id = MessageId("next");
  message.session_id = SessionId("c1");
  std::optional<Result<Message>> created;
  store_->messages().Create(message, [&](Result<Message> r) { created = std::move(r); });
  ASSERT_TRUE(created.has_value());
  EXPECT_TRUE(created->ok()) << "its seq is not taken";
}

TEST_F(StoreTransfer, S7_AnUnusableFileIsRefused) {
  EXPECT_EQ(Import(MakeMemoryBlockFile()).status().code(), Code::kInvalidArgument);
  EXPECT_THAT(events_, IsEmpty());
  Write(Finish{});
}

TEST_F(StoreTransfer, AClosedStoreRefuses) {
  store_->Close(kNever, {[](const Status&) {}});
  EXPECT_EQ(store_->Search({"x", {}, {}, {}, {}}).status().code(), Code::kClosed);
  EXPECT_EQ(Import(CrushFile()).status().code(), Code::kClosed);
  std::optional<Result<std::uint64_t>> size;
  store_->Export(MakeMemoryBlockFile(), [&](Result<std::uint64_t> r) { size = std::move(r); });
  ASSERT_TRUE(size.has_value());
  EXPECT_EQ(size->status().code(), Code::kClosed);
}

}  // namespace
}  // namespace millrace
