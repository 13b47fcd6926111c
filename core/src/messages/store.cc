#include "millrace/messages/store.h"

#include <algorithm>
#include <utility>

#include "messages/commit_cycle.h"
#include "millrace/model/mutation.h"

namespace millrace {
namespace {

// What a subscriber that lost events gets instead.
std::optional<Event> NewestOf(CommitCycle& cycle, const MessageService& messages,
                              const SessionService& sessions, const std::string& subject) {
  if (const std::optional<MessageId> id = EventTraits::MessageOf(subject)) {
    Result<std::optional<Message>> message = messages.Get(*id);
    if (!message.ok() || !message->has_value()) return std::nullopt;
    MessageUpdated event;
    event.id = *id;
    event.session_id = (*message)->session_id;
    event.version = (*message)->version;
    event.terminal = (*message)->finished();
    const LiveMessage* live = cycle.live().Find(*id);
    event.finished = event.terminal && (live == nullptr || live->published());
    event.whole = std::make_shared<const Message>(**std::move(message));
    return event;
  }
  if (const std::optional<SessionId> id = EventTraits::SessionOf(subject)) {
    Result<std::optional<Session>> session = sessions.Get(*id);
    if (session.ok() && session->has_value()) return SessionUpdated{**std::move(session)};
  }
  return std::nullopt;
}

}  // namespace

Store::Store(std::unique_ptr<Storage> storage, const StoreOptions& options, TimeMs now,
             std::int64_t last_seq)
    : storage_(std::move(storage)),
      broker_(options.broker,
              [this](const std::string& subject) {
                return NewestOf(*cycle_, messages_, sessions_, subject);
              }),
      cycle_(std::make_unique<CommitCycle>(*storage_, broker_, options.window_ms, options.idle_ms,
                                           now, last_seq)),
      messages_(*cycle_),
      sessions_(*cycle_),
      blobs_(*cycle_) {
  cycle_->set_home(options.home);
  cycle_->caller().client = options.home;
}

Store::~Store() { broker_.Shutdown(); }

Store::HeldTurn::HeldTurn(Store& store) : turn_(std::make_unique<Turn>(store.cycle_->turns())) {}

Store::HeldTurn::~HeldTurn() = default;

void Store::Open(std::unique_ptr<Storage> storage, const StoreOptions& options, TimeMs now,
                 Opened opened) {
  const Result<std::int64_t> last_seq = storage->committed().LastSeq();
  if (!last_seq.ok()) return opened(last_seq.status());
  auto store = std::unique_ptr<Store>(new Store(std::move(storage), options, now, *last_seq));
  Store& opening = *store;
  // The completion owns the store until it hands the store over.
  struct Handover {
    std::unique_ptr<Store> store;
    Opened opened;
  };
  auto handover = std::make_shared<Handover>(Handover{std::move(store), std::move(opened)});
  opening.Recover([handover](const Status& status) {
    Opened done = std::move(handover->opened);
    if (!status.ok() && status.code() != Code::kQuotaExceeded) return done(status);
    done(std::move(handover->store));
  });
}

Store::CallsOf::CallsOf(Store& store, Caller caller)
    : store_(store), before_(store.cycle_->caller()) {
  if (!caller.client.empty()) store.cycle_->caller() = std::move(caller);
}

Store::CallsOf::~CallsOf() { store_.cycle_->caller() = std::move(before_); }

std::unique_ptr<EventFeed> Store::OpenFeed(EventFeed::Deliver deliver, int credits,
                                           std::vector<EventFilter> filters) {
  const auto read_newest = [this](const MessageId& id) -> std::shared_ptr<const Message> {
    Result<std::optional<Message>> message = messages_.Get(id);
    if (!message.ok() || !message->has_value()) return nullptr;
    // The given state is ahead of what is in flight and of what waits.
    if (LiveMessage* live = cycle_->live().Find(id)) live->sealed = true;
    return std::make_shared<const Message>(**std::move(message));
  };
  return std::make_unique<EventFeed>(broker_, std::move(filters), read_newest, std::move(deliver),
                                     credits);
}

Result<SearchPage> Store::Search(SearchQuery query) const {
  if (const Status open = cycle_->CheckOpen(); !open.ok()) return open;
  if (cycle_->live().any_deletion()) {
    query.wanted = [this](const Message& message) { return !cycle_->live().IsLeaving(message); };
  }
  return storage_->committed().Search(query);
}

void Store::Export(std::shared_ptr<BlockFile> into, DoneExport done) {
  done = OrNobody(std::move(done));
  // A full disk does not stop the export: its owner needs the export most.
  messages_.FlushAll(kNever,
                     [this, into = std::move(into), done = std::move(done)](const Status& flushed) {
                       if (!flushed.ok() && flushed.code() != Code::kQuotaExceeded)
                         return done(flushed);
                       done(storage_->committed().Export(into));
                     });
}

void Store::Import(std::shared_ptr<BlockFile> file, DoneImport done) {
  Turn turn(cycle_->turns());
  done = OrNobody(std::move(done));
  const auto fail = [&](const Status& status) { cycle_->Defer([done, status] { done(status); }); };
  if (const Status open = cycle_->CheckAccepting(); !open.ok()) return fail(open);
  Result<std::unique_ptr<ImportSource>> opened = OpenImportSource(std::move(file), cycle_->now());
  if (!opened.ok()) return fail(opened.status());
  const std::shared_ptr<ImportSource> source = *std::move(opened);
  auto added = std::make_shared<ImportCounts>();
  Request request;
  request.alone = true;
  request.build = [this, source, added](BatchBuilder& builder) {
    const std::int64_t first_seq = cycle_->last_seq() + 1;
    for (std::int64_t i = 0; i < source->message_count(); ++i) cycle_->TakeSeq();
    builder.AddLast(ImportContent{source, first_seq, added});
    return Status::Ok();
  };
  request.settle = [this, added, done = std::move(done)](const Status& status,
                                                         std::vector<Event>& events) {
    const std::int64_t news = added->sessions + added->messages;
    if (status.ok() && news > 0) events.emplace_back(Lagged{news, {}});
    cycle_->Defer([added, done, status] { status.ok() ? done(*added) : done(status); });
  };
  cycle_->Submit(std::move(request));
}

StoreStats Store::stats() const {
  StoreStats stats;
  stats.updates = cycle_->updates();
  stats.commits = cycle_->commits();
  stats.bytes_written = storage_->bytes_written();
  stats.pending = cycle_->live().pending_count();
  stats.live_messages = static_cast<std::int64_t>(cycle_->live().size());
  stats.broker = broker_.counters();
  return stats;
}

void Store::AdvanceTo(TimeMs now) {
  broker_.AdvanceTo(now);
  cycle_->AdvanceTo(now);
}

TimeMs Store::NextDeadline() const {
  return std::min(cycle_->NextDeadline(), broker_.NextDeadline());
}

void Store::Close(TimeMs deadline, Done done) {
  Turn turn(cycle_->turns());
  done = OrNobody(std::move(done));
  if (const Status open = cycle_->CheckAccepting(); !open.ok()) {
    return cycle_->Defer([done = std::move(done), open] { done(open); });
  }
  cycle_->BeginClosing();
  messages_.FlushAll(deadline, [this, done = std::move(done)](const Status& drained) {
    cycle_->Shutdown();
    broker_.Shutdown();
    const Status closed = storage_->Close();
    done(drained.ok() ? closed : drained);
  });
}

}  // namespace millrace
