// What streaming costs, in bytes and in page writes (contract C10, and our performance targets):
// linear in the payload, one page per window.
#include <gtest/gtest.h>

#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "millrace/storage/sqlite_storage.h"
#include "storage/fault_block_file.h"
#include "storage/test_data.h"

namespace millrace {
namespace {

constexpr std::int64_t kWindowBytes = 4 * 13;  // 13 deltas of 4 characters
constexpr double kBytesPerWindow = 4.3 * 1024;

// Prose with some characters that JSON must escape.
std::string WindowText(std::int64_t window) {
  std::string text =
      "The " + std::to_string(window) + "th window, a line of a reply \"as said\",\n";
  text.resize(static_cast<std::size_t>(kWindowBytes), '.');
  return text;
}

struct Cost {
  std::int64_t windows = 0;
  std::int64_t payload = 0;
  std::int64_t bytes = 0;
  std::int64_t page_writes = 0;
  std::int64_t windows_of_more_than_two_pages = 0;

  double allowed() const {
    return static_cast<double>(windows) * kBytesPerWindow + 2.0 * static_cast<double>(payload);
  }
  void Print(const char* what) const {
    std::printf(
        "%s: %lld windows of %lld bytes: %lld bytes written, %.0f a window, %.1f x the "
        "payload; allowed %.0f; %.3f page writes a window, more than 2 in %lld windows\n",
        what, static_cast<long long>(windows), static_cast<long long>(kWindowBytes),
        static_cast<long long>(bytes), static_cast<double>(bytes) / static_cast<double>(windows),
        static_cast<double>(bytes) / static_cast<double>(payload), allowed(),
        static_cast<double>(page_writes) / static_cast<double>(windows),
        static_cast<long long>(windows_of_more_than_two_pages));
  }
};

// Counts the page writes to the WAL: these are the work of a window's commit. Those of a checkpoint
// are in the bytes.
class StreamingCost : public testing::Test {
 protected:
  void SetUp() override {
    disk_.set_plan([this](const FaultDisk::Operation& operation) {
      const bool page = operation.kind == FaultDisk::Kind::kWrite && operation.size >= 4096;
      if (page && operation.file == FaultDisk::File::kWal) ++page_writes_;
      return FaultDisk::Fault::kNone;
    });
    auto storage = OpenSqliteStorage(disk_.Files());
    ASSERT_TRUE(storage.ok()) << storage.status().message();
    storage_ = *std::move(storage);
    ASSERT_TRUE(Commit(*storage_, {Put(MakeSession("s"))}, Durability::kPower).ok());
  }

  // Streams one reply, from its creation to the end of its fold and checkpoint.
  Cost Stream(std::int64_t seq, std::int64_t payload) {
    Cost cost;
    Message message = MakeMessage(seq, "");
    const std::int64_t start = storage_->bytes_written();
    EXPECT_TRUE(Commit(*storage_, {Put(message)}, Durability::kPower).ok());
    while (cost.payload < payload) {
      const std::int64_t pages_before = page_writes_;
      const std::string text = WindowText(cost.windows);
      EXPECT_TRUE(Commit(*storage_, {Grow(message, text)}).ok());
      cost.payload += static_cast<std::int64_t>(text.size());
      ++cost.windows;
      cost.page_writes += page_writes_ - pages_before;
      if (page_writes_ - pages_before > 2) ++cost.windows_of_more_than_two_pages;
    }
    EXPECT_TRUE(Commit(*storage_, {Put(Finished(message))}, Durability::kPower).ok());
    cost.bytes = storage_->bytes_written() - start;
    return cost;
  }

  FaultDisk disk_;
  std::unique_ptr<Storage> storage_;
  std::int64_t page_writes_ = 0;
};

TEST_F(StreamingCost, S2_OneMegabyteAtThirteenDeltasPerWindow) {
  const std::int64_t opened = storage_->bytes_written();
  const Cost cost = Stream(1, 1 << 20);
  cost.Print("1 MB");
  EXPECT_LE(static_cast<double>(cost.bytes), cost.allowed());
  // The last checkpoint counts too.
  ASSERT_TRUE(storage_->Close().ok());
  Cost closed = cost;
  closed.bytes = storage_->bytes_written() - opened;
  closed.Print("1 MB and close");
  EXPECT_LE(static_cast<double>(closed.bytes), closed.allowed());
}

TEST_F(StreamingCost, S2_FlatFromReplyToReplyAndWithSize) {
  for (std::int64_t seq = 1; seq <= 6; ++seq) {
    const Cost cost = Stream(seq, 1 << 18);
    cost.Print("256 KB in a used store");
    EXPECT_LE(static_cast<double>(cost.bytes), cost.allowed());
  }
}

// A page that was freed costs one more page write when it is used again, because of SQLite's free
// list.
TEST_F(StreamingCost, S2_HoldsInAStoreWithManyFreePages) {
  ASSERT_TRUE(Commit(*storage_, {Put(MakeSession("old"))}).ok());
  const std::string text(20000, 'x');
  for (std::int64_t seq = 1; seq <= 200; ++seq) {
    ASSERT_TRUE(Commit(*storage_, {Put(Finished(MakeMessage(seq, text, "old")))}).ok());
  }
  ASSERT_TRUE(Commit(*storage_, {DeleteSession{SessionId("old")}}).ok());
  // Writes these changes to the file before the reply begins, so that their checkpoint does not
  // count.
  ASSERT_TRUE(storage_->Close().ok());
  storage_ = *OpenSqliteStorage(disk_.Files());
  const Cost cost = Stream(201, 1 << 20);
  cost.Print("1 MB with free pages");
  EXPECT_LE(static_cast<double>(cost.bytes), 1.01 * cost.allowed());
}

// A window of many messages shares its pages: the cost depends on the bytes, not on the messages.
TEST_F(StreamingCost, S2_AHundredMessagesInOneWindow) {
  std::vector<Message> messages;
  StorageBatch create;
  for (std::int64_t seq = 1; seq <= 100; ++seq) {
    messages.push_back(MakeMessage(seq, ""));
    create.push_back(Put(messages.back()));
  }
  ASSERT_TRUE(Commit(*storage_, std::move(create), Durability::kPower).ok());
  Cost cost;
  const std::int64_t start = storage_->bytes_written();
  for (; cost.windows < 500; ++cost.windows) {
    StorageBatch window;
    for (Message& message : messages) {
      const std::string text = WindowText(cost.windows);
      cost.payload += static_cast<std::int64_t>(text.size());
      window.push_back(Grow(message, text));
    }
    ASSERT_TRUE(Commit(*storage_, std::move(window)).ok());
  }
  StorageBatch fold;
  for (const Message& message : messages) fold.push_back(Put(Finished(message)));
  ASSERT_TRUE(Commit(*storage_, std::move(fold), Durability::kPower).ok());
  cost.bytes = storage_->bytes_written() - start;
  std::printf("100 messages at once: %lld bytes a window of %lld bytes\n",
              static_cast<long long>(cost.bytes / cost.windows),
              static_cast<long long>(cost.payload / cost.windows));
  // A row of 52 bytes takes 80. It is written to the WAL and to the file, and so is the fold.
  EXPECT_LE(cost.bytes, cost.windows * 4 * 4120 + 6 * cost.payload);
}

}  // namespace
}  // namespace millrace
