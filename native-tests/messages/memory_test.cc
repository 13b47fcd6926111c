// What stays in memory, in bytes of the heap: for finished messages, and for subscribers that take
// nothing. Everything that may be kept is already kept after a tenth of the work, so the rest of
// the work must add nothing.

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "millrace/messages/event_broker.h"
#include "millrace/messages/store.h"

#if defined(__SANITIZE_ADDRESS__)
#define MILLRACE_TEST_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MILLRACE_TEST_ASAN 1
#endif
#endif
#ifdef MILLRACE_TEST_ASAN
#include <sanitizer/allocator_interface.h>
#else
#include <malloc.h>
#endif

namespace millrace {
namespace {

// The bytes that were allocated and not given back. AddressSanitizer has its own figures, because
// the C library does not know its allocator.
std::int64_t LiveHeapBytes() {
#ifdef MILLRACE_TEST_ASAN
  return static_cast<std::int64_t>(__sanitizer_get_current_allocated_bytes());
#else
  const struct mallinfo2 info = mallinfo2();
  return static_cast<std::int64_t>(info.uordblks + info.hblkhd);
#endif
}

// Room for memory that does not grow with the work: a rehash, the allocator's own caches.
constexpr std::int64_t kSlack = 32 * 1024;

// Keeps sessions and no messages at all. So only the core's memory can grow.
class ForgetfulStorage final : public Storage, public StorageReads {
 public:
  void Commit(StorageBatch batch, CommitTerms /*terms*/, CommitDone done) override {
    for (StorageOp& op : batch) {
      if (auto* put = std::get_if<PutSession>(&op)) sessions_[put->session.id] = put->session;
    }
    done({});
  }
  StorageReads& committed() override { return *this; }
  Result<std::optional<Message>> ReadMessage(const MessageId& /*id*/) override {
    return std::optional<Message>();
  }
  Result<std::optional<SessionId>> SessionOf(const MessageId& /*id*/) override {
    return std::optional<SessionId>();
  }
  Result<std::vector<Message>> ReadMessages(const MessageQuery& /*query*/) override {
    return std::vector<Message>();
  }
  Result<std::vector<Message>> ReadPath(const PathQuery& /*query*/) override {
    return std::vector<Message>();
  }
  Result<std::vector<Branching>> ReadBranches(const SessionId& /*session_id*/,
                                              const std::optional<MessageId>& /*of*/) override {
    return std::vector<Branching>();
  }
  Result<std::vector<MessageId>> ReadBranch(const MessageId& /*id*/) override {
    return std::vector<MessageId>();
  }
  Result<std::vector<MessageId>> ReadMessageIds(const SessionId& /*session_id*/) override {
    return std::vector<MessageId>();
  }
  Result<std::vector<Message>> ReadUnfinished() override { return std::vector<Message>(); }
  Result<std::optional<Session>> ReadSession(const SessionId& id) override {
    const auto found = sessions_.find(id);
    return found == sessions_.end() ? std::nullopt : std::optional<Session>(found->second);
  }
  Result<std::vector<Session>> ReadSessions(const SessionQuery& /*query*/) override {
    return std::vector<Session>();
  }
  Result<std::optional<Receipt>> ReadReceipt(const std::string& /*client*/,
                                             const std::string& /*name*/) override {
    return std::optional<Receipt>();
  }
  Result<std::optional<BlobInfo>> ReadBlob(const std::string& /*id*/) override {
    return std::optional<BlobInfo>();
  }
  Result<BlobUsage> ReadBlobUsage() override { return BlobUsage(); }
  Result<std::vector<Receipt>> ReadReceipts() override { return std::vector<Receipt>(); }
  Result<std::int64_t> LastSeq() override { return std::int64_t{0}; }
  Result<SearchPage> Search(const SearchQuery& /*query*/) override { return SearchPage(); }
  Result<std::uint64_t> Export(const std::shared_ptr<BlockFile>& /*into*/) override {
    return std::uint64_t{0};
  }
  std::int64_t bytes_written() const override { return 0; }
  Status Close() override { return Status::Ok(); }

 private:
  std::map<SessionId, Session> sessions_;
};

class MessageMemory : public ::testing::Test {
 protected:
  static constexpr int kMessages = 10'000;

  void SetUp() override {
    Store::Open(std::make_unique<ForgetfulStorage>(), {}, now_,
                [this](Result<std::unique_ptr<Store>> opened) {
                  ASSERT_TRUE(opened.ok());
                  store_ = *std::move(opened);
                });
    ASSERT_NE(store_, nullptr);
    feed_ = store_->OpenFeed([](const std::vector<Event>&) { return true; });
    Session session;
    session.id = SessionId("s");
    store_->sessions().Create(session, [](const Result<Session>& made) { ASSERT_TRUE(made.ok()); });
  }

