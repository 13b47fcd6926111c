#include "millrace/base/status.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "millrace/base/ids.h"

namespace millrace {
namespace {

TEST(Status, IsOkByDefault) {
  const Status status;
  EXPECT_TRUE(status.ok());
  EXPECT_EQ(status.code(), Code::kOk);
  EXPECT_EQ(status, Status::Ok());
}

TEST(Status, CarriesCodeAndMessage) {
  const Status status = NotFound("no message m1");
  EXPECT_FALSE(status.ok());
  EXPECT_EQ(status.code(), Code::kNotFound);
  EXPECT_EQ(status.message(), "no message m1");
  EXPECT_EQ(InvalidArgument("x").code(), Code::kInvalidArgument);
  EXPECT_EQ(Internal("x").code(), Code::kInternal);
}

TEST(Status, CodeNamesAreDistinctAndReadBack) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(Code::kInternal); ++i) {
    const auto code = static_cast<Code>(i);
    EXPECT_EQ(CodeFromName(CodeName(code)), code) << CodeName(code);
    names.insert(CodeName(code));
  }
  EXPECT_EQ(names.size(), static_cast<std::size_t>(Code::kInternal) + 1);
  EXPECT_EQ(CodeName(Code::kQuotaExceeded), "quota-exceeded");
  EXPECT_EQ(CodeName(Code::kNewerSchema), "newer-schema");
  EXPECT_EQ(CodeFromName("no-such-code"), std::nullopt);
}

TEST(Result, HoldsAValueOrTheStatus) {
  Result<std::unique_ptr<int>> good = std::make_unique<int>(7);
  ASSERT_TRUE(good.ok());
  EXPECT_EQ(**good, 7);
  const std::unique_ptr<int> taken = *std::move(good);
  EXPECT_EQ(*taken, 7);

  const Result<int> bad = Status(Code::kIo, "disk gone");
  EXPECT_FALSE(bad.ok());
  EXPECT_EQ(bad.status(), Status(Code::kIo, "disk gone"));
}

TEST(Id, HashesAndComparesByValue) {
  const std::unordered_map<MessageId, int> numbers = {{MessageId("a"), 1}, {MessageId("b"), 2}};
  EXPECT_EQ(numbers.at(MessageId("b")), 2);
  EXPECT_LT(MessageId("a"), MessageId("b"));
  EXPECT_TRUE(MessageId().empty());
}

}  // namespace
}  // namespace millrace
