#include "core_host.h"

#include <emscripten/console.h>

#include <cmath>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "callback.h"
#include "host_storage.h"
#include "js_value.h"
#include "millrace/streams/stream_reader.h"
#include "opfs_block_file.h"
#include "stream_host.h"
#include "value_codec.h"

namespace millrace::wasm {
namespace {

Result<StoreOptions> ReadOptions(const val& options) {
  ObjectReader in(options, "options");
  StoreOptions result;
  // A part of a millisecond is a window; rounded down to 0 it would be none.
  if (const auto window = in.MaybeNumber("windowMs")) {
    result.window_ms = static_cast<DurationMs>(std::ceil(*window));
  }
  if (const auto timeout = in.MaybeCount("mustDeliverTimeoutMs")) {
    result.broker.must_deliver_timeout_ms = static_cast<DurationMs>(*timeout);
  }
  if (const auto capacity = in.MaybeCount("mailboxCapacity")) {
    if (*capacity == 0) in.Fail("mailboxCapacity", "must be at least 1");
    result.broker.mailbox_capacity = *capacity;
  }
  result.broker.on_must_deliver_drop = [] {
    emscripten_console_warn(
        "millrace: a listener has taken nothing for too long; events were dropped for it, and its "
        "next batch begins with 'lagged'");
  };
  if (!in.ok()) return in.status();
  return result;
}

// The value read; nullopt after telling `done` what is wrong with it.
template <typename T>
std::optional<T> Take(Result<T> read, const val& done) {
  if (read.ok()) return std::move(read).value();
  CallBack(done, read.status());
  return std::nullopt;
}

template <typename IdType>
std::optional<IdType> TakeId(const val& word, const val& done) {
  constexpr bool kSession = std::is_same_v<IdType, SessionId>;
  auto id = Take(ReadWord(word, kSession ? "the session's id" : "the message's id"), done);
  if (!id) return std::nullopt;
  return IdType(*std::move(id));
}

std::optional<RunExit> RunExitFromName(const std::string& how) {
  if (how == "returned") return RunExit::kReturned;
  if (how == "threw") return RunExit::kThrew;
  if (how == "aborted") return RunExit::kAborted;
  return std::nullopt;
}

}  // namespace

void StoreHost::Open(const val& files, const val& options, const val& done) {
  auto store_options = Take(ReadOptions(options), done);
  if (!store_options) return;
  HostClock clock;
  // Empty until the store is open: until then no timer has to be armed.
  const auto opened_host = std::make_shared<std::weak_ptr<StoreHost>>();
  auto storage = OpenHostStorage(files, [opened_host](const std::function<void()>& completion) {
    const std::shared_ptr<StoreHost> host = opened_host->lock();
    if (host == nullptr) return completion();
    const TimerPump::Turn turn(host->pump());
    completion();
  });
  if (!storage.ok()) return CallBack(done, storage.status());
  Store::Open(*std::move(storage), *store_options, clock.Now(),
              [clock, done, opened_host](Result<std::unique_ptr<Store>> opened) {
                if (!opened.ok()) return CallBack(done, opened.status());
                auto host = std::make_shared<StoreHost>(*std::move(opened), clock);
                *opened_host = host;
                // Arms the timer for what recovery left to do.
                const TimerPump::Turn turn(host->pump());
                CallJs(done, val::null(), val(host));
              });
}

StoreHost::StoreHost(std::unique_ptr<Store> store, HostClock clock)
    : clock_(clock), store_(std::move(store)), pump_(*store_, clock_) {}

val StoreHost::Recovered() const { return ToJs(store_->recovered()); }

val StoreHost::Stats() const { return ToJs(store_->stats()); }

// ---- sessions

void StoreHost::CreateSession(const val& init, const val& done) {
  const TimerPump::Turn turn(pump_);
  auto session = Take(ReadNewSession(init), done);
  if (!session) return;
  store_->sessions().Create(*std::move(session), Completion(done));
}

void StoreHost::GetSession(const val& id, const val& done) {
  const TimerPump::Turn turn(pump_);
  auto session = TakeId<SessionId>(id, done);
  if (!session) return;
  CallBack(done, store_->sessions().Get(*std::move(session)));
}

void StoreHost::ListSessions(const val& options, const val& done) {
  const TimerPump::Turn turn(pump_);
  auto query = Take(ReadSessionQuery(options), done);
  if (!query) return;
  CallBack(done, store_->sessions().List(*query));
}

void StoreHost::UpdateSession(const val& id, const val& change, const val& done) {
  const TimerPump::Turn turn(pump_);
  auto session = TakeId<SessionId>(id, done);
  if (!session) return;
  auto changes = Take(ReadSessionChange(change), done);
  if (!changes) return;
  store_->sessions().Update(*std::move(session), *std::move(changes), Completion(done));
}

void StoreHost::DeleteSession(const val& id, const val& done) {
  const TimerPump::Turn turn(pump_);
  auto session = TakeId<SessionId>(id, done);
  if (!session) return;
  store_->sessions().Delete(*std::move(session), Completion(done));
}

// ---- messages

void StoreHost::CreateMessage(const val& session_id, const val& init, const val& writer, int run,
                              const val& done) {
  const TimerPump::Turn turn(pump_);
  auto session = TakeId<SessionId>(session_id, done);
  if (!session) return;
  auto message = Take(ReadNewMessage(*std::move(session), init), done);
  if (!message) return;
  auto writer_name = Take(ReadWord(writer, "the writer"), done);
  if (!writer_name) return;
  store_->messages().Create(*std::move(message), Completion(done), {*std::move(writer_name), run});
}

void StoreHost::OpenMessage(const val& id, bool resume, const val& writer, const val& done) {
  const TimerPump::Turn turn(pump_);
  auto message = TakeId<MessageId>(id, done);
  if (!message) return;
  auto writer_name = Take(ReadWord(writer, "the writer"), done);
  if (!writer_name) return;
  store_->messages().Open(*std::move(message), resume, Completion(done), *writer_name);
}

void StoreHost::BeginReply(const val& start, const val& done) {
  const TimerPump::Turn turn(pump_);
  auto reply = Take(ReadReplyStart(start), done);
  if (!reply) return;
  store_->messages().BeginReply(*std::move(reply), Completion(done));
}

void StoreHost::Write(const val& id, const val& writer, double version, const val& mutations,
                      const val& done) {
  const TimerPump::Turn turn(pump_);
  auto message = TakeId<MessageId>(id, done);
  if (!message) return;
  auto writer_name = Take(ReadWord(writer, "the writer"), done);
  if (!writer_name) return;
  auto list = Take(ReadMutations(mutations), done);
  if (!list) return;
  // Two things must have happened before the answer: the call returned the version, and the
  // completion came. Either may be the first.
  struct Outcome {
    val done;
    std::optional<std::int64_t> version;
    std::optional<Status> status;
    void Report() const {
      if (!version || !status) return;
      if (!status->ok()) return CallBack(done, *status);
      CallJs(done, val::null(), val(static_cast<double>(*version)));
    }
  };
  const auto outcome = std::make_shared<Outcome>(Outcome{done, {}, {}});
  const auto accepted = store_->messages().Write(*std::move(message),
                                                 {.mutations = *std::move(list),
                                                  .writer = *std::move(writer_name),
                                                  .version = static_cast<std::int64_t>(version),
                                                  .usage = std::nullopt},
                                                 [outcome](const Status& status) {
                                                   outcome->status = status;
                                                   outcome->Report();
                                                 });
  if (!accepted.ok()) return CallBack(outcome->done, accepted.status());
  outcome->version = *accepted;
  outcome->Report();
}

void StoreHost::UpdateMessage(const val& message, const val& done) {
  const TimerPump::Turn turn(pump_);
  auto snapshot = Take(ReadMessage(message), done);
  if (!snapshot) return;
  store_->messages().Update(*std::move(snapshot), Completion(done));
}

void StoreHost::GetMessage(const val& id, bool committed, const val& done) {
  const TimerPump::Turn turn(pump_);
  auto message = TakeId<MessageId>(id, done);
  if (!message) return;
  CallBack(done, store_->messages().Get(*std::move(message), {.committed = committed}));
}

void StoreHost::ListMessages(const val& session_id, const val& options, const val& done) {
  const TimerPump::Turn turn(pump_);
  auto session = TakeId<SessionId>(session_id, done);
  if (!session) return;
  auto list_options = Take(ReadListOptions(options), done);
  if (!list_options) return;
  CallBack(done, store_->messages().List(*std::move(session), *list_options));
}

void StoreHost::ListUser(const val& session_id, const val& limit, const val& done) {
  const TimerPump::Turn turn(pump_);
  std::optional<SessionId> session;
  if (KindOf(session_id) != Kind::kAbsent) {
    session = TakeId<SessionId>(session_id, done);
    if (!session) return;
  }
  ObjectWriter options;
  options.Set("limit", limit);
  auto list_options = Take(ReadListOptions(options.Take()), done);
  if (!list_options) return;
  CallBack(done, store_->messages().ListUser(std::move(session), list_options->limit));
}

void StoreHost::LastAssistant(const val& session_id, const val& done) {
  const TimerPump::Turn turn(pump_);
  auto session = TakeId<SessionId>(session_id, done);
  if (!session) return;
  CallBack(done, store_->messages().LastAssistant(*std::move(session)));
}

void StoreHost::DeleteMessage(const val& id, const val& done) {
  const TimerPump::Turn turn(pump_);
  auto message = TakeId<MessageId>(id, done);
  if (!message) return;
  store_->messages().Delete(*std::move(message), Completion(done));
}

void StoreHost::DeleteAll(const val& session_id, const val& done) {
  const TimerPump::Turn turn(pump_);
  auto session = TakeId<SessionId>(session_id, done);
  if (!session) return;
  store_->messages().DeleteAll(*std::move(session), Completion(done));
}

void StoreHost::Flush(const val& id, double timeout_ms, const val& done) {
  const TimerPump::Turn turn(pump_);
  auto message = TakeId<MessageId>(id, done);
  if (!message) return;
  store_->messages().Flush(*std::move(message), Deadline(timeout_ms), Completion(done));
}

void StoreHost::FlushAll(double timeout_ms, const val& done) {
  const TimerPump::Turn turn(pump_);
  store_->messages().FlushAll(Deadline(timeout_ms), Completion(done));
}

// ---- the whole content

void StoreHost::Search(const val& query, const val& options, const val& done) {
  const TimerPump::Turn turn(pump_);
  auto search = Take(ReadSearchQuery(query, options), done);
  if (!search) return;
  CallBack(done, store_->Search(*std::move(search)));
}

void StoreHost::Export(const val& into, const val& done) {
  const TimerPump::Turn turn(pump_);
  auto file = std::make_shared<OpfsBlockFile>(into, "the exported file");
  store_->Export(std::move(file), [done](const Result<std::uint64_t>& size) {
    CallBack(done, size.ok() ? Status::Ok() : size.status());
  });
}

void StoreHost::Import(const val& from, const val& done) {
  const TimerPump::Turn turn(pump_);
  store_->Import(std::make_shared<OpfsBlockFile>(from, "the file to import"), Completion(done));
}

// ---- runs

void StoreHost::BeginRun(const val& session_id, const val& done) {
  const TimerPump::Turn turn(pump_);
  auto session = TakeId<SessionId>(session_id, done);
  if (!session) return;
  const Result<RunId> run = store_->messages().BeginRun(*session);
  if (!run.ok()) return CallBack(done, run.status());
  CallJs(done, val::null(), val(static_cast<double>(*run)));
}

void StoreHost::EndRun(int run, const val& how, const val& done) {
  const TimerPump::Turn turn(pump_);
  auto word = Take(ReadWord(how, "how the run ended"), done);
  if (!word) return;
  const auto exit = RunExitFromName(*word);
  if (!exit) return CallBack(done, InvalidArgument("a run cannot end as " + *word));
  store_->messages().EndRun(run, *exit, Completion(done));
}

// ---- streams and feeds

std::shared_ptr<StreamHost> StoreHost::OpenStream(const val& format) {
  const auto name = ReadWord(format, "the format");
  if (!name.ok()) return nullptr;
  const auto known = StreamFormatFromName(*name);
  if (!known) return nullptr;
  return std::make_shared<StreamHost>(shared_from_this(), *known);
}

std::shared_ptr<FeedHost> StoreHost::Subscribe(const val& filters, const val& deliver,
                                               int credits) {
  return std::make_shared<FeedHost>(shared_from_this(), ReadFilters(filters), deliver, credits);
}

FeedHost::FeedHost(std::shared_ptr<StoreHost> host, std::vector<EventFilter> filters,
                   const val& deliver, int credits)
    : host_(std::move(host)) {
  const TimerPump::Turn turn(host_->pump());
  feed_ = host_->store().OpenFeed(
      [deliver](const std::vector<Event>& batch) {
        return CallJs(deliver, ToJs(batch), val::undefined());
      },
      credits, std::move(filters));
}

FeedHost::~FeedHost() {
  const TimerPump::Turn turn(host_->pump());
  feed_.reset();
}

void FeedHost::Grant(int credits) {
  const TimerPump::Turn turn(host_->pump());
  feed_->Grant(credits);
}

void FeedHost::Forget(const val& message_id) {
  const auto id = ReadWord(message_id, "the message's id");
  if (id.ok()) feed_->Forget(MessageId(*id));
}

void FeedHost::SetFilters(const val& filters) { feed_->SetFilters(ReadFilters(filters)); }

// ---- the end

void StoreHost::Close(double timeout_ms, const val& done) {
  const TimerPump::Turn turn(pump_);
  store_->Close(Deadline(timeout_ms), Completion(done));
}

TimeMs StoreHost::Deadline(double timeout_ms) {
  // Past this many milliseconds, or without a number, there is no deadline.
  constexpr double kForeverMs = 1e15;
  if (!(timeout_ms >= 0 && timeout_ms < kForeverMs)) return kNever;
  return clock_.Now() + static_cast<TimeMs>(std::ceil(timeout_ms));
}

}  // namespace millrace::wasm
