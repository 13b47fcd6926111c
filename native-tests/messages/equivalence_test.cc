// C13: the same updates leave the same rows, and the same last event of each message, with any
// window and whatever the storage does. The others are compared with window 0, which coalesces
// nothing.

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <variant>

#include "model/mutation_source.h"
#include "regressions/page.h"
#include "support/store_fixture.h"

namespace millrace {
namespace {

// ---- the script: the same steps for every window

struct CreateStep {
  Message init;
};
struct WriteStep {
  MessageId id;
  MessageWrite write;
};
// The classic update with a whole snapshot. A stale one comes from somebody who read the message
// before anyone wrote to it.
struct UpdateStep {
  MessageId id;
  Replace snapshot;
  bool stale = false;
};
struct DeleteStep {
  MessageId id;
};
// What the storage does from this step on.
enum class StorageStep { kWell, kHeld, kReleaseOne, kFailOne, kFailing };
struct TimeStep {
  DurationMs pass = 0;
};
struct GrantStep {};  // the slow page is ready for one more batch

using Step =
    std::variant<CreateStep, WriteStep, UpdateStep, DeleteStep, StorageStep, TimeStep, GrantStep>;

// Writes a script. Snapshots are made from the message at that step, so the script applies each
// change by itself and keeps the resulting messages.
class Script {
 public:
  // `troubled`: the storage may be slow and fail.
  Script(unsigned seed, bool troubled, TimeMs start)
      : random_(seed),
        troubled_(troubled),
        source_([this](std::uint32_t n) { return Below(n); }),
        now_(start) {}

  std::vector<Step> Write(int length) {
    while (static_cast<int>(steps_.size()) < length) {
      AddChange();
      if (troubled_ && Below(4) == 0) AddStorageStep();
      if (Below(3) != 0) AddTime();
      if (Below(8) == 0) steps_.emplace_back(GrantStep{});
    }
    return std::move(steps_);
  }

 private:
  std::uint32_t Below(std::uint32_t n) { return static_cast<std::uint32_t>(random_()) % n; }

  void AddChange() {
    const std::uint32_t kind = messages_.empty() ? 0 : Below(16);
    if (kind == 0) return AddCreate();
    auto at = messages_.begin();
    std::advance(at, Below(static_cast<std::uint32_t>(messages_.size())));
    auto& [id, message] = *at;
    if (kind == 1 && Below(2) == 0) {
      steps_.emplace_back(DeleteStep{id});
      structural_ |= held_;
      if (Below(2) == 0) return;  // sometimes written to again: each such write is not found
      messages_.erase(at);
    } else if (kind < 5) {
      AddUpdate(id, message);
    } else {
      WriteStep step{id, {}};
      bool terminal = false;
      for (std::uint32_t i = Below(4) == 0 ? Below(5) : 1; i > 0; --i) {
        step.write.mutations.push_back(NextChange(message));
        terminal |= Apply(step.write.mutations.back(), message);
      }
      // As the readers of streams give it: with the updates that go through at once.
      if (terminal && Below(2) == 0) step.write.usage = Usage{Below(5), Below(5)};
      steps_.emplace_back(std::move(step));
    }
  }

  // Each id is used once: whether the id of a deleted message is free depends on when the delete
  // was saved.
  void AddCreate() {
    Message message;
    message.id = MessageId("m" + std::to_string(++created_));
    message.session_id = SessionId("s");
    if (Below(5) == 0) message.role = Role::kUser;
    if (Below(3) == 0) message.parts.push_back(source_.NextPart());
    steps_.emplace_back(CreateStep{message});
    structural_ |= held_;
    messages_[message.id] = std::move(message);
  }

  void AddUpdate(const MessageId& id, Message& message) {
    Mutation mutation = source_.Next(message);
    while (!std::holds_alternative<Replace>(mutation)) mutation = source_.Next(message);
    UpdateStep step{id, std::get<Replace>(mutation), Below(6) == 0 && message.version > 1};
    if (!step.stale) Apply(mutation, message);
    steps_.emplace_back(std::move(step));
  }

  // Returns whether it was terminal.
  bool Apply(const Mutation& mutation, Message& message) const {
    Patch patch;
    const Result<Effect> effect = millrace::Apply(mutation, now_, message, patch);
    return effect.ok() && *effect == Effect::kTerminal;
  }

