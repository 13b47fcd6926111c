// Closing the application crashes it, or a listener is called after everything was closed.
//
// Several callers may close at once, from inside a callback, and while writes are under way. Here
// each caller gets one answer, and every subscription ends.

#include <gtest/gtest.h>

#include <optional>

#include "pubsub/note.h"
#include "support/store_fixture.h"

namespace millrace {
namespace {

class ClosingTwice : public StoreFixture {
 protected:
  void SetUp() override {
    StoreFixture::SetUp();
    OpenSession();
    CreateMessage("a");
  }
};

TEST_F(ClosingTwice, C14_TheStoreAtOnceWithAWriteUnderWay) {
  storage_->set_hold(true);
  Append("a", "last words");
  Advance(33);
  Outcome first;
  Outcome second;
  store_->Close(now_ + 5000, first.AsDone());
  store_->Close(now_ + 5000, second.AsDone());
  storage_->set_hold(false);
  while (storage_->held() > 0) storage_->ReleaseOne();
  Outcome third;
  store_->Close(now_ + 5000, third.AsDone());
  for (const Outcome* outcome : {&first, &second, &third}) EXPECT_EQ(outcome->calls, 1);
  EXPECT_TRUE(first.status.ok()) << first.status.message();
  EXPECT_EQ(third.status.code(), Code::kClosed);
  const std::size_t heard = events_.size();
  Advance(10'000);
  feed_->Grant(1);
  EXPECT_EQ(events_.size(), heard);
  OpenStore({});
  EXPECT_EQ(TextOf("a"), "last words");
}

TEST_F(ClosingTwice, C14_TheStoreFromInsideAListener) {
  Outcome inner;
  const auto closing = store_->OpenFeed([&](const std::vector<Event>&) {
    if (!inner.called()) store_->Close(now_ + 5000, inner.AsDone());
    return true;
  });
  ASSERT_TRUE(Write("a", Finish{}).ok());
  EXPECT_EQ(inner.calls, 1);
  EXPECT_TRUE(inner.status.ok()) << inner.status.message();
  Outcome again;
  store_->Close(now_ + 5000, again.AsDone());
  EXPECT_EQ(again.status.code(), Code::kClosed);
}

TEST(ClosingTwiceBroker, B6_EndsEverySubscriptionOnce) {
  NoteStore notes;
  NoteBroker broker({}, notes.Reader());
  Recorder heard;
  std::vector<Subscription> subscriptions;
  int calls = 0;
  for (int i = 0; i < 100; ++i) {
    subscriptions.push_back(broker.Subscribe(std::nullopt, [&](const Batch&) {
      ++calls;
      broker.Shutdown();
      broker.Shutdown();
      return true;
    }));
    subscriptions.push_back(broker.Subscribe(std::nullopt, heard.Callback(), i % 2));
  }
  broker.Publish({Final(1, 1)});
  broker.Shutdown();
  EXPECT_EQ(calls, 1) << "the first one to hear it closed it for all";
  for (Subscription& subscription : subscriptions) {
    EXPECT_TRUE(subscription.closed());
    subscription.Grant(1);
  }
  broker.Publish({Final(1, 2)});
  EXPECT_TRUE(heard.batches.empty());
  EXPECT_TRUE(broker.Subscribe(std::nullopt, heard.Callback()).closed());
  EXPECT_EQ(broker.counters().subscriber_count, 0);
}

}  // namespace
}  // namespace millrace
