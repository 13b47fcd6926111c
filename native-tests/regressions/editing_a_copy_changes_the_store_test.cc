// A tool call stays "running" for ever, because a listener had already ticked it off in its own
// copy.
//
// If snapshots share their parts with the store, a listener can change what later updates are
// compared with. Here everything that the store hands out or takes in belongs to its holder alone.

#include <gtest/gtest.h>

#include "support/store_fixture.h"

namespace millrace {
namespace {

class EditedCopy : public StoreFixture {
 protected:
  void SetUp() override {
    StoreOptions options;
    options.window_ms = 3'600'000;
    OpenWith({"a"}, options);
    ToolCallPart call;
    call.id = "call_1";
    call.name = "search";
    ASSERT_TRUE(Write("a", PutToolCall{call}).ok());
    events_.clear();
  }
  Message Accepted() { return **store_->messages().Get(MessageId("a")); }
  bool SavedAsFinished() {
    const auto saved = store_->messages().Get(MessageId("a"), {true});
    return std::get<ToolCallPart>((*saved)->parts[0]).finished;
  }
  static void TickOff(Message& copy) { std::get<ToolCallPart>(copy.parts.at(0)).finished = true; }
  // The real finish of the call is still a change: it is saved and told at once.
  void ExpectTheFinishIsNoticed() {
    ASSERT_FALSE(SavedAsFinished());
    events_.clear();
    Message update = Accepted();
    TickOff(update);
    Outcome outcome;
    store_->messages().Update(update, outcome.AsDoneMessage());
    ASSERT_TRUE(outcome.called() && outcome.status.ok()) << outcome.status.message();
    EXPECT_TRUE(SavedAsFinished());
    ASSERT_EQ(EventsOf<MessageUpdated>().size(), 1U);
    EXPECT_TRUE(EventsOf<MessageUpdated>()[0].terminal);
  }
};

TEST_F(EditedCopy, C15_OfAMessageThatWasRead) {
  Message copy = Accepted();
  TickOff(copy);
  auto list = store_->messages().List(SessionId("s"));
  ASSERT_TRUE(list.ok());
  for (Message& message : *list) TickOff(message);
  ExpectTheFinishIsNoticed();
}

TEST_F(EditedCopy, C15_OfAMessageThatAListenerWasSent) {
  std::optional<Message> held;
  const auto feed = store_->OpenFeed([&](std::vector<Event> batch) {
    for (Event& event : batch) {
      auto* updated = std::get_if<MessageUpdated>(&event);
      if (updated == nullptr || updated->whole == nullptr) continue;
      static_assert(std::is_const_v<std::remove_reference_t<decltype(*updated->whole)>>,
                    "what listeners share cannot be written");
      held = *updated->whole;
      TickOff(*held);
      updated->whole = nullptr;
    }
    return true;
  });
  ASSERT_TRUE(Write("a", AddPart{ToolResultPart{}}).ok());  // sent whole: the listener is new
  ASSERT_TRUE(held.has_value());
  ExpectTheFinishIsNoticed();
}

TEST_F(EditedCopy, C15_OfASnapshotThatWasHandedIn) {
  auto snapshot = std::make_unique<Message>(Accepted());
  snapshot->parts.emplace_back(TextPart{"text", false, ""});
  Outcome outcome;
  store_->messages().Update(*snapshot, [&](const Result<Message>& result) {
    outcome.AsDoneMessage()(result);
    Message answer = *result;
    TickOff(answer);
  });
  TickOff(*snapshot);
  std::get<TextPart>(snapshot->parts.back()).text = "something else";
  snapshot.reset();
  ASSERT_TRUE(outcome.called() && outcome.status.ok());
  EXPECT_EQ(TextOf("a"), "text");
  ExpectTheFinishIsNoticed();
}

}  // namespace
}  // namespace millrace