  // A held commit is failed only if no create and no delete can be among the held ones. The window
  // decides which commit carries them, and a failed create means one message less.
  void AddStorageStep() {
    auto step = static_cast<StorageStep>(Below(5));
    if (step == StorageStep::kFailOne && structural_) step = StorageStep::kReleaseOne;
    if (step == StorageStep::kHeld) {
      held_ = true;
    } else if (step == StorageStep::kWell || step == StorageStep::kFailing) {
      held_ = structural_ = false;
    }
    steps_.emplace_back(step);
  }

  void AddTime() {
    constexpr DurationMs kTimes[] = {0, 1, 5, 17, 33, 40, 200, 1500, 70'000};
    const DurationMs pass = kTimes[Below(Below(4) == 0 ? 9 : 6)];
    now_ += pass;
    steps_.emplace_back(TimeStep{pass});
  }

  std::mt19937 random_;
  const bool troubled_;
  // No notes: the sums of a session keep what a message that was deleted had used when it was
  // saved, and that depends on the window.
  Mutation NextChange(const Message& message) {
    Mutation mutation = source_.Next(message);
    while (std::holds_alternative<SetMetadata>(mutation) ||
           std::holds_alternative<SetUsage>(mutation) ||
           std::holds_alternative<SetResume>(mutation)) {
      mutation = source_.Next(message);
    }
    return mutation;
  }

  MutationSource source_;
  TimeMs now_;
  int created_ = 0;
  bool held_ = false;
  bool structural_ = false;  // a create or delete came since commits are held
  std::map<MessageId, Message> messages_;
  std::vector<Step> steps_;
};

// ---- what is left after a script

struct Remains {
  std::vector<Message> rows;  // in the order of creation, versions aside
  std::map<MessageId, Page::Heard> last;
  std::vector<Code> accepted;   // the immediate answer to each write
  std::vector<Code> completed;  // how each other call ended
  Session session;
};

class Equivalence : public StoreFixture {
 protected:
  static constexpr DurationMs kSettled = 2 * 3'600'000LL;

  void SetUp() override {}

  Remains Play(const std::vector<Step>& script, DurationMs window) {
    files_ = {};
    now_ = kStart;
    remains_ = {};
    completions_.clear();
    StoreOptions options;
    options.window_ms = window;
    options.broker.mailbox_capacity = 3;
    OpenStore(options);
    OpenSession();
    Page page;
    Page slow_page;
    const auto live = store_->OpenFeed(page.Deliver());
    const auto slow = store_->OpenFeed(slow_page.Deliver(), 1);
    for (const Step& step : script) {
      if (std::holds_alternative<GrantStep>(step)) slow->Grant(1);
      std::visit([this](const auto& each) { Do(each); }, step);
    }
    Do(StorageStep::kWell);
    RunFor(kSettled);
    slow->Grant(1);
    Collect(page);
    ExpectShown(page);
    ExpectShown(slow_page);
    return std::move(remains_);
  }

  void Do(const CreateStep& step) {
    store_->messages().Create(step.init, [done = Completion()](const Result<Message>& result) {
      *done = result.status();
    });
  }
  void Do(const WriteStep& step) {
    remains_.accepted.push_back(store_->messages().Write(step.id, step.write).status().code());
  }
  void Do(const UpdateStep& step) {
    const auto read = store_->messages().Get(step.id);
    ASSERT_TRUE(read.ok());
    Message snapshot = read->value_or(Init(step.id.value));
    snapshot.parts = step.snapshot.parts;
    snapshot.model = step.snapshot.model;
    snapshot.provider = step.snapshot.provider;
    snapshot.is_summary = step.snapshot.is_summary;
    if (step.stale) snapshot.version = 0;
    store_->messages().Update(
        std::move(snapshot),
        [done = Completion()](const Result<Message>& result) { *done = result.status(); });
  }
  void Do(const DeleteStep& step) {
    store_->messages().Delete(step.id,
                              [done = Completion()](const Status& status) { *done = status; });
  }
  void Do(StorageStep step) {
    if (step == StorageStep::kReleaseOne) {
      if (storage_->held() > 0) storage_->ReleaseOne();
      return;
    }
    if (step == StorageStep::kFailOne) {
      if (storage_->held() > 0) storage_->FailOne(Status(Code::kQuotaExceeded, "test"));
      return;
    }
    storage_->set_hold(step == StorageStep::kHeld);
    storage_->set_failure(Status::Ok());
    if (step == StorageStep::kHeld) return;
    while (storage_->held() > 0) storage_->ReleaseOne();
    if (step == StorageStep::kFailing) storage_->set_failure(Status(Code::kIo, "test"));
  }
  void Do(const TimeStep& step) { RunFor(step.pass); }
  void Do(const GrantStep&) {}

