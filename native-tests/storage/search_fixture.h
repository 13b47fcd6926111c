#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "millrace/storage/sqlite_storage.h"
#include "storage/fault_block_file.h"
#include "storage/test_data.h"

namespace millrace {

// A store with the sessions "s" and "t", for searches.
class SearchFixture : public testing::Test {
 protected:
  void SetUp() override {
    auto storage = OpenSqliteStorage(disk_.Files(), Options());
    ASSERT_TRUE(storage.ok()) << storage.status().message();
    storage_ = *std::move(storage);
    ASSERT_TRUE(Commit(*storage_, {Put(MakeSession("s")), Put(MakeSession("t"))}).ok());
  }
  virtual SqliteOptions Options() { return {}; }

  // Stores a finished message "m<seq>".
  void Store(std::int64_t seq, const std::string& text, const std::string& session = "s") {
    const Status status = Commit(*storage_, {Put(Finished(MakeMessage(seq, text, session)))});
    ASSERT_TRUE(status.ok()) << status.message();
  }
  SearchPage Page(const SearchQuery& query) {
    auto page = storage_->committed().Search(query);
    EXPECT_TRUE(page.ok()) << page.status().message();
    return page.ok() ? *page : SearchPage();
  }
  static std::vector<std::string> Ids(const SearchPage& page) {
    std::vector<std::string> ids;
    for (const SearchHit& hit : page.hits) ids.push_back(hit.message_id.value);
    return ids;
  }

  FaultDisk disk_;
  std::unique_ptr<Storage> storage_;
};

}  // namespace millrace
