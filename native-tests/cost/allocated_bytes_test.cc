// C10, counted in bytes and not timed: neither accepting a delta nor a window's commit copies the
// message. SQLite's own memory is not counted; SQLite only gets what was added since.

#include <gtest/gtest.h>

#include "bench/allocations.h"
#include "support/store_fixture.h"

namespace millrace {
namespace {

constexpr std::size_t kMegabyte = 1024 * 1024;

class AllocatedBytes : public StoreFixture {
 protected:
  void SetUp() override {
    StoreFixture::SetUp();
    OpenSession();
    CreateMessage("m");
    Append("m", std::string(kMegabyte, 'x'));
    Advance(33);
    Append("m", "y");  // the text has grown its capacity now
    Advance(33);
    events_.clear();
  }
  template <typename F>
  static std::int64_t BytesOf(F what) {
    const bench::Allocations before = bench::AllocationsSoFar();
    what();
    return (bench::AllocationsSoFar() - before).bytes;
  }
};

TEST_F(AllocatedBytes, C10_AcceptingADeltaTakesNothingOfTheMessagesSize) {
  EXPECT_LT(BytesOf([this] { Append("m", "word"); }), 4096);
}

TEST_F(AllocatedBytes, C10_AWindowsCommitAndItsEventTakeNothingOfTheMessagesSize) {
  Append("m", "word");
  EXPECT_LT(BytesOf([this] { Advance(33); }), 32 * 1024);
  ASSERT_EQ(EventsOf<MessageUpdated>().size(), 1U);
  EXPECT_EQ(SavedTextOf("m").size(), kMegabyte + 5);
}

}  // namespace
}  // namespace millrace
