// Random traces. Whatever the subscribers do, each sees every subject's newest state in the end,
// never sees a version go back, and is told of every loss.

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "pubsub/note.h"

namespace millrace {
namespace {

constexpr int kDeletedVersion = 1'000'000;

// One subscriber and what it knows. It checks every batch as it comes.
struct Watcher {
  std::map<int, int> version;  // newest seen; kDeletedVersion after deleted
  std::map<int, int> finals;
  std::map<std::string, bool> told;  // subjects named as lost, and gone
  std::int64_t told_dropped = 0;
  int first_subject = 0;  // created after it subscribed
  bool fails = false;
  Subscription subscription;

  void Take(const Batch& batch) {
    ASSERT_FALSE(batch.empty());
    for (std::size_t i = 0; i < batch.size(); ++i) {
      const Note& note = batch[i];
      if (note.kind == Note::kLagged) {
        ASSERT_EQ(i, 0u) << "lagged comes first, once";
        ASSERT_GT(note.dropped, 0);
        told_dropped += note.dropped;
        for (const std::string& subject : note.subjects) told[subject] = true;
        continue;
      }
      const int now = note.kind == Note::kDeleted ? kDeletedVersion : note.version;
      auto [known, is_new] = version.try_emplace(note.subject, now);
      ASSERT_TRUE(is_new || now > known->second) << note << " after v" << known->second;
      known->second = now;
      finals[note.subject] += note.final ? 1 : 0;
    }
  }
};

class Trace {
 public:
  explicit Trace(unsigned seed) : random_(seed) {}

  void Run(int steps) {
    for (int i = 0; i < steps && !testing::Test::HasFatalFailure(); ++i) Step();
    quiet_ = true;
    for (const auto& watcher : watchers_) watcher->fails = false;
    Publish({Create()});
    for (const auto& watcher : watchers_) watcher->subscription.Grant(1);
    EXPECT_EQ(broker_.NextDeadline(), kNever);
    for (const auto& watcher : watchers_) CheckEnd(*watcher);
  }

  std::int64_t told_dropped() const {
    std::int64_t sum = 0;
    for (const auto& watcher : watchers_) sum += watcher->told_dropped;
    return sum;
  }
  BrokerCounters counters() const { return broker_.counters(); }

 private:
  int Below(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }

  Note Create() {
    const Note note = Created(next_subject_++);
    store_.Set(Updated(note.subject, note.version));
    return note;
  }

  Batch SomeNotes() {
    Batch batch;
    for (int n = Below(4); n >= 0; --n) {
      if (store_.newest.empty() || Below(8) == 0) {
        batch.push_back(Create());
        continue;
      }
      auto state = store_.newest.begin();
      std::advance(state, Below(static_cast<int>(store_.newest.size())));
      Note& newest = state->second;
      const int what = Below(12);
      if (what == 0) {
        batch.push_back(Deleted(newest.subject));
        store_.newest.erase(state);
      } else if (!newest.final) {
        newest = {Note::kUpdated, newest.subject, newest.version + 1, what == 1, 0, {}};
        batch.push_back(newest);
      }
    }
    return batch;
  }

  void Publish(const Batch& batch) { broker_.Publish(batch); }

  void Subscribe() {
    static constexpr int kCredits[] = {0, 1, 2, kUnlimitedCredits};
    watchers_.push_back(std::make_unique<Watcher>());
    Watcher& watcher = *watchers_.back();
    watcher.first_subject = next_subject_;
    watcher.subscription = broker_.Subscribe(
        std::nullopt,
        [this, &watcher](const Batch& batch) {
          if (watcher.fails) return false;
          watcher.Take(batch);
          if (quiet_) return true;
          if (Below(20) == 0) Publish(SomeNotes());
          if (Below(20) == 0) watcher.subscription.Grant(1);
          return true;
        },
        kCredits[Below(4)]);
  }

  void Step() {
    switch (Below(12)) {
      case 0:
        if (watchers_.size() < 12) Subscribe();
        break;
      case 1:
        if (!watchers_.empty() && Below(10) == 0) {
          watchers_.erase(watchers_.begin() + Below(static_cast<int>(watchers_.size())));
        }
        break;
      case 2:
      case 3:
        if (!watchers_.empty()) {
          AnyWatcher().subscription.Grant(1 + Below(2));
        }
        break;
      case 4:
        if (!watchers_.empty()) AnyWatcher().fails = Below(3) == 0;
        break;
      case 5:
        broker_.AdvanceTo(now_ += Below(40));
        ASSERT_GT(broker_.NextDeadline(), now_);
        break;
      default:
        Publish(SomeNotes());
    }
  }

  Watcher& AnyWatcher() { return *watchers_[Below(static_cast<int>(watchers_.size()))]; }

  void CheckEnd(const Watcher& watcher) {
    for (int subject = watcher.first_subject; subject < next_subject_; ++subject) {
      const std::string name = std::to_string(subject);
      const auto newest = store_.newest.find(name);
      const auto seen = watcher.version.find(subject);
      if (newest == store_.newest.end()) {
        const bool heard = seen != watcher.version.end() && seen->second == kDeletedVersion;
        EXPECT_TRUE(heard || watcher.told.contains(name)) << "never told of deleted " << name;
        continue;
      }
      ASSERT_NE(seen, watcher.version.end()) << "never heard of " << name;
      EXPECT_EQ(seen->second, newest->second.version) << "subject " << name;
      const auto finals = watcher.finals.find(subject);
      EXPECT_EQ(finals->second, newest->second.final ? 1 : 0) << "finals of " << name;
    }
  }

  std::mt19937 random_;
  NoteStore store_;
  NoteBroker broker_{{.mailbox_capacity = 3, .must_deliver_timeout_ms = 50}, store_.Reader()};
  std::vector<std::unique_ptr<Watcher>> watchers_;
  int next_subject_ = 0;
  TimeMs now_ = 0;
  bool quiet_ = false;  // the callbacks only listen
};

TEST(BrokerModel, B4_RandomTracesEndWithTheNewestStateOfEverySubject) {
  const unsigned first_seed = std::random_device{}();
  std::int64_t dropped = 0, conflated = 0, told = 0, must_deliver_dropped = 0;
  for (unsigned seed = first_seed; seed < first_seed + 100; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Trace trace(seed);
    trace.Run(400);
    ASSERT_FALSE(testing::Test::HasFailure());
    dropped += trace.counters().drop_count;
    must_deliver_dropped += trace.counters().must_deliver_drop_count;
    conflated += trace.counters().conflated_count;
    told += trace.told_dropped();
  }
  // The traces reached the cases that they must test.
  EXPECT_GT(dropped, 300);
  EXPECT_GT(must_deliver_dropped, 300);
  EXPECT_GT(conflated, 300);
  EXPECT_GT(told, 300);
}

}  // namespace
}  // namespace millrace
