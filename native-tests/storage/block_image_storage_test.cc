// SQLite on images of its files. A commit counts only once its blocks are saved (S3, S4).
#include "millrace/storage/block_image_storage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "millrace/storage/block_image.h"
#include "storage/test_data.h"

namespace millrace {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// What is in the browser's database: the three files, made of the saved blocks.
class SavedFiles {
 public:
  void Save(const BlockImages& images) {
    const std::array<const BlockImage*, 3> all = {&images.database, &images.wal, &images.journal};
    for (std::size_t i = 0; i < all.size(); ++i) {
      files_[i].resize(static_cast<std::size_t>(all[i]->size()));
      for (const std::size_t index : all[i]->ChangedBlocks()) SaveBlock(*all[i], index, files_[i]);
    }
  }
  BlockImages Load() const {
    BlockImages images;
    images.database.Write(0, files_[0]);
    images.wal.Write(0, files_[1]);
    images.journal.Write(0, files_[2]);
    return images;
  }

 private:
  static void SaveBlock(const BlockImage& image, std::size_t index, std::vector<std::byte>& file) {
    const std::size_t begin = index * BlockImage::kBlockBytes;
    const std::size_t length = std::min(BlockImage::kBlockBytes, file.size() - begin);
    std::copy_n(image.At(index).begin(), length, file.begin() + static_cast<std::ptrdiff_t>(begin));
  }

  std::array<std::vector<std::byte>, 3> files_;
};

class BlockImageStorageTest : public testing::Test {
 protected:
  void SetUp() override {
    Reopen();
    Start({Put(MakeSession("s")), Put(message_)}, Durability::kPower);
    Answer(Status::Ok());
    ASSERT_TRUE(outcome_->status.ok());
  }

  // Opens the store from what was saved, as another page would.
  void Reopen() {
    storage_.reset();
    auto opened = OpenBlockImageStorage(saved_.Load(),
                                        [this](const BlockImages& images, Durability durability,
                                               std::function<void(Status)> ended) {
                                          ASSERT_EQ(ended_, nullptr) << "one at a time";
                                          durability_ = durability;
                                          images_ = &images;
                                          ended_ = std::move(ended);
                                        },
                                        {});
    ASSERT_TRUE(opened.ok()) << opened.status().message();
    storage_ = *std::move(opened);
  }
  void Start(StorageBatch batch, Durability durability = Durability::kProcess) {
    outcome_.reset();
    storage_->Commit(std::move(batch), {durability},
                     [this](CommitOutcome outcome) { outcome_ = std::move(outcome); });
  }
  // Ends the browser's transaction: all of its blocks are saved, or none.
  void Answer(const Status& status) {
    ASSERT_NE(ended_, nullptr) << "nothing is being saved";
    if (status.ok()) saved_.Save(*images_);
    std::exchange(ended_, nullptr)(status);
  }
  bool saving() const { return ended_ != nullptr; }
  std::string Text() {
    const auto read = storage_->committed().ReadMessage(MessageId("m1"));
    return read.ok() && *read ? TextOf(**read) : "(none)";
  }
  // What a page that opens the store now would read.
  std::string TextAsSaved() {
    auto opened = OpenBlockImageStorage(saved_.Load(), {}, {});
    if (!opened.ok()) return opened.status().message();
    const auto read = (*opened)->committed().ReadMessage(MessageId("m1"));
    return read.ok() && *read ? TextOf(**read) : "(none)";
  }