  // A place for the status of a call that completes later.
  std::shared_ptr<Status> Completion() {
    completions_.push_back(std::make_shared<Status>(Code::kInternal, "never called"));
    return completions_.back();
  }

  void Collect(const Page& page) {
    EXPECT_EQ(store_->stats().pending, 0) << "C4: nothing is stranded";
    ListOptions committed;
    committed.committed = true;
    const auto rows = store_->messages().List(SessionId("s"), committed);
    ASSERT_TRUE(rows.ok()) << rows.status().message();
    remains_.rows = *rows;
    remains_.last = page.last;
    for (const auto& done : completions_) {
      EXPECT_NE(done->message(), "never called");
      remains_.completed.push_back(done->code());
    }
    remains_.session = **store_->sessions().Get(SessionId("s"));
  }

  // Every listener ends with what is on disk, and was told of each end as terminal.
  void ExpectShown(Page& page) {
    EXPECT_EQ(page.broken, "");
    for (const MessageId& id : page.unconfirmed) {
      if (!store_->messages().Get(id)->has_value()) page.copies.erase(id);
    }
    ASSERT_EQ(page.copies.size(), remains_.rows.size());
    for (const Message& row : remains_.rows) {
      ASSERT_TRUE(page.copies.contains(row.id)) << row.id.value;
      EXPECT_EQ(WithoutVersion(page.copies.at(row.id)), WithoutVersion(row)) << row.id.value;
      EXPECT_TRUE(!row.finished() || page.finishes.contains(row.id) || page.lagged > 0)
          << row.id.value;
    }
  }

  static Message WithoutVersion(Message message) {
    message.version = 0;
    return message;
  }

  static void ExpectSame(const Remains& expected, const Remains& remains, bool troubled) {
    EXPECT_EQ(remains.accepted, expected.accepted);
    // With trouble and deletes, the caller of a change that is not saved yet gets an error.
    if (!troubled) {
      EXPECT_EQ(remains.completed, expected.completed);
    }
    ASSERT_EQ(remains.rows.size(), expected.rows.size());
    for (std::size_t i = 0; i < expected.rows.size(); ++i) {
      EXPECT_EQ(WithoutVersion(remains.rows[i]), WithoutVersion(expected.rows[i])) << i;
    }
    if (!troubled) {  // a delete drops unsaved usage, and slow commits save late
      EXPECT_EQ(remains.session.prompt_tokens, expected.session.prompt_tokens);
      EXPECT_EQ(remains.session.completion_tokens, expected.session.completion_tokens);
    }
    EXPECT_EQ(remains.session.message_count, expected.session.message_count);
    ASSERT_EQ(remains.last.size(), expected.last.size());
    for (const auto& [id, heard] : expected.last) {
      EXPECT_EQ(remains.last.at(id).type, heard.type) << id.value;
    }
  }

  // Compares window 0 and half of the others in turn.
  static constexpr DurationMs kWindows[2][2] = {{33, 3'600'000}, {1, 1000}};

  void ExpectEquivalent(unsigned first_seed, unsigned seeds, bool troubled) {
    for (unsigned seed = first_seed; seed < first_seed + seeds; ++seed) {
      const std::vector<Step> script = Script(seed, troubled, kStart).Write(50);
      SCOPED_TRACE("seed " + std::to_string(seed));
      const Remains expected = Play(script, 0);
      for (const DurationMs window : kWindows[seed % 2]) {
        SCOPED_TRACE("window " + std::to_string(window));
        ExpectSame(expected, Play(script, window), troubled);
        if (HasFailure()) return;
      }
    }
  }

  Remains remains_;
  std::vector<std::shared_ptr<Status>> completions_;
};

TEST_F(Equivalence, C13_AnyWindowLeavesTheSameRowsAndLastEvents) { ExpectEquivalent(1, 70, false); }

TEST_F(Equivalence, C13_AlsoOverFailuresAndSlowCommits) { ExpectEquivalent(1001, 130, true); }

}  // namespace
}  // namespace millrace
