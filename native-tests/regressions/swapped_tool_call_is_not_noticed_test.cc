// A tool call that replaced another shows up late, or after a crash not at all.
//
// A design that counts parts misses a swap. A design that compares only with memory misses what
// happened before a restart. Here structure is compared by id and content with what is on disk.

#include <gtest/gtest.h>

#include <functional>

#include "support/store_fixture.h"

namespace millrace {
namespace {

class SwappedToolCall : public StoreFixture {
 protected:
  void SetUp() override {
    OpenUnhurried();
    OpenSession();
    CreateMessage("a");
    ASSERT_TRUE(Write("a", AppendReasoning{"why"}).ok());
    ASSERT_TRUE(Write("a", EndReasoning{"signature"}).ok());
    ToolCallPart call;
    call.id = "call_1";
    call.name = "search";
    call.input = "{}";
    ASSERT_TRUE(Write("a", PutToolCall{call}).ok());
  }
  // Only terminal updates are saved within the hour.
  void OpenUnhurried() {
    StoreOptions options;
    options.window_ms = 3'600'000;
    OpenStore(options);
  }
  void Restart() {
    OpenUnhurried();  // finds the message unfinished: finishes it as interrupted
    Outcome resumed;
    store_->messages().Open(MessageId("a"), true, resumed.AsDoneMessage());
    ASSERT_TRUE(resumed.called() && resumed.status.ok()) << resumed.status.message();
  }
  Message Saved() { return **store_->messages().Get(MessageId("a"), {true}); }

  // A classic update with `change` made to the parts is on disk and told as terminal when it
  // completes. Sent again, it changes nothing.
  void ExpectAtOnce(const std::function<void(std::vector<Part>&)>& change) {
    Message snapshot = **store_->messages().Get(MessageId("a"));
    change(snapshot.parts);
    events_.clear();
    Outcome outcome;
    store_->messages().Update(snapshot, outcome.AsDoneMessage());
    ASSERT_TRUE(outcome.called() && outcome.status.ok()) << outcome.status.message();
    EXPECT_EQ(Saved().parts, snapshot.parts);
    ASSERT_EQ(EventsOf<MessageUpdated>().size(), 1U);
    EXPECT_TRUE(EventsOf<MessageUpdated>()[0].terminal);
    const std::size_t commits = storage_->commits_seen();
    snapshot = **store_->messages().Get(MessageId("a"));
    Outcome again;
    store_->messages().Update(snapshot, again.AsDoneMessage());
    EXPECT_TRUE(again.called() && again.status.ok());
    EXPECT_EQ(storage_->commits_seen(), commits);
  }
  void ExpectAllKindsAtOnce() {
    ExpectAtOnce([](auto& parts) { std::get<ToolCallPart>(parts[1]).id = "call_2"; });
    ExpectAtOnce([](auto& parts) { std::get<ToolCallPart>(parts[1]).name = "find"; });
    ExpectAtOnce([](auto& parts) { std::get<ToolCallPart>(parts[1]).finished = true; });
    ExpectAtOnce([](auto& parts) {
      parts[1] = ToolResultPart{"call_2", "find", "found", "", "", "", false, ""};
    });
    // The second section replaces the first, so the number stays the same.
    ExpectAtOnce([](auto& parts) { parts[0] = ReasoningPart{"how", "other", 1, 2, ""}; });
  }
};

TEST_F(SwappedToolCall, C2_EachSwapGoesThroughAtOnce) { ExpectAllKindsAtOnce(); }

TEST_F(SwappedToolCall, C8_AlsoAfterARestart) {
  Restart();
  ASSERT_FALSE(HasFatalFailure());
  ExpectAllKindsAtOnce();
}

TEST_F(SwappedToolCall, C8_AlsoAfterTheMessageHasLeftMemory) {
  RunFor(10 * 3'600'000LL);
  ASSERT_EQ(store_->stats().live_messages, 0);
  ExpectAllKindsAtOnce();
}

TEST_F(SwappedToolCall, C8_ASecondReasoningSectionAfterARestartIsOneOfItsOwn) {
  Restart();
  ASSERT_FALSE(HasFatalFailure());
  ASSERT_TRUE(Write("a", AppendReasoning{"and how"}).ok());
  ASSERT_TRUE(Write("a", EndReasoning{"second"}).ok());
  const Message saved = Saved();
  ASSERT_EQ(saved.parts.size(), 3U);
  EXPECT_EQ(std::get<ReasoningPart>(saved.parts[0]).text, "why");
  EXPECT_EQ(std::get<ReasoningPart>(saved.parts[2]).signature, "second");
}

}  // namespace
}  // namespace millrace
