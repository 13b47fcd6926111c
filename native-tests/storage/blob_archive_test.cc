// The content of blobs in an exported file (contracts S7, D5, S8).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "millrace/storage/blob_archive.h"
#include "millrace/storage/sqlite_storage.h"
#include "storage/fault_block_file.h"
#include "storage/fixtures/crush_database.h"
#include "storage/raw_database.h"
#include "storage/storage_script.h"
#include "storage/test_data.h"

namespace millrace {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

Message Naming(std::int64_t seq, const std::string& blob) {
  Message message = Finished(MakeMessage(seq, "look"));
  FilePart file;
  file.media_type = "image/png";
  file.blob = blob;
  message.parts.insert(message.parts.begin(), file);
  return message;
}

class Archive : public testing::Test {
 protected:
  void SetUp() override {
    auto storage = OpenSqliteStorage(disk_.Files());
    ASSERT_TRUE(storage.ok());
    storage_ = *std::move(storage);
    StorageBatch batch = {Put(MakeSession("s"))};
    for (const char* id : {"a", "b", "empty", "lonely"}) {
      batch.push_back(PutBlob{{id, 9, std::string("image/") + id, 5}});
    }
    batch.push_back(Put(Naming(1, "a")));
    batch.push_back(Put(Naming(2, "b")));
    batch.push_back(Put(Naming(3, "empty")));
    ASSERT_TRUE(Commit(*storage_, std::move(batch)).ok());
    ASSERT_TRUE(storage_->committed().Export(file_).ok());
  }
  void Fill() {
    auto archive = OpenBlobArchiveToWrite(file_);
    ASSERT_TRUE(archive.ok()) << archive.status().message();
    const std::vector<std::pair<std::string, std::string>> pieces = {
        {"a", std::string("one\0two", 7)},
        {"a", std::string(300'000, 'x')},
        {"empty", ""},
        {"b", "b only"}};
    for (const auto& [blob, piece] : pieces) ASSERT_TRUE((*archive)->Add(blob, piece).ok());
  }
  // Reads the blobs that are wanted.
  static std::map<std::string, std::string> Content(BlobArchive& archive,
                                                    const std::string& unwanted = "") {
    std::map<std::string, std::string> content;
    for (;;) {
      const auto blob = archive.NextBlob();
      EXPECT_TRUE(blob.ok()) << blob.status().message();
      if (!blob.ok() || !*blob) return content;
      if ((*blob)->id == unwanted) continue;
      std::string& whole = content[(*blob)->id];
      for (;;) {
        auto piece = archive.NextPiece();
        EXPECT_TRUE(piece.ok()) << piece.status().message();
        if (!piece.ok() || !*piece) break;
        whole += **piece;
      }
    }
  }

  FaultDisk disk_;
  std::unique_ptr<Storage> storage_;
  std::shared_ptr<BlockFile> file_ = MakeMemoryBlockFile();
};

TEST_F(Archive, D5_KnowsWhichBlobsItsMessagesName) {
  auto archive = OpenBlobArchiveToWrite(file_);
  ASSERT_TRUE(archive.ok());
  const auto named = (*archive)->Named();
  ASSERT_TRUE(named.ok()) << named.status().message();
  std::vector<std::string> ids;
  for (const BlobInfo& blob : *named) ids.push_back(blob.id + " " + blob.media_type);
  EXPECT_THAT(ids, UnorderedElementsAre("a image/a", "b image/b", "empty image/empty"));
}

TEST_F(Archive, S7_ContentComesBackAsItWas) {
  Fill();
  auto archive = OpenBlobArchiveToRead(file_);
  ASSERT_TRUE(archive.ok()) << archive.status().message();
  EXPECT_THAT(Content(**archive), UnorderedElementsAre(Pair("a", std::string("one\0two", 7) +
                                                                     std::string(300'000, 'x')),
                                                       Pair("b", "b only"), Pair("empty", "")));
}

TEST_F(Archive, S7_WhatIsNotWantedIsSkipped) {
  Fill();
  auto archive = OpenBlobArchiveToRead(file_);
  ASSERT_TRUE(archive.ok());
  EXPECT_THAT(Content(**archive, "a"),
              UnorderedElementsAre(Pair("b", "b only"), Pair("empty", "")));
}

TEST_F(Archive, S7_TheMessagesOfSuchAFileAreImportedAsEver) {
  Fill();
  FaultDisk other;
  auto storage = OpenSqliteStorage(other.Files());
  auto source = OpenImportSource(file_, 1);
  ASSERT_TRUE(source.ok()) << source.status().message();
  auto added = std::make_shared<ImportCounts>();
  ASSERT_TRUE(Commit(**storage, {ImportContent{*std::move(source), 1, added}}).ok());
  EXPECT_EQ(added->messages, 3);
}

TEST_F(Archive, S7_OlderAndForeignFilesHaveNone) {
  FaultDisk older = MakeOlderStore(8);
  auto of_older = OpenBlobArchiveToRead(std::shared_ptr<BlockFile>(older.Files().database));
  ASSERT_TRUE(of_older.ok()) << of_older.status().message();
  EXPECT_THAT(Content(**of_older), IsEmpty());
  auto of_crush = OpenBlobArchiveToRead(RawDatabase(kCrushDatabase));
  ASSERT_TRUE(of_crush.ok()) << of_crush.status().message();
  EXPECT_THAT(Content(**of_crush), IsEmpty());
  EXPECT_EQ(OpenBlobArchiveToRead(MakeMemoryBlockFile()).status().code(), Code::kInvalidArgument);
}

// Pieces of a blob that is in no other table, numbers below zero, pieces that are not together.
TEST_F(Archive, S8_OddPiecesAreReadOnce) {
  RunRaw(file_,
         "INSERT INTO blob_pieces(n, blob, data) VALUES(-5, 'x', x'00'), (1, 'x', x'01'), "
         "(2, 'y', x'02'), (3, 'x', x'03'), (9223372036854775807, 'z', x'04')");
  auto archive = OpenBlobArchiveToRead(file_);
  ASSERT_TRUE(archive.ok());
  std::vector<std::string> seen;
  for (int i = 0; i < 10; ++i) {
    const auto blob = (*archive)->NextBlob();
    ASSERT_TRUE(blob.ok()) << blob.status().message();
    if (!*blob) break;
    seen.push_back((*blob)->id);
    for (auto piece = (*archive)->NextPiece(); piece.ok() && *piece;
         piece = (*archive)->NextPiece()) {
      seen.back() += ' ' + std::to_string((*piece)->front());
    }
  }
  EXPECT_THAT(seen, ElementsAre("x 1", "y 2", "x 3", "z 4"));
}

}  // namespace
}  // namespace millrace