  Message message_ = MakeMessage(1, "");
  SavedFiles saved_;
  std::unique_ptr<Storage> storage_;
  const BlockImages* images_ = nullptr;
  std::function<void(Status)> ended_;
  Durability durability_ = Durability::kProcess;
  std::optional<CommitOutcome> outcome_;
};

const Status kNoRoom(Code::kQuotaExceeded, "no room");

TEST_F(BlockImageStorageTest, S3_ACommitCountsOnceItsBlocksAreSaved) {
  Start({Grow(message_, "one")});
  EXPECT_TRUE(saving());
  EXPECT_EQ(durability_, Durability::kProcess);
  EXPECT_FALSE(outcome_.has_value());
  EXPECT_EQ(Text(), "") << "what is not saved is not seen";
  Answer(Status::Ok());
  ASSERT_TRUE(outcome_.has_value());
  EXPECT_TRUE(outcome_->status.ok());
  EXPECT_EQ(Text(), "one");
  EXPECT_EQ(TextAsSaved(), "one");
}

TEST_F(BlockImageStorageTest, S3_AnEmptyDurableCommitSyncsWhatWasSavedBefore) {
  Start({}, Durability::kPower);
  EXPECT_FALSE(saving()) << "nothing that could be lost";
  ASSERT_TRUE(outcome_.has_value());
  EXPECT_TRUE(outcome_->status.ok());
  Start({Grow(message_, "one")});
  Answer(Status::Ok());
  Start({}, Durability::kPower);
  ASSERT_TRUE(saving());
  EXPECT_EQ(durability_, Durability::kPower);
  Answer(Status::Ok());
  Start({}, Durability::kPower);
  EXPECT_FALSE(saving());
}

TEST_F(BlockImageStorageTest, S5_WhatCouldNotBeSavedIsUndone) {
  Message longer = message_;
  Start({Grow(longer, "lost")});
  Answer(kNoRoom);
  EXPECT_EQ(outcome_->status.code(), Code::kQuotaExceeded);
  EXPECT_EQ(Text(), "");
  EXPECT_EQ(TextAsSaved(), "");
  Start({Grow(message_, "kept")});
  Answer(Status::Ok());
  EXPECT_EQ(Text(), "kept");
  Reopen();
  EXPECT_EQ(Text(), "kept");
}

TEST_F(BlockImageStorageTest, ACommitThatFailsByItselfChangesNothing) {
  Start({Put(MakeSession("t")), Put(MakeMessage(2, "", "nowhere"))});
  EXPECT_FALSE(saving());
  EXPECT_EQ(outcome_->status.code(), Code::kNotFound);
  EXPECT_EQ(storage_->committed().ReadSessions({})->size(), 1U);
  Start({Grow(message_, "kept")});
  Answer(Status::Ok());
  EXPECT_EQ(TextAsSaved(), "kept");
}

TEST_F(BlockImageStorageTest, ReadsDuringACommitSeeTheStoreAsItIsSaved) {
  Start({Put(Finished(MakeMessage(2, "found")))}, Durability::kPower);
  EXPECT_EQ(storage_->committed().ReadMessages({})->size(), 1U);
  EXPECT_THAT(storage_->committed().Search({"found", {}, {}, {}, {}})->hits, IsEmpty());
  EXPECT_EQ(*storage_->committed().LastSeq(), 1);
  Answer(Status::Ok());
  EXPECT_EQ(storage_->committed().ReadMessages({})->size(), 2U);
  EXPECT_EQ(storage_->committed().Search({"found", {}, {}, {}, {}})->hits.size(), 1U);
  EXPECT_EQ(*storage_->committed().LastSeq(), 2);
}

// At any moment the saved blocks are a whole store with everything that was acknowledged.
TEST_F(BlockImageStorageTest, S4_WhateverWasSavedOpens) {
  std::string text;
  for (int i = 0; i < 300; ++i) {
    Start({Grow(message_, "piece ")}, i % 50 == 0 ? Durability::kPower : Durability::kProcess);
    if (i % 7 == 0) {
      EXPECT_EQ(TextAsSaved(), text) << "killed while " << i << " was being saved";
    }
    Answer(Status::Ok());
    text += "piece ";
    if (i % 7 == 0) {
      EXPECT_EQ(TextAsSaved(), text);
    }
  }
  Start({Put(Finished(message_))}, Durability::kPower);
  Answer(Status::Ok());
  const auto images = std::make_shared<BlockImages>(saved_.Load());
  EXPECT_EQ(IntegrityCheck(FilesOf(images)), "ok");
}

TEST_F(BlockImageStorageTest, AnOutcomeThatComesTooLateConcernsNobody) {
  Start({Grow(message_, "late")});
  storage_.reset();
  std::exchange(ended_, nullptr)(Status::Ok());
  EXPECT_FALSE(outcome_.has_value());
}

}  // namespace
}  // namespace millrace