  // Creates the message and streams 4 KB into it. Two windows save and deliver a half each.
  MessageId Stream(int n) {
    Message message;
    message.id = MessageId("message-" + std::to_string(n));
    message.session_id = SessionId("s");
    store_->messages().Create(message, [](const Result<Message>& made) { ASSERT_TRUE(made.ok()); });
    for (int window = 0; window < 2; ++window) {
      Write(message.id, AppendText{std::string(2048, 'x')});
      Advance(33);
    }
    return message.id;
  }

  void Write(const MessageId& id, Mutation mutation) {
    MessageWrite write;
    write.mutations.push_back(std::move(mutation));
    ASSERT_TRUE(store_->messages().Write(id, std::move(write)).ok());
  }

  void Advance(DurationMs by) { store_->AdvanceTo(now_ += by); }

  TimeMs now_ = 1'700'000'000'000;
  std::unique_ptr<Store> store_;
  std::unique_ptr<EventFeed> feed_;
};

TEST_F(MessageMemory, C9_FinishedMessagesLeaveNothingBehind) {
  std::int64_t early = 0;
  for (int n = 0; n < kMessages; ++n) {
    if (n == kMessages / 10) early = LiveHeapBytes();
    Write(Stream(n), Finish{});
  }
  EXPECT_EQ(store_->stats().live_messages, 0);
  EXPECT_LE(LiveHeapBytes() - early, kSlack);
}

TEST_F(MessageMemory, C9_IdleMessagesLeaveNothingBehind) {
  const std::int64_t before = LiveHeapBytes();
  // The feed is not told, because it holds a few bytes for every unfinished message, to know what
  // to patch.
  feed_.reset();
  for (int n = 0; n < kMessages / 10; ++n) Stream(n);
  EXPECT_GT(LiveHeapBytes() - before, std::int64_t{kMessages / 10} * 4096);
  for (int i = 0; i < 3; ++i) Advance(StoreOptions().idle_ms);
  EXPECT_EQ(store_->stats().live_messages, 0);
  EXPECT_LE(LiveHeapBytes() - before, kSlack);
}

// Subscribers without credit, and updates of many messages.
class MailboxMemory : public ::testing::Test {
 protected:
  static constexpr int kSubscribers = 5;
  static constexpr int kUpdates = 100'000;
  static constexpr std::size_t kPatchBytes = 1024;

  void SetUp() override {
    for (int i = 0; i < kSubscribers; ++i) {
      subscriptions_.push_back(broker_.Subscribe(
          EventFilters({EventFilter()}), [](const std::vector<Event>&) { return true; }, 0));
    }
  }

  // Half of the updates are for messages that already wait in the mailbox, half for new ones.
  void PublishNth(int n, bool terminal) {
    const int waiting = static_cast<int>(BrokerOptions().mailbox_capacity);
    const int message = n % 2 == 0 ? n / 2 % waiting : waiting + n;
    auto patch = std::make_shared<Patch>();
    patch->from_version = n + 1;
    patch->to_version = n + 2;
    patch->Append(0, std::string(kPatchBytes, 'x'));
    MessageUpdated event;
    event.id = MessageId("message-" + std::to_string(message));
    event.session_id = SessionId("s");
    event.version = n + 2;
    event.terminal = terminal;
    event.patch = std::move(patch);
    broker_.Publish({event});
  }

  // How much more is held after all updates than after a tenth of them.
  std::int64_t Growth(bool terminal) {
    std::int64_t early = 0;
    for (int n = 0; n < kUpdates; ++n) {
      if (n == kUpdates / 10) early = LiveHeapBytes();
      PublishNth(n, terminal);
      if (n % 33 == 0) broker_.AdvanceTo(n);  // drops what found no room for 50 ms
    }
    return LiveHeapBytes() - early;
  }

  EventBroker broker_{{}, [](const std::string&) { return std::optional<Event>(); }};
  std::vector<Subscription> subscriptions_;
};

TEST_F(MailboxMemory, B1_StuckSubscribersHoldNoMoreAfterTenTimesTheUpdates) {
  EXPECT_LE(Growth(/*terminal=*/false), kSlack);
  EXPECT_GT(broker_.counters().drop_count, kUpdates);
}

TEST_F(MailboxMemory, B3_MustDeliverUpdatesThatNobodyTakesStayBounded) {
  EXPECT_LE(Growth(/*terminal=*/true), kSlack);
  EXPECT_GT(broker_.counters().must_deliver_drop_count, kUpdates);
}

}  // namespace
}  // namespace millrace
