// C13, C4, C6: random traces against an obviously right model. Whatever the window, the trouble
// and the speed of the storage, the rows end the same, and so does what a subscriber holds.

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "millrace/model/patch.h"
#include "support/store_fixture.h"

namespace millrace {
namespace {

// One step of a trace, the same for every run of it.
struct Step {
  int kind = 0;
  std::string id;
  std::string text;
};

std::vector<Step> MakeTrace(unsigned seed, int length) {
  std::mt19937 random(seed);
  std::vector<Step> trace;
  for (int i = 0; i < length; ++i) {
    Step step;
    step.kind = static_cast<int>(random() % 20);
    step.id = "m" + std::to_string(random() % 4);
    step.text = std::string(1 + random() % 12, static_cast<char>('a' + random() % 26));
    trace.push_back(std::move(step));
  }
  return trace;
}

std::optional<Mutation> MutationOf(const Step& step) {
  ToolCallPart call;
  call.id = "call";
  call.name = step.text.substr(0, 1);
  switch (step.kind) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4:
      return AppendText{step.text, false};
    case 5:
    case 6:
      return AppendReasoning{step.text};
    case 7:
      return EndReasoning{""};
    case 8:
      return PutToolCall{call};
    case 9:
    case 10:
      return AppendToolInput{"call", step.text};
    case 11:
      return FinishToolCall{"call"};
    case 12:
      return AddPart{ToolResultPart{"call", "", step.text, "", "", "", false, ""}};
    case 13:
      return step.text.size() < 3 ? std::optional<Mutation>(Reset{}) : std::nullopt;
    case 14: {
      Finish finish;
      finish.reason = FinishReason::kCanceled;
      return finish;
    }
    case 15:
      return Resume{};
    default:
      return std::nullopt;
  }
}

// Message state without what a window may change: `version` counts merged deltas once.
Message Comparable(Message message) {
  message.version = 0;
  return message;
}

class RandomTrace : public StoreFixture, public ::testing::WithParamInterface<DurationMs> {
 protected:
  // The model: messages changed at once, in memory, with nothing in between.
  struct Model {
    std::map<std::string, Message> messages;

    bool Apply(const std::string& id, const Mutation& mutation, TimeMs now) {
      const auto found = messages.find(id);
      if (found == messages.end()) return false;
      Patch patch;
      const Result<Effect> effect = millrace::Apply(mutation, now, found->second, patch);
      return effect.ok();
    }
  };

  void SetUp() override {}

  void Play(unsigned seed) {
    SCOPED_TRACE("seed " + std::to_string(seed) + ", window " + std::to_string(GetParam()));
    files_ = {};
    now_ = kStart;
    StoreOptions options;
    options.window_ms = GetParam();
    OpenStore(options);
    OpenSession();
    copies_.clear();
    last_version_.clear();
    Model model;
    std::mt19937 random(seed * 7919U);
    const auto page =
        store_->OpenFeed([this](std::vector<Event> batch) { return Take(std::move(batch)); });
    for (const Step& step : MakeTrace(seed, 150)) {
      Play(step, model);
      Disturb(random, step);
      for (const auto& [id, message] : model.messages) {
        const auto fresh = store_->messages().Get(MessageId(id));
        ASSERT_TRUE(fresh.ok() && fresh->has_value()) << id;
        ASSERT_EQ(Comparable(**fresh).parts, message.parts) << id;  // C11
      }
      if (HasFatalFailure()) return;
    }
    Settle();
    for (const auto& [id, message] : model.messages) {
      const auto saved = store_->messages().Get(MessageId(id), {true});
      ASSERT_TRUE(saved.ok() && saved->has_value()) << id;
      Message expected = Comparable(message);
      expected.seq = (*saved)->seq;
      ASSERT_EQ(Comparable(**saved), expected) << id;
      ASSERT_EQ(copies_.at(MessageId(id)).parts, message.parts) << "what a subscriber holds";
    }
    ASSERT_EQ(store_->stats().pending, 0) << "C4: nothing is stranded";
  }

  void Play(const Step& step, Model& model) {
    if (!model.messages.contains(step.id)) {
      // Creates and deletes run on a quiet storage: what a held one does to them is in order_test.
      Quiet();
      CreateMessage(step.id);
      model.messages[step.id] = **store_->messages().Get(MessageId(step.id));
      return;
    }
    if (step.kind == 16 && step.text.size() > 9) {
      Quiet();
      store_->messages().Delete(MessageId(step.id), [](const Status&) {});
      model.messages.erase(step.id);
      return;
    }
    const std::optional<Mutation> mutation = MutationOf(step);
    if (!mutation) return;
    const bool expected = model.Apply(step.id, *mutation, now_);
    ASSERT_EQ(Write(step.id, *mutation).ok(), expected) << "step " << step.kind;
  }

  void Quiet() {
    storage_->set_hold(false);
    storage_->set_failure(Status::Ok());
    while (storage_->held() > 0) storage_->ReleaseOne();
  }

  // Time passes; the storage turns slow, broken or well.
  void Disturb(std::mt19937& random, const Step& step) {
    switch (random() % 8) {
      case 0:
        storage_->set_hold(true);
        break;
      case 1:
        storage_->set_failure(Status(Code::kIo, "test"));
        break;
      case 2:
      case 3:
        Quiet();
        break;
      case 4:
        if (storage_->held() > 0) storage_->ReleaseOne();
        break;
      case 5:
        if (storage_->held() > 0) storage_->FailOne(Status(Code::kQuotaExceeded, "test"));
        break;
      default:
        break;
    }
    Advance(static_cast<DurationMs>(step.text.size()) * 3);
  }

  void Settle() {
    Quiet();
    RunFor(30'000);
  }

  bool Take(std::vector<Event> batch) {
    for (const Event& event : batch) {
      if (const auto* created = std::get_if<MessageCreated>(&event)) {
        copies_[created->message->id] = *created->message;
      } else if (const auto* deleted = std::get_if<MessagesDeleted>(&event)) {
        for (const MessageId& id : deleted->ids) {
          copies_.erase(id);
          last_version_.erase(id);
        }
      } else if (const auto* updated = std::get_if<MessageUpdated>(&event)) {
        // A terminal event may find that the receiver was sent its version already, whole.
        const std::int64_t last = std::exchange(last_version_[updated->id], updated->version);
        EXPECT_GE(updated->version, last + (updated->terminal ? 0 : 1)) << "C6";
        if (updated->whole != nullptr) {
          copies_[updated->id] = *updated->whole;
        } else {
          const Status applied = ApplyPatch(*updated->patch, copies_[updated->id]);
          EXPECT_TRUE(applied.ok()) << applied.message();
        }
      }
    }
    return true;
  }

  std::map<MessageId, Message> copies_;
  std::map<MessageId, std::int64_t> last_version_;
};

TEST_P(RandomTrace, C13_EndsLikeTheModelWhateverHappensOnTheWay) {
  for (unsigned seed = 1; seed <= 150; ++seed) {
    Play(seed);
    if (HasFatalFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Windows, RandomTrace, ::testing::Values(0, 33, 1000));

}  // namespace
}  // namespace millrace
