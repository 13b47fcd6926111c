#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "support/store_fixture.h"

namespace millrace {

// A store with a session "s", whose messages are named by a letter each.
class Tree : public StoreFixture {
 protected:
  void SetUp() override {
    StoreFixture::SetUp();
    OpenSession();
  }

  // `after`: the parent; "": none; unset: the head.
  Status Create(const std::string& id, std::optional<std::string> after = std::nullopt,
                const std::string& session = "s") {
    std::optional<MessageId> parent;
    if (after) parent = MessageId(*after);
    Message init = Init(id, session);
    init.role = Role::kUser;
    Outcome outcome;
    store_->messages().Create({std::move(init), std::move(parent)}, outcome.AsDoneMessage());
    EXPECT_TRUE(outcome.called());
    return outcome.status;
  }
  // a ── b ── c ── d
  //      └─── e ── f
  void Fork() {
    for (const char* id : {"a", "b", "c", "d"}) ASSERT_TRUE(Create(id).ok());
    ASSERT_TRUE(Create("e", "b").ok());
    ASSERT_TRUE(Create("f").ok());
  }
  static std::vector<std::string> IdsOf(const Result<std::vector<Message>>& messages) {
    if (!messages.ok()) return {"error: " + messages.status().message()};
    std::vector<std::string> ids;
    for (const Message& message : *messages) ids.push_back(message.id.value);
    return ids;
  }
  std::vector<std::string> Path(ListOptions options = {}) {
    return IdsOf(store_->messages().List(SessionId("s"), std::move(options)));
  }
  std::vector<std::string> PathTo(const std::string& head) {
    ListOptions options;
    options.head = MessageId(head);
    return Path(options);
  }
  std::string Head() { return (**store_->sessions().Get(SessionId("s"))).head_id.value; }
  std::string ParentOf(const std::string& id) {
    return (**store_->messages().Get(MessageId(id))).parent_id.value;
  }
  Status SwitchTo(const std::string& id) {
    Outcome outcome;
    store_->sessions().SwitchTo(SessionId("s"), MessageId(id), outcome.AsDoneSession());
    EXPECT_TRUE(outcome.called());
    return outcome.status;
  }
  void Delete(const std::string& id, bool branch = false) {
    Outcome outcome;
    store_->messages().Delete(MessageId(id), outcome.AsDone(), branch);
    ASSERT_TRUE(outcome.called() && outcome.status.ok()) << outcome.status.message();
  }
  // "b: c e" for each message that several follow.
  std::vector<std::string> Branches() {
    std::vector<std::string> lines;
    const auto branches = store_->messages().Branches(SessionId("s"));
    for (const Branching& branch : *branches) {
      std::string line = branch.parent.value + ":";
      for (const MessageId& child : branch.children) line += " " + child.value;
      lines.push_back(line);
    }
    return lines;
  }
};

}  // namespace millrace
